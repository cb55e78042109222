/* Images that are named by path: what `docker save` writes (manifest.json) and OCI layouts (index.json), each a tar
 * archive or a directory.
 *
 * Of a list for several platforms, every platform whose manifest is there is an image of its own. An archive's
 * documents are read first; its layers only when somebody asks for contents. */
#include "probes/image_list.h"

#include "formats/archive.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define DOCUMENT_MAX  ((gsize)8 << 20)
#define DOCUMENTS_MAX ((gsize)64 << 20) /* together */
#define LINKS_MAX     8
#define INDEX_DEPTH   4

struct bundle {
    const struct host_image *at;
    GHashTable *documents; /* archives: name -> GBytes that begin with { or [ */
    GHashTable *links;     /* archives: name -> target, from the top */
    GHashTable *seen;      /* ids of images that were added */
    struct images *images;
    char *missing; /* the first manifest that an index names and that is not there */
    gsize kept;
};

static bool fail(struct bundle *bundle, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(struct bundle *bundle, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    images_problem_text(bundle->images, true, NULL, "%s: %s", bundle->at->name, reason);
    return false;
}

/* ---- documents ---- */

static bool is_document(GBytes *bytes)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    gsize blank = 0;
    while (blank < n && g_ascii_isspace(text[blank]))
        blank++;
    return blank < n && (text[blank] == '{' || text[blank] == '[');
}

/* A link's target, seen from the top of the archive. */
static char *target_of(const struct archive_member *member)
{
    if (member->kind == ARCHIVE_HARDLINK)
        return g_strdup(member->link);
    g_autofree char *folder = g_path_get_dirname(member->path);
    g_autofree char *full = g_canonicalize_filename(member->link, "/");
    if (*member->link != '/') {
        g_autofree char *base = g_strconcat("/", folder, NULL);
        g_free(full);
        full = g_canonicalize_filename(member->link, base);
    }
    return g_strdup(full + 1);
}

static bool take_entry(struct bundle *bundle, struct archive_reader *reader, const struct archive_member *member,
                       GError **error)
{
    if (member->escapes)
        return true;
    if ((member->kind == ARCHIVE_SYMLINK || member->kind == ARCHIVE_HARDLINK) && member->link)
        g_hash_table_replace(bundle->links, g_strdup(member->path), target_of(member));
    if (member->kind != ARCHIVE_FILE || member->size > DOCUMENT_MAX || bundle->kept > DOCUMENTS_MAX)
        return true;
    g_autofree char *name = g_strdup(member->path);
    GBytes *bytes = archive_content(reader, DOCUMENT_MAX, error);
    if (!bytes)
        return false;
    if (!is_document(bytes)) {
        g_bytes_unref(bytes);
        return true;
    }
    bundle->kept += g_bytes_get_size(bytes);
    g_hash_table_replace(bundle->documents, g_steal_pointer(&name), bytes);
    return true;
}

static bool read_documents(struct bundle *bundle)
{
    g_autoptr(GError) error = NULL;
    struct archive_member member;
    int fd = host_open(bundle->at->host, bundle->at->path, HOST_REGULAR, &error);
    pl_auto(archive_reader) reader = fd >= 0 ? archive_open_fd(fd, bundle->at->name, NULL, &error) : NULL;
    while (reader && archive_next(reader, &member, &error) && take_entry(bundle, reader, &member, &error))
        ;
    return error ? fail(bundle, "%s", error->message) : true;
}

static GBytes *document_bytes(const struct bundle *bundle, const char *name, GError **error)
{
    if (bundle->at->directory) {
        g_autofree char *path = g_build_filename(bundle->at->path, name, NULL);
        return host_read_uncached(bundle->at->host, path, DOCUMENT_MAX, error);
    }
    for (unsigned i = 0; i < LINKS_MAX; i++) {
        const char *target = g_hash_table_lookup(bundle->links, name);
        if (!target)
            break;
        name = target;
    }
    GBytes *bytes = g_hash_table_lookup(bundle->documents, name);
    if (!bytes)
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s is not in it", name);
    return bytes ? g_bytes_ref(bytes) : NULL;
}

/* NULL with error; the caller owns the tree. */
static json_object *document(const struct bundle *bundle, const char *name, GError **error)
{
    g_autoptr(GBytes) bytes = document_bytes(bundle, name, error);
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    g_autofree char *copy = g_strndup(text ? text : "", n);
    return bytes ? format_find("json")->parse(name, copy, n, error) : NULL;
}

/* ---- images ---- */

static void add_layer(const struct bundle *bundle, const char *name, struct image *image)
{
    if (bundle->at->directory) {
        g_autofree char *path = g_build_filename(bundle->at->path, name, NULL);
        image_add_layer(image, LAYER_BLOB, bundle->at->host, path, NULL);
        return;
    }
    for (unsigned i = 0; i < LINKS_MAX; i++) {
        const char *target = g_hash_table_lookup(bundle->links, name);
        if (!target)
            break;
        name = target;
    }
    image_add_layer(image, LAYER_MEMBER, bundle->at->host, bundle->at->path, name);
}

static struct image *image_with_config(struct bundle *bundle, const char *config, const char *id)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = document(bundle, config, &error);
    if (!tree) {
        fail(bundle, "%s", error ? error->message : "no configuration");
        return NULL;
    }
    struct image *image = image_new("archive");
    image->id = g_strdup(id);
    image->source_path = g_strdup(bundle->at->name);
    image_take_config(image, tree);
    return image;
}

static void add_image(struct bundle *bundle, struct image *image)
{
    bool room = images_room(bundle->images);
    image_finish(image, bundle->at->name);
    if (room)
        g_hash_table_add(bundle->seen, g_strdup(image->id));
    if (room)
        g_ptr_array_add(bundle->images->list, image);
    else
        image_free(image);
}

/* "HEX.json" or "blobs/sha256/HEX": the id is the digest. */
static char *id_of_config(const char *config)
{
    g_autofree char *base = g_path_get_basename(config);
    if (g_str_has_suffix(base, ".json"))
        base[strlen(base) - strlen(".json")] = '\0';
    return g_strconcat("sha256:", base, NULL);
}

static bool add_saved(struct bundle *bundle, const json_object *entry)
{
    const char *config = tree_string(entry, "Config");
    g_auto(GStrv) layers = image_strings(tree_member(entry, "Layers"));
    if (!config)
        return fail(bundle, "manifest.json: an image without a configuration");
    g_autofree char *id = id_of_config(config);
    struct image *image = image_with_config(bundle, config, id);
    if (!image)
        return false;
    g_strfreev(image->tags);
    image->tags = image_strings(tree_member(entry, "RepoTags"));
    for (char **layer = layers; *layer; layer++)
        add_layer(bundle, *layer, image);
    add_image(bundle, image);
    return true;
}

/* ---- OCI ---- */

/* "sha256:HEX" -> "blobs/sha256/HEX"; NULL when it is no digest. */
static char *blob_of(const char *digest)
{
    const char *colon = digest ? strchr(digest, ':') : NULL;
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz+._-";
    if (!colon || colon == digest || !colon[1] || strspn(digest, letters) != (size_t)(colon - digest) ||
        strspn(colon + 1, "0123456789abcdefABCDEF") != strlen(colon + 1))
        return NULL;
    g_autofree char *algorithm = g_strndup(digest, (gsize)(colon - digest));
    return strchr(algorithm, '.') ? NULL : g_strdup_printf("blobs/%s/%s", algorithm, colon + 1);
}

static char *tag_of(const struct bundle *bundle, const json_object *descriptor)
{
    const json_object *notes = tree_member(descriptor, "annotations");
    const char *full = tree_string(notes, "io.containerd.image.name");
    const char *name = tree_string(notes, "org.opencontainers.image.ref.name");
    if (full || !name || strchr(name, ':') || strchr(name, '/'))
        return g_strdup(full ? full : name);
    g_autofree char *base = g_path_get_basename(bundle->at->name);
    char *dot = strchr(base, '.');
    if (dot && dot != base)
        *dot = '\0';
    return g_strconcat(base, ":", name, NULL);
}

static bool is_image_config(const char *type)
{
    return !type || strstr(type, "image.config.v1") || strstr(type, "container.image.v1");
}

static bool add_manifest(struct bundle *bundle, const json_object *manifest, const char *tag)
{
    const json_object *config = tree_member(manifest, "config"), *layers = tree_member(manifest, "layers");
    const char *id = tree_string(config, "digest"), *type = tree_string(config, "mediaType");
    g_autofree char *blob = blob_of(id);
    if (!is_image_config(type))
        return true; /* an artefact that is no image */
    if (!blob || !json_object_is_type(layers, json_type_array))
        return fail(bundle, "a manifest without configuration or layers");
    if (g_hash_table_contains(bundle->seen, id))
        return true;
    struct image *image = image_with_config(bundle, blob, id);
    if (!image)
        return false;
    image_set_format(image, type && strstr(type, "docker") ? "docker" : "oci");
    if (tag) {
        g_strfreev(image->tags);
        image->tags = g_new0(char *, 2);
        image->tags[0] = g_strdup(tag);
    }
    for (size_t i = 0; i < json_object_array_length(layers); i++) {
        g_autofree char *layer = blob_of(tree_string(json_object_array_get_idx(layers, i), "digest"));
        if (layer)
            add_layer(bundle, layer, image);
        else
            image->layers_unknown = g_strdup("a layer without a digest");
    }
    add_image(bundle, image);
    return true;
}

static bool is_attestation(const json_object *descriptor)
{
    const json_object *notes = tree_member(descriptor, "annotations");
    return g_strcmp0(tree_string(notes, "vnd.docker.reference.type"), "attestation-manifest") == 0 ||
           g_strcmp0(tree_string(tree_member(descriptor, "platform"), "os"), "unknown") == 0;
}

static bool add_index(struct bundle *bundle, const json_object *index, const char *tag, unsigned depth);

static bool add_descriptor(struct bundle *bundle, const json_object *descriptor, const char *above, unsigned depth)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *own = tag_of(bundle, descriptor);
    const char *tag = own ? own : above;
    g_autofree char *blob = blob_of(tree_string(descriptor, "digest"));
    if (is_attestation(descriptor))
        return true;
    if (!blob)
        return fail(bundle, "a manifest without a digest");
    pl_autojson json_object *tree = document(bundle, blob, &error);
    if (!tree && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        if (!bundle->missing)
            bundle->missing = g_strdup(blob);
        return true;
    }
    if (!tree)
        return fail(bundle, "%s", error->message);
    if (tree_member(tree, "manifests"))
        return depth < INDEX_DEPTH ? add_index(bundle, tree, tag, depth + 1) : fail(bundle, "indexes in indexes");
    return add_manifest(bundle, tree, tag);
}

static bool add_index(struct bundle *bundle, const json_object *index, const char *tag, unsigned depth)
{
    const json_object *manifests = tree_member(index, "manifests");
    size_t n = json_object_is_type(manifests, json_type_array) ? json_object_array_length(manifests) : 0;
    if (n > IMAGES_MAX)
        return fail(bundle, "an index of more than %d images", IMAGES_MAX);
    for (size_t i = 0; i < n; i++)
        if (!add_descriptor(bundle, json_object_array_get_idx(manifests, i), tag, depth))
            return false;
    return true;
}

/* ---- one path ---- */

/* Reads a document that need not be there; *failed when it is there and broken. */
static json_object *optional(struct bundle *bundle, const char *name, bool *failed)
{
    g_autoptr(GError) error = NULL;
    json_object *tree = document(bundle, name, &error);
    if (!tree && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        *failed = true;
        fail(bundle, "%s", error->message);
    }
    return tree;
}

static void add_all(struct bundle *bundle)
{
    guint before = bundle->images->list->len;
    bool failed = false;
    pl_autojson json_object *saved = optional(bundle, "manifest.json", &failed);
    pl_autojson json_object *index = optional(bundle, "index.json", &failed);
    size_t n = json_object_is_type(saved, json_type_array) ? json_object_array_length(saved) : 0;
    for (size_t i = 0; i < n && !failed; i++)
        failed = !add_saved(bundle, json_object_array_get_idx(saved, i));
    if (index && !failed)
        failed = !add_index(bundle, index, NULL, 0);
    if (failed || bundle->images->list->len > before)
        return;
    if (bundle->missing)
        fail(bundle, "%s is not in it", bundle->missing);
    else if (saved || index)
        fail(bundle, "holds no image");
    else
        fail(bundle, "neither manifest.json (docker save) nor index.json (OCI layout) is in it");
}

/* Images of one name: told apart by their platform. */
static void name_platforms(const struct images *images, guint from)
{
    for (guint i = from; i < images->list->len; i++) {
        struct image *image = images->list->pdata[i];
        bool twin = false;
        for (guint j = from; j < images->list->len; j++) {
            const struct image *other = images->list->pdata[j];
            twin |= i != j && g_str_has_prefix(other->subject, image->subject);
        }
        if (!twin || !image->arch)
            continue;
        char *named = g_strdup_printf("%s (%s/%s)", image->subject, image->os ? image->os : "linux", image->arch);
        g_free(image->subject);
        image->subject = named;
    }
}

static void add_path(const struct host_image *at, struct images *images)
{
    if (at->error) {
        images_problem_text(images, true, NULL, "%s", at->error->message);
        return;
    }
    struct bundle bundle = {.at = at, .images = images};
    guint from = images->list->len;
    bundle.documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    bundle.links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    bundle.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (at->directory || read_documents(&bundle))
        add_all(&bundle);
    name_platforms(images, from);
    g_hash_table_unref(bundle.documents);
    g_hash_table_unref(bundle.links);
    g_hash_table_unref(bundle.seen);
    g_free(bundle.missing);
}

void images_add_paths(struct host *host, struct images *images)
{
    const GPtrArray *paths = host_images(host);
    for (guint i = 0; i < paths->len; i++)
        add_path(paths->pdata[i], images);
}
