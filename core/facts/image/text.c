/* One text of an image: from the directories of its layers where it has any, else from what was read of its archives.
 */
#include "facts/image/content.h"

#include "model/error.h"

#include <sys/stat.h>

#define TEXT_MAX ((gsize)1 << 20)

enum seen { SEEN_NOT, SEEN_HERE, SEEN_HIDDEN, SEEN_FAILED };

/* Whether a layer's directory has the path, or hides it: no link on the way is followed. */
static enum seen look_in(const struct image_place *place, const char *path, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GString) at = g_string_new(place->path);
    for (char **part = parts; *part; part++) {
        struct host_stat st;
        g_string_append_printf(at, "/%s", *part);
        g_autoptr(GError) failed = NULL;
        if (!host_lstat(place->host, at->str, &st, &failed)) {
            bool absent = g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT);
            if (!absent)
                g_propagate_error(error, g_steal_pointer(&failed));
            return absent ? SEEN_NOT : SEEN_FAILED;
        }
        bool last = !part[1];
        if (last && S_ISREG(st.mode))
            return SEEN_HERE;
        if (last || !S_ISDIR(st.mode))
            return SEEN_HIDDEN;
    }
    return SEEN_NOT;
}

static bool all_directories(const struct image *image)
{
    for (guint i = 0; i < image->layers->len; i++) {
        const struct image_place *place = image->layers->pdata[i];
        if (place->place == LAYER_BLOB || place->place == LAYER_MEMBER)
            return false;
    }
    return true;
}

/* A layer that was not there to be looked at is no absence. */
static bool is_there(const struct image_place *place, GError **error)
{
    struct host_stat st;
    return host_stat(place->host, place->path, &st, error);
}

static GBytes *text_from_directories(const struct image *image, const char *path, GError **error)
{
    for (guint i = image->layers->len; i-- > 0;) {
        const struct image_place *place = image->layers->pdata[i];
        if (!is_there(place, error))
            return NULL;
        enum seen seen = look_in(place, path, error);
        g_autofree char *full = g_strconcat(place->path, "/", path, NULL);
        if (seen == SEEN_HERE)
            return host_read_uncached(place->host, full, TEXT_MAX, error);
        if (seen == SEEN_FAILED || seen == SEEN_HIDDEN || place->place == LAYER_WHOLE)
            return NULL;
    }
    return NULL;
}

GBytes *image_text(struct host *host, const struct image *image, const char *path, GError **error)
{
    if (image->layers_unknown) {
        g_propagate_error(error, g_error_copy(image->layers_unknown));
        return NULL;
    }
    if (all_directories(image))
        return text_from_directories(image, path, error);
    const struct image_content *content = image_content_of(host, image);
    GBytes *bytes = g_str_equal(path, "etc/passwd") ? content->passwd : NULL;
    if (content->error && error)
        *error = g_error_copy(content->error);
    return bytes && !content->error ? g_bytes_ref(bytes) : NULL;
}
