#include "facts/image/image.h"

#include "facts/image/names.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

static void place_free(gpointer data)
{
    struct image_place *place = data;
    g_free(place->path);
    g_free(place->member);
    g_free(place->diff_id);
    g_free(place->digest);
    g_free(place);
}

struct image *image_new(const char *engine)
{
    struct image *image = g_new0(struct image, 1);
    image->engine = g_strdup(engine);
    image->format = g_strdup("docker");
    image->layers = g_ptr_array_new_with_free_func(place_free);
    image->tags = g_new0(char *, 1);
    image->digests = g_new0(char *, 1);
    image->history = g_new0(char *, 1);
    image->size = -1;
    return image;
}

void image_free(gpointer data)
{
    struct image *image = data;
    if (!image)
        return;
    g_free(image->subject);
    g_free(image->id);
    g_free(image->engine);
    g_free(image->format);
    g_strfreev(image->tags);
    g_strfreev(image->digests);
    json_object_put(image->config);
    g_strfreev(image->history);
    g_free(image->created);
    g_free(image->arch);
    g_free(image->os);
    g_strfreev(image->stale);
    g_free(image->source_path);
    g_free(image->source_api);
    g_ptr_array_unref(image->layers);
    g_clear_error(&image->layers_unknown);
    g_free(image);
}

void image_add_layer(struct image *image, enum layer_place place, struct host *host, const char *path,
                     const char *member)
{
    struct image_place *added = g_new0(struct image_place, 1);
    *added = (struct image_place){
        .place = place, .host = host, .path = g_strdup(path), .member = g_strdup(member), .size = -1};
    g_ptr_array_add(image->layers, added);
}

bool image_expect_layers(struct image *image, const json_object *document)
{
    g_auto(GStrv) diff_ids = image_diff_ids(document);
    if (!diff_ids || g_strv_length(diff_ids) != image->layers->len)
        return false;
    for (guint i = 0; i < image->layers->len; i++) {
        struct image_place *place = image->layers->pdata[i];
        place->diff_id = g_strdup(diff_ids[i]);
    }
    return true;
}

void image_set_format(struct image *image, const char *format)
{
    g_free(image->format);
    image->format = g_strdup(format);
}

void image_finish(struct image *image, const char *fallback)
{
    const char *hex = image->id && g_str_has_prefix(image->id, "sha256:") ? image->id + strlen("sha256:") : image->id;
    const char *name = image->tags[0] ? image->tags[0] : fallback;
    g_free(image->subject);
    image->subject = name && *name ? g_strdup(name) : g_strndup(hex && *hex ? hex : "image", 12);
}

char **image_strings(const json_object *array)
{
    GPtrArray *out = g_ptr_array_new();
    size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *member = json_object_array_get_idx(array, i);
        if (json_object_is_type(member, json_type_string))
            g_ptr_array_add(out, tree_text(member));
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

static char **history_of(const json_object *list)
{
    GPtrArray *out = g_ptr_array_new();
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *by = tree_string(json_object_array_get_idx(list, i), "created_by");
        if (by && *by)
            g_ptr_array_add(out, g_strdup(by));
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

void image_take_config(struct image *image, const json_object *document)
{
    json_object_put(image->config);
    g_strfreev(image->history);
    pl_autojson json_object *copy = tree_copy(document);
    json_names_spell(copy, image_config_names);
    document = copy;
    image->config = tree_copy(tree_member(document, "config"));
    image->history = history_of(tree_member(document, "history"));
    image->history_known = true;
    image->created = g_strdup(tree_string(document, "created"));
    image->arch = g_strdup(tree_string(document, "architecture"));
    image->os = g_strdup(tree_string(document, "os"));
}

char **image_diff_ids(const json_object *document)
{
    const json_object *list = tree_member(tree_member(document, "rootfs"), "diff_ids");
    return list ? image_strings(list) : NULL;
}

GError *image_damage(const GError *error)
{
    GError *damage = g_error_copy(error);
    if (g_error_matches(damage, PL_ERROR, PL_ERROR_ABSENT))
        damage->code = PL_ERROR_READ;
    return damage;
}
