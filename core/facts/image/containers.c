/* Images in the storage that Podman, Buildah and CRI-O share (containers/storage): root's and every user's.
 *
 * DRIVER-images/images.json names them, DRIVER-images/ID/ keeps their configuration and manifest, and
 * DRIVER-layers/layers.json says which layer lies on which. */
#include "facts/image/containers.h"

#include "facts/image/use.h"
#include "facts/storage/containers.h"
#include "formats/format.h"
#include "host/notes.h"
#include "host/process.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define LAYERS_MAX 1000

static const struct {
    const char *driver, *folder, *suffix;
    enum layer_place place;
} drivers[] = {
    {"overlay", "overlay", "diff", LAYER_OVERLAY},
    {"vfs", "vfs/dir", NULL, LAYER_WHOLE},
};

struct storage {
    struct host *host;
    const char *root;
    size_t row; /* in drivers */
};

static const json_object *read_list(const struct storage *storage, const char *what, const char *file, GError **error)
{
    g_autofree char *folder = g_strconcat(drivers[storage->row].driver, "-", what, NULL);
    g_autofree char *path = g_build_filename(storage->root, folder, file, NULL);
    return format_read(storage->host, path, format_find("json"), error);
}

static size_t length_of(const json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static bool is_hex(const char *id)
{
    return id && strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;
}

/* ---- big data: what belongs to an image, in files named by a key ---- */

/* Keys with other bytes than digits, lower case letters and dots are written as base64. */
static char *file_of_key(const char *key)
{
    if (strspn(key, ".0123456789abcdefghijklmnopqrstuvwxyz") == strlen(key))
        return g_strdup(key);
    g_autofree char *coded = g_base64_encode((const guchar *)key, strlen(key));
    return g_strconcat("=", coded, NULL);
}

static const json_object *read_data(const struct storage *storage, const char *id, const char *key, char **path,
                                    GError **error)
{
    g_autofree char *folder = g_strconcat(drivers[storage->row].driver, "-images", NULL);
    g_autofree char *file = file_of_key(key);
    char *full = g_build_filename(storage->root, folder, id, file, NULL);
    const json_object *tree = format_read(storage->host, full, format_find("json"), error);
    if (path)
        *path = full;
    else
        g_free(full);
    return tree;
}

/* ---- layers ---- */

static const char *parent_in(const json_object *list, const char *id, bool *found)
{
    for (size_t i = 0; i < length_of(list); i++) {
        const json_object *layer = json_object_array_get_idx(list, i);
        if (g_strcmp0(tree_string(layer, "id"), id) != 0)
            continue;
        *found = true;
        return tree_string(layer, "parent");
    }
    return NULL;
}

static const char *parent_of(const struct storage *storage, const char *id, bool *found)
{
    const char *parent = parent_in(read_list(storage, "layers", "layers.json", NULL), id, found);
    return *found ? parent : parent_in(read_list(storage, "layers", "volatile-layers.json", NULL), id, found);
}

static void find_layers(const struct storage *storage, const char *top, struct image *image)
{
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    for (const char *id = top; id && *id;) {
        bool found = false;
        const char *parent = parent_of(storage, id, &found);
        if (!found || !is_hex(id) || chain->len >= LAYERS_MAX) {
            g_set_error(&image->layers_unknown, PL_ERROR, PL_ERROR_READ, "%s: the records of its layers are not whole",
                        storage->root);
            return;
        }
        g_ptr_array_add(chain, (gpointer)(uintptr_t)id);
        id = parent;
    }
    for (guint i = chain->len; i-- > 0;) {
        g_autofree char *path = g_build_filename(storage->root, drivers[storage->row].folder, chain->pdata[i],
                                                 drivers[storage->row].suffix, NULL);
        image_add_layer(image, drivers[storage->row].place, storage->host, path, NULL);
    }
}

/* ---- images ---- */

static void take_names(const json_object *listed, struct image *image)
{
    g_auto(GStrv) names = image_strings(tree_member(listed, "names"));
    GPtrArray *tags = g_ptr_array_new(), *digests = g_ptr_array_new();
    const char *digest = tree_string(listed, "digest");
    for (char **name = names; *name; name++) {
        const char *slash = strrchr(*name, '/');
        bool pinned = strchr(*name, '@') != NULL;
        if (pinned) {
            g_ptr_array_add(digests, g_strdup(*name));
            continue;
        }
        g_ptr_array_add(tags, g_strdup(*name));
        /* The digest of the manifest that the name was pulled by. Local builds are kept under localhost. */
        const char *colon = strrchr(slash ? slash : *name, ':');
        g_autofree char *bare = g_strndup(*name, colon ? (gsize)(colon - *name) : strlen(*name));
        if (digest && !g_str_has_prefix(*name, "localhost/"))
            g_ptr_array_add(digests, g_strconcat(bare, "@", digest, NULL));
    }
    g_ptr_array_add(tags, NULL);
    g_ptr_array_add(digests, NULL);
    g_strfreev(image->tags);
    g_strfreev(image->digests);
    image->tags = (char **)g_ptr_array_free(g_steal_pointer(&tags), FALSE);
    image->digests = (char **)g_ptr_array_free(g_steal_pointer(&digests), FALSE);
}

static void take_format(const struct storage *storage, const char *id, struct image *image)
{
    const json_object *manifest = read_data(storage, id, "manifest", NULL, NULL);
    const char *type = tree_string(tree_member(manifest, "config"), "mediaType");
    if (type && strstr(type, "vnd.oci."))
        image_set_format(image, "oci");
}

static struct image *read_image(const struct storage *storage, const json_object *listed, GError **error)
{
    const char *id = tree_string(listed, "id"), *layer = tree_string(listed, "layer");
    if (!is_hex(id)) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: an image without an id", storage->root);
        return NULL;
    }
    g_autofree char *key = g_strconcat("sha256:", id, NULL), *path = NULL;
    const json_object *document = read_data(storage, id, key, &path, error);
    if (!document)
        return NULL;
    struct image *image = image_new("containers-storage");
    image->id = g_steal_pointer(&key);
    image->source_path = g_steal_pointer(&path);
    image_take_config(image, document);
    take_names(listed, image);
    take_format(storage, id, image);
    find_layers(storage, layer, image);
    image_finish(image, NULL);
    return image;
}

/* ---- containers ---- */

static bool is_running(struct host *host, const char *id)
{
    const GPtrArray *processes = host_processes(host, NULL);
    for (guint i = 0; id && processes && i < processes->len; i++) {
        const struct process *process = processes->pdata[i];
        if (process->cgroup && strstr(process->cgroup, id) && !strstr(process->cgroup, "conmon"))
            return true;
    }
    return false;
}

static void add_user(const struct storage *storage, const json_object *listed, GPtrArray *users)
{
    const char *id = tree_string(listed, "id"), *image = tree_string(listed, "image");
    const char *metadata = tree_string(listed, "metadata");
    /* Unheard: without a name it is told by the id of its image. */
    pl_autojson json_object *notes =
        metadata ? format_find("json")->parse("metadata", metadata, strlen(metadata), NULL) : NULL;
    g_auto(GStrv) names = image_strings(tree_member(listed, "names"));
    g_autofree char *full = image ? g_strconcat("sha256:", image, NULL) : NULL;
    image_users_add(users,
                    names[0] ? names[0]
                    : id     ? id
                             : "?",
                    full, tree_string(notes, "image-name"), is_running(storage->host, id));
}

static GPtrArray *read_users(const struct storage *storage)
{
    g_autoptr(GError) error = NULL;
    const json_object *list = read_list(storage, "containers", "containers.json", &error);
    const json_object *more = read_list(storage, "containers", "volatile-containers.json", NULL);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        return NULL;
    GPtrArray *users = image_users_new();
    for (size_t i = 0; i < length_of(list); i++)
        add_user(storage, json_object_array_get_idx(list, i), users);
    for (size_t i = 0; i < length_of(more); i++)
        add_user(storage, json_object_array_get_idx(more, i), users);
    return users;
}

/* ---- storages ---- */

static void add_storage(const struct storage *storage, struct images *images)
{
    g_autoptr(GError) error = NULL;
    const json_object *list = read_list(storage, "images", "images.json", &error);
    guint from = images->list->len;
    if (error)
        images_problem(images, error);
    for (size_t i = 0; i < length_of(list) && images_room(images); i++) {
        g_autoptr(GError) failed = NULL;
        struct image *image = read_image(storage, json_object_array_get_idx(list, i), &failed);
        if (image)
            g_ptr_array_add(images->list, image);
        else if (g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
            problems_take(images->problems, problem_of_error(failed));
        else if (failed)
            images_problem(images, failed);
    }
    g_autoptr(GPtrArray) users = list ? read_users(storage) : NULL;
    image_users_apply(users, images, from);
}

void images_add_containers_storage(struct host *host, struct images *images)
{
    const struct containers_storages *storages = containers_storages_find(host);
    const GPtrArray *roots = storages->list;
    bool denied = false;
    for (guint i = 0; i < storages->errors->len; i++)
        images_problem(images, storages->errors->pdata[i]);
    for (guint i = 0; i < roots->len; i++) {
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        if (!host_stat(host, roots->pdata[i], &st, &error)) {
            /* Homes of other people: said once. */
            if (!denied)
                images_problem(images, error);
            denied |= g_error_matches(error, PL_ERROR, PL_ERROR_DENIED);
            continue;
        }
        guint from = images->list->len;
        struct host_noting noted = host_notes_begin();
        for (size_t row = 0; row < G_N_ELEMENTS(drivers); row++) {
            const struct storage storage = {host, roots->pdata[i], row};
            add_storage(&storage, images);
        }
        images_end_storage(images, from, st.uid, &noted);
    }
}
