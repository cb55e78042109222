/* Images that are named by path: what `docker save` writes (manifest.json) and OCI layouts (index.json), each a tar
 * archive or a directory.
 *
 * Of a list for several platforms, every platform whose manifest is there is an image of its own. An archive's
 * documents are read first; its layers only when somebody asks for contents. */
#include "facts/image/path.h"

#include "facts/image/documents.h"
#include "facts/image/names.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define INDEX_DEPTH 4

struct bundle {
    struct image_documents *documents;
    const struct host_image *at;
    GHashTable *seen; /* ids of images that were added */
    struct images *images;
    char *missing; /* the first manifest that an index names and that is not there */
};

static bool fail(struct bundle *bundle, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(struct bundle *bundle, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    problems_add_format(bundle->images->problems, PROBLEM_ERROR, NULL, "%s: %s", bundle->at->name, reason);
    return false;
}

/* The same by a document that could not be read; NULL: there is none. */
static bool fail_by(struct bundle *bundle, const GError *error)
{
    struct problem *problem = error ? problem_of_expected(error) : problem_damaged("no configuration");
    problems_take(bundle->images->problems, problem_of(problem, "%s", bundle->at->name));
    return false;
}

/* ---- images ---- */

static void add_layer(const struct bundle *bundle, const char *name, struct image *image)
{
    if (bundle->at->directory) {
        g_autofree char *path = g_build_filename(bundle->at->path, name, NULL);
        image_add_layer(image, LAYER_BLOB, bundle->at->host, path, NULL);
        return;
    }
    image_add_layer(image, LAYER_MEMBER, bundle->at->host, bundle->at->path,
                    image_documents_name(bundle->documents, name));
}

/* *document is its configuration document, which the caller owns. */
static struct image *image_with_config(struct bundle *bundle, const char *config, const json_object *descriptor,
                                       json_object **tree)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *digest = NULL;
    const struct image_expected expected = {descriptor, image_config_names, &digest};
    *tree = image_document(bundle->documents, config, &expected, &error);
    if (!*tree) {
        fail_by(bundle, error);
        return NULL;
    }
    struct image *image = image_new("archive");
    image->id = g_strdup(descriptor ? tree_string(descriptor, "digest") : digest);
    image->source_path = g_strdup(bundle->at->name);
    image_take_config(image, *tree);
    return image;
}

/* Engines refuse an image whose configuration has another number of layers than there are. */
static void expect_layers(struct image *image, const json_object *config)
{
    if (!image_expect_layers(image, config) && !image->layers_unknown)
        g_set_error(&image->layers_unknown, PL_ERROR, PL_ERROR_PARSE,
                    "its configuration does not have the diff ids of its layers, one for each");
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

static bool add_saved(struct bundle *bundle, const json_object *entry)
{
    const char *config = tree_string(entry, "Config");
    g_auto(GStrv) layers = image_strings(tree_member(entry, "Layers"));
    if (!config)
        return fail(bundle, "manifest.json: an image without a configuration");
    pl_autojson json_object *tree = NULL;
    struct image *image = image_with_config(bundle, config, NULL, &tree);
    if (!image)
        return false;
    g_strfreev(image->tags);
    image->tags = image_strings(tree_member(entry, "RepoTags"));
    for (char **layer = layers; *layer; layer++)
        add_layer(bundle, *layer, image);
    expect_layers(image, tree);
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

/* A layer by its descriptor. */
static void add_described(const struct bundle *bundle, const json_object *descriptor, struct image *image)
{
    const char *digest = tree_string(descriptor, "digest");
    const json_object *size = tree_member(descriptor, "size");
    g_autofree char *blob = blob_of(digest);
    if (!blob) {
        g_clear_error(&image->layers_unknown);
        g_set_error(&image->layers_unknown, PL_ERROR, PL_ERROR_PARSE, "a layer without a digest");
        return;
    }
    add_layer(bundle, blob, image);
    struct image_place *place = image->layers->pdata[image->layers->len - 1];
    place->digest = g_strdup(digest);
    place->size = json_object_is_type(size, json_type_int) ? json_object_get_int64(size) : -1;
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
    pl_autojson json_object *tree = NULL;
    struct image *image = image_with_config(bundle, blob, config, &tree);
    if (!image)
        return false;
    image_set_format(image, type && strstr(type, "docker") ? "docker" : "oci");
    if (tag) {
        g_strfreev(image->tags);
        image->tags = g_new0(char *, 2);
        image->tags[0] = g_strdup(tag);
    }
    for (size_t i = 0; i < json_object_array_length(layers); i++)
        add_described(bundle, json_object_array_get_idx(layers, i), image);
    expect_layers(image, tree);
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
    const struct image_expected expected = {descriptor, image_manifest_names, NULL};
    pl_autojson json_object *tree = image_document(bundle->documents, blob, &expected, &error);
    if (!tree && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        if (!bundle->missing)
            bundle->missing = g_strdup(blob);
        return true;
    }
    if (!tree)
        return fail_by(bundle, error);
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
static json_object *optional(struct bundle *bundle, const char *name, const struct json_names *names, bool *failed)
{
    const struct image_expected expected = {NULL, names, NULL};
    g_autoptr(GError) error = NULL;
    json_object *tree = image_document(bundle->documents, name, &expected, &error);
    if (!tree && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        *failed = true;
        fail_by(bundle, error);
    }
    return tree;
}

static void add_all(struct bundle *bundle)
{
    guint before = bundle->images->list->len;
    bool failed = false;
    pl_autojson json_object *saved = optional(bundle, "manifest.json", image_saved_names, &failed);
    pl_autojson json_object *index = optional(bundle, "index.json", image_manifest_names, &failed);
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
        problems_take(images->problems, problem_of_expected(at->error));
        return;
    }
    struct bundle bundle = {.at = at, .images = images};
    guint from = images->list->len;
    g_autoptr(GError) error = NULL;
    bundle.documents = image_documents_read(at, &error);
    bundle.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (bundle.documents)
        add_all(&bundle);
    else
        fail_by(&bundle, error);
    name_platforms(images, from);
    image_documents_free(bundle.documents);
    g_hash_table_unref(bundle.seen);
    g_free(bundle.missing);
}

void images_add_paths(struct host *host, struct images *images)
{
    const GPtrArray *paths = host_images(host);
    for (guint i = 0; i < paths->len; i++)
        add_path(paths->pdata[i], images);
}
