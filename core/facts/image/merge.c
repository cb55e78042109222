/* Reading the layers of all images once, and laying them over each other.
 *
 * A layer that several images share is read once. An archive file is read once for all layers in it, in the order in
 * which they lie there. Over all images there is a budget of names: an image beyond it says that it was not read. */
#include "facts/image/content.h"

#include "facts/image/images.h"
#include "facts/image/lead.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

#define NAMES_BUDGET 4000000U            /* over all layers of a host */
#define BYTES_BUDGET ((guint64)64 << 30) /* unpacked, over all archives of layers */

struct image_merge_reading {
    struct host *host;
    GHashTable *layers; /* key of a place -> struct image_layer */
    guint64 names, bytes;
};

static char *key_of(const struct image_place *place)
{
    return g_strdup_printf("%p:%s:%s", (void *)place->host, place->path, place->member ? place->member : "");
}

/* Takes the error. */
static struct image_layer *failed_layer(GError *error)
{
    struct image_layer *layer = image_layer_new(false);
    layer->error = error;
    return layer;
}

/* ---- one layer ---- */

static void read_archive(struct image_layer *layer, struct archive_reader *reader)
{
    if (reader)
        image_layer_from_archive(layer, reader);
    layer->summed = reader && !layer->error && archive_sum(reader, &layer->sums, &layer->error);
    archive_close(reader);
}

static struct image_layer *read_blob(const struct image_place *place)
{
    struct image_layer *layer = image_layer_new(false);
    int fd = host_open(place->host, place->path, HOST_REGULAR, &layer->error);
    if (fd >= 0)
        read_archive(layer, archive_open_fd_summed(fd, place->path, NULL, &layer->error));
    return layer;
}

static struct image_layer *read_directory(const struct image_place *place)
{
    bool overlay = place->place == LAYER_OVERLAY;
    struct image_layer *layer = image_layer_new(!overlay);
    image_layer_from_directory(layer, place->host, place->path, overlay);
    return layer;
}

static void keep(struct image_merge_reading *reading, char *key, struct image_layer *layer)
{
    reading->names += g_hash_table_size(layer->names);
    reading->bytes += layer->sums.unpacked_size;
    g_hash_table_replace(reading->layers, key, layer);
}

/* ---- the layers inside an archive file ---- */

/* Places of the same archive that are still to be read: member name -> key. */
static GHashTable *wanted_members(const struct image_merge_reading *reading, const struct images *images,
                                  const struct image_place *like)
{
    GHashTable *wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < images->list->len; i++) {
        const struct image *image = images->list->pdata[i];
        for (guint j = 0; j < image->layers->len; j++) {
            const struct image_place *place = image->layers->pdata[j];
            g_autofree char *key = key_of(place);
            if (place->member && place->host == like->host && g_str_equal(place->path, like->path) &&
                !g_hash_table_contains(reading->layers, key))
                g_hash_table_replace(wanted, g_strdup(place->member), g_steal_pointer(&key));
        }
    }
    return wanted;
}

static void read_members(struct image_merge_reading *reading, struct archive_reader *outer, GHashTable *wanted,
                         GError **error)
{
    struct archive_member member;
    while (g_hash_table_size(wanted) && archive_next(outer, &member, error)) {
        const char *key = member.escapes ? NULL : g_hash_table_lookup(wanted, member.path);
        if (!key || member.kind != ARCHIVE_FILE)
            continue;
        struct image_layer *layer = image_layer_new(false);
        g_autofree char *name = g_strdup(member.path);
        read_archive(layer, archive_open_inside_summed(outer, name, NULL, &layer->error));
        keep(reading, g_strdup(key), layer);
        g_hash_table_remove(wanted, name);
    }
}

/* Those that were not met are errors of their own. */
static void miss_members(struct image_merge_reading *reading, GHashTable *wanted, const char *path, const GError *error)
{
    GHashTableIter iter;
    gpointer name = NULL, key = NULL;
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &name, &key)) {
        keep(reading, g_strdup(key),
             failed_layer(error ? g_error_copy(error)
                                : g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s: the layer %s is not in it", path,
                                              (const char *)name)));
    }
}

static void read_archive_file(struct image_merge_reading *reading, const struct images *images,
                              const struct image_place *place)
{
    g_autoptr(GHashTable) wanted = wanted_members(reading, images, place);
    g_autoptr(GError) error = NULL;
    int fd = host_open(place->host, place->path, HOST_REGULAR, &error);
    struct archive_reader *outer = fd >= 0 ? archive_open_fd(fd, place->path, NULL, &error) : NULL;
    if (outer)
        read_members(reading, outer, wanted, &error);
    archive_close(outer);
    miss_members(reading, wanted, place->path, error);
}

static const struct image_layer *layer_at(struct image_merge_reading *reading, const struct images *images,
                                          const struct image_place *place)
{
    g_autofree char *key = key_of(place);
    const struct image_layer *known = g_hash_table_lookup(reading->layers, key);
    if (known)
        return known;
    if (reading->names > NAMES_BUDGET)
        keep(reading, g_strdup(key),
             failed_layer(
                 g_error_new(PL_ERROR, PL_ERROR_LIMIT, "the images of this host have more files than are looked at")));
    else if (reading->bytes > BYTES_BUDGET)
        keep(reading, g_strdup(key),
             failed_layer(
                 g_error_new(PL_ERROR, PL_ERROR_LIMIT, "the images of this host unpack to more than is looked at")));
    else if (place->place == LAYER_MEMBER)
        read_archive_file(reading, images, place);
    else
        keep(reading, g_strdup(key), place->place == LAYER_BLOB ? read_blob(place) : read_directory(place));
    return g_hash_table_lookup(reading->layers, key);
}

/* ---- laying over ---- */

static void content_free(gpointer data)
{
    struct image_content *content = data;
    for (int i = 0; i < IMAGE_KIND_COUNT; i++) {
        g_ptr_array_unref(content->found[i]);
        g_ptr_array_unref(content->buried_by_kind[i]);
    }
    g_ptr_array_unref(content->buried);
    g_ptr_array_unref(content->escaping);
    g_clear_pointer(&content->passwd, g_bytes_unref);
    g_clear_pointer(&content->shadow, g_bytes_unref);
    g_clear_pointer(&content->group, g_bytes_unref);
    g_clear_pointer(&content->os_release, g_bytes_unref);
    g_clear_error(&content->error);
    problem_free(content->hindered);
    g_free(content);
}

static struct image_content *content_new(void)
{
    struct image_content *content = g_new0(struct image_content, 1);
    for (int i = 0; i < IMAGE_KIND_COUNT; i++) {
        content->found[i] = g_ptr_array_new_with_free_func(g_free);
        content->buried_by_kind[i] = g_ptr_array_new_with_free_func(g_free);
    }
    content->buried = g_ptr_array_new_with_free_func(g_free);
    content->escaping = g_ptr_array_new_with_free_func(g_free);
    return content;
}

static bool is_hidden(const GPtrArray *layers, guint own, const char *path)
{
    for (guint above = own + 1; above < layers->len; above++)
        if (image_layer_hides(layers->pdata[above], path))
            return true;
    return false;
}

/* What a hard link to a file of a lower layer is: what the uppermost of them says that is not hidden below this one,
 * which may be a hard link itself. False when no layer has such a file. */
static bool kinds_below(const GPtrArray *layers, guint own, const char *path, unsigned *kinds)
{
    for (guint i = own; i-- > 0;) {
        const struct image_layer *layer = layers->pdata[i];
        const struct image_file *file = g_hash_table_lookup(layer->files, path);
        *kinds |= file ? file->kinds & ~IMAGE_BY_PLACE : 0;
        if (file && file->hardlink)
            path = file->hardlink;
        else if (file || image_layer_name(layer, path))
            return true;
        else if (image_layer_hides(layer, path))
            return false;
    }
    return false;
}

/* A link whose target is nowhere may lead there by a link among its folders, which engines follow. */
static unsigned kinds_of(struct image_content *content, const GPtrArray *layers, guint own,
                         const struct image_file *file)
{
    unsigned kinds = file->kinds;
    if (file->hardlink && !kinds_below(layers, own, file->hardlink, &kinds) && !content->hindered) {
        g_autofree char *shown = g_utf8_make_valid(file->path, -1);
        content->hindered = problem_unknown("/%s: no layer has the file that this hard link leads to", shown);
    }
    return kinds;
}

static void add_path(GPtrArray *list, const char *path)
{
    g_ptr_array_add(list, g_strconcat("/", path, NULL));
}

/* The other name that a container may see it under: a list of names that are allowed has to allow both. */
static void add_led(GPtrArray *list, const GPtrArray *layers, guint own, const char *path)
{
    g_autofree char *other = image_led_to(layers, own, path);
    if (other)
        add_path(list, other);
    else
        g_ptr_array_add(list, g_strdup_printf("/%s (behind links without end)", path));
}

static void take_text(struct image_content *content, const struct image_file *file)
{
    GBytes **place = NULL;
    if (g_str_equal(file->path, "etc/passwd"))
        place = &content->passwd;
    else if (g_str_equal(file->path, "etc/shadow"))
        place = &content->shadow;
    else if (g_str_equal(file->path, "etc/group"))
        place = &content->group;
    else if (g_str_equal(file->path, "etc/os-release") || !content->os_release)
        place = &content->os_release;
    if (!place)
        return;
    g_clear_pointer(place, g_bytes_unref);
    *place = file->content ? g_bytes_ref(file->content) : g_bytes_new_static("", 0);
}

static void take_file(struct image_content *content, const GPtrArray *layers, guint own, const struct image_file *file)
{
    unsigned kinds = kinds_of(content, layers, own, file);
    /* Where that leads, engines put it elsewhere, or not, and what takes the name away leaves it there. */
    bool led = kinds && image_is_behind_link(layers, own, file->path);
    bool hidden = is_hidden(layers, own, file->path) && !led;
    kinds &= hidden ? IMAGE_SECRETS : ~0U;
    for (int i = 0; i < IMAGE_KIND_COUNT; i++) {
        if (!(kinds & IMAGE_BIT(i)))
            continue;
        add_path(hidden ? content->buried_by_kind[i] : content->found[i], file->path);
        if (led)
            add_led(content->found[i], layers, own, file->path);
    }
    if (hidden && kinds)
        add_path(content->buried, file->path);
    if (kinds & IMAGE_BIT(IMAGE_TEXT))
        take_text(content, file);
}

static void take_layer(struct image_content *content, const GPtrArray *layers, guint own)
{
    const struct image_layer *layer = layers->pdata[own];
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    g_hash_table_iter_init(&iter, layer->files);
    while (g_hash_table_iter_next(&iter, &key, &value))
        take_file(content, layers, own, value);
    g_hash_table_iter_init(&iter, layer->escaping);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(content->escaping, g_strdup(key));
    problem_keep(&content->hindered, problem_of_error(layer->hindered));
}

/* Sorted, each once, without those that are in `but`. */
static void tidy(GPtrArray **list, GHashTable *but)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_sort(*list, value_order_texts);
    for (guint i = 0; i < (*list)->len; i++) {
        const char *text = (*list)->pdata[i];
        bool again = out->len && g_str_equal(text, out->pdata[out->len - 1]);
        if (!again && !(but && g_hash_table_contains(but, text)))
            g_ptr_array_add(out, g_strdup(text));
    }
    g_ptr_array_unref(*list);
    *list = out;
}

/* Where layers hold everything (vfs), a secret that is still there is in the lower ones too. */
static void tidy_all(struct image_content *content)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int kind = 0; kind < IMAGE_KIND_COUNT; kind++) {
        GPtrArray *found = content->found[kind];
        for (guint i = 0; (IMAGE_SECRETS & IMAGE_BIT(kind)) && i < found->len; i++)
            g_hash_table_add(seen, found->pdata[i]);
    }
    tidy(&content->buried, seen);
    tidy(&content->escaping, NULL);
    for (int kind = 0; kind < IMAGE_KIND_COUNT; kind++)
        tidy(&content->buried_by_kind[kind], seen);
    g_hash_table_remove_all(seen); /* it borrows from what comes next */
    for (int kind = 0; kind < IMAGE_KIND_COUNT; kind++)
        tidy(&content->found[kind], NULL);
}

static bool is_sum(const char *digest, const char *hex)
{
    return g_str_has_prefix(digest, "sha256:") && g_ascii_strcasecmp(digest + strlen("sha256:"), hex) == 0;
}

/* Engines refuse a layer that is another one than the image says: what was seen in it says nothing then. */
static bool is_the_layer(const struct image_place *place, const struct image_layer *layer, GError **error)
{
    if (layer->error || !layer->summed)
        return true;
    bool size = place->size < 0 || (guint64)place->size == layer->sums.size;
    bool digest = !place->digest || is_sum(place->digest, layer->sums.packed);
    bool diff_id = !place->diff_id || is_sum(place->diff_id, layer->sums.unpacked);
    if (size && digest && diff_id)
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: the layer is not what the image says it is: %s",
                place->member ? place->member : place->path,
                !size     ? "another size"
                : !digest ? "another digest"
                          : "another diff id");
    return false;
}

static struct image_content *lay_over(const struct image *image, const GPtrArray *layers)
{
    struct image_content *content = content_new();
    for (guint i = 0; i < layers->len; i++) {
        const struct image_layer *layer = layers->pdata[i];
        if (layer->error && !content->error)
            content->error = image_damage(layer->error);
        if (!content->error)
            is_the_layer(image->layers->pdata[i], layer, &content->error);
        take_layer(content, layers, i);
    }
    tidy_all(content);
    return content;
}

static struct image_content *read_image(struct image_merge_reading *reading, const struct images *images,
                                        const struct image *image)
{
    if (image->layers_unknown) {
        struct image_content *content = content_new();
        content->error = image_damage(image->layers_unknown);
        return content;
    }
    g_autoptr(GPtrArray) layers = g_ptr_array_new();
    for (guint i = 0; i < image->layers->len; i++)
        g_ptr_array_add(layers, (gpointer)(uintptr_t)layer_at(reading, images, image->layers->pdata[i]));
    return lay_over(image, layers);
}

static gpointer make_contents(struct host *host, gpointer data)
{
    const struct images *images = data;
    GHashTable *contents = g_hash_table_new_full(NULL, NULL, NULL, content_free);
    struct image_merge_reading reading = {.host = host};
    reading.layers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, image_layer_free);
    for (guint i = 0; i < images->list->len; i++)
        g_hash_table_insert(contents, images->list->pdata[i], read_image(&reading, images, images->list->pdata[i]));
    g_hash_table_unref(reading.layers);
    return contents;
}

static void contents_free(gpointer data)
{
    g_hash_table_unref(data);
}

const struct image_content *image_content_of(struct host *host, const struct image *image)
{
    GHashTable *contents =
        host_memo(host, "image-contents", make_contents, (gpointer)(uintptr_t)image->all, contents_free);
    return g_hash_table_lookup(contents, image);
}
