/* Docker's image store on disk: DATA-ROOT/image/DRIVER/{repositories.json,imagedb,layerdb}, and where the storage
 * driver keeps the layers. */
#include "facts/image/docker_storage.h"

#include "facts/image/use.h"
#include "formats/format.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

static const struct {
    const char *driver, *folder, *suffix;
    enum layer_place place;
} drivers[] = {
    {"overlay2", "overlay2", "diff", LAYER_OVERLAY},
    {"fuse-overlayfs", "fuse-overlayfs", "diff", LAYER_OVERLAY},
    {"vfs", "vfs/dir", NULL, LAYER_WHOLE},
};

/* ---- layers ---- */

/* The id of a layer with all below it: each is the digest of the one below and the own diff id. */
static char *chain_id(const char *below, const char *diff_id)
{
    if (!below)
        return g_strdup(diff_id);
    g_autofree char *both = g_strconcat(below, " ", diff_id, NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
    return g_strconcat("sha256:", sum, NULL);
}

static const char *hex_of(const char *digest)
{
    const char *hex = g_str_has_prefix(digest, "sha256:") ? digest + strlen("sha256:") : digest;
    return strspn(hex, "0123456789abcdef") == 64 && !hex[64] ? hex : NULL;
}

/* The name of the driver's directory for a layer; NULL with error. */
static char *cache_id(struct host *host, const char *root, const char *driver, const char *chain, GError **error)
{
    const char *hex = hex_of(chain);
    if (!hex) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%.80s: no digest of a layer", chain);
        return NULL;
    }
    g_autofree char *path = g_strdup_printf("%s/image/%s/layerdb/sha256/%s/cache-id", root, driver, hex);
    char *id = host_read_text(host, path, error);
    if (id)
        g_strstrip(id);
    if (id && (!*id || strchr(id, '/') || *id == '.')) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: no name of a layer's directory", path);
        g_clear_pointer(&id, g_free);
    }
    return id;
}

void image_find_docker_layers(struct host *host, const char *root, const char *driver, char **diff_ids,
                              struct image *image)
{
    size_t row = 0;
    while (row < G_N_ELEMENTS(drivers) && !g_str_equal(drivers[row].driver, driver))
        row++;
    if (row == G_N_ELEMENTS(drivers)) {
        g_set_error(&image->layers_unknown, PL_ERROR, PL_ERROR_READ, "layers of the storage driver %s are not read",
                    driver);
        return;
    }
    g_autofree char *chain = NULL;
    for (char **diff_id = diff_ids; diff_ids && *diff_id; diff_id++) {
        g_autoptr(GError) error = NULL;
        char *next = chain_id(chain, *diff_id);
        g_free(chain);
        chain = next;
        g_autofree char *id = cache_id(host, root, driver, chain, &error);
        if (!id) {
            image->layers_unknown = g_steal_pointer(&error);
            return;
        }
        g_autofree char *path = g_build_filename(root, drivers[row].folder, id, drivers[row].suffix, NULL);
        image_add_layer(image, drivers[row].place, host, path, NULL);
    }
}

/* ---- names ---- */

struct store {
    struct host *host;
    const char *root;
    char *driver, *folder; /* "overlay2", "ROOT/image/overlay2" */
    GHashTable *parents;   /* ids of images that another one was built from */
};

/* The names of one repository that mean the image. */
static void take_references(const json_object *references, const struct image *image, GPtrArray *tags,
                            GPtrArray *digests)
{
    if (!json_object_is_type(references, json_type_object))
        return;
    json_object_object_foreach (references, name, id) {
        (void)id;
        if (g_strcmp0(tree_string(references, name), image->id) == 0)
            g_ptr_array_add(strchr(name, '@') ? digests : tags, g_strdup(name));
    }
}

static char **end_of(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

/* {"Repositories": {"name": {"name:tag": id, "name@sha256:...": id}}} */
static void take_names(const struct store *store, struct image *image)
{
    g_autofree char *path = g_build_filename(store->folder, "repositories.json", NULL);
    const json_object *file = format_read(store->host, path, format_find("json"), NULL);
    const json_object *repositories = tree_member(file, "Repositories");
    GPtrArray *tags = g_ptr_array_new(), *digests = g_ptr_array_new();
    if (json_object_is_type(repositories, json_type_object)) {
        json_object_object_foreach (repositories, repository, references) {
            (void)repository;
            take_references(references, image, tags, digests);
        }
    }
    g_strfreev(image->tags);
    g_strfreev(image->digests);
    image->tags = end_of(tags);
    image->digests = end_of(digests);
}

static void find_parents(struct store *store)
{
    g_autofree char *folder = g_build_filename(store->folder, "imagedb/metadata/sha256", NULL);
    g_auto(GStrv) names = host_list(store->host, folder, NULL);
    store->parents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(folder, *name, "parent", NULL);
        char *parent = host_read_text(store->host, path, NULL);
        if (parent)
            g_hash_table_add(store->parents, g_strstrip(parent));
    }
}

/* ---- images ---- */

static struct image *read_image(const struct store *store, const char *hex, GError **error)
{
    g_autofree char *path = g_build_filename(store->folder, "imagedb/content/sha256", hex, NULL);
    const json_object *document = format_read(store->host, path, format_find("json"), error);
    if (!document)
        return NULL;
    struct image *image = image_new("docker");
    g_auto(GStrv) diff_ids = image_diff_ids(document);
    image->id = g_strconcat("sha256:", hex, NULL);
    image->source_path = g_strdup(path);
    image_take_config(image, document);
    take_names(store, image);
    image_find_docker_layers(store->host, store->root, store->driver, diff_ids, image);
    image_finish(image, NULL);
    return image;
}

/* A nameless image that others were built from is a step, no image. */
static bool is_step(const struct store *store, const struct image *image)
{
    return !image->tags[0] && !image->digests[0] && g_hash_table_contains(store->parents, image->id);
}

static GPtrArray *read_users(const struct store *store)
{
    g_autofree char *folder = g_build_filename(store->root, "containers", NULL);
    g_auto(GStrv) names = host_list(store->host, folder, NULL);
    GPtrArray *users = names ? image_users_new() : NULL;
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(folder, *name, "config.v2.json", NULL);
        const json_object *file = format_read(store->host, path, format_find("json"), NULL);
        const char *called = tree_string(file, "Name");
        const json_object *running = tree_member(tree_member(file, "State"), "Running");
        image_users_add(users, called && *called == '/' ? called + 1 : *name, tree_string(file, "Image"),
                        tree_string(tree_member(file, "Config"), "Image"), json_object_get_boolean(running));
    }
    return users;
}

static void add_store(struct store *store, char **names, struct images *images)
{
    guint from = images->list->len;
    find_parents(store);
    for (char **name = names; *name && images_room(images); name++) {
        g_autoptr(GError) error = NULL;
        struct image *image = hex_of(*name) ? read_image(store, *name, &error) : NULL;
        if (image && !is_step(store, image))
            g_ptr_array_add(images->list, image);
        else
            image_free(image);
        if (error)
            images_problem(images, error);
    }
    g_autoptr(GPtrArray) users = read_users(store);
    image_users_apply(users, images, from);
    g_hash_table_unref(store->parents);
}

/* True when there is a store of this driver. */
static bool add_driver(struct host *host, const char *root, const char *driver, struct images *images)
{
    struct store store = {.host = host, .root = root};
    g_autofree char *folder = g_build_filename(root, "image", driver, NULL);
    g_autofree char *contents = g_build_filename(folder, "imagedb/content/sha256", NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(host, contents, &error);
    if (error)
        images_problem(images, error);
    if (!names)
        return false;
    store.driver = (char *)(uintptr_t)driver;
    store.folder = folder;
    add_store(&store, names, images);
    return true;
}

static bool add_root(struct host *host, const char *root, struct images *images)
{
    g_autofree char *folder = g_build_filename(root, "image", NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(host, folder, &error);
    bool found = false;
    if (error)
        images_problem(images, error);
    for (char **name = names; name && *name; name++)
        found |= add_driver(host, root, *name, images);
    return found;
}

bool images_add_docker_storage(struct host *host, const char *root, struct images *images)
{
    /* With userns-remap there is a data root inside the data root. */
    g_autofree char *pattern = g_strconcat(root, "/[0-9]*.[0-9]*", NULL);
    guint from = images->list->len;
    struct host_stat st;
    g_autoptr(GError) error = NULL;
    if (!host_stat(host, root, &st, &error)) {
        images_problem(images, error);
        return false;
    }
    struct host_noting noted = host_notes_begin();
    g_auto(GStrv) remapped = host_glob(host, pattern, NULL);
    bool found = add_root(host, root, images);
    for (char **inner = remapped; inner && *inner; inner++)
        found |= add_root(host, *inner, images);
    images_end_storage(images, from, st.uid, &noted);
    return found;
}
