#include "facts/image/lead.h"

#include <string.h>

#define LINKS_MAX 40  /* as the kernel */
#define NAMES_MAX 256 /* of the whole way: hostile layers have many such files */

/* What a folder is for whoever unpacks the layer `own` on those below; where it is a link, *target is where to. */
static enum image_name name_at(const GPtrArray *layers, guint own, const char *folder, const char **target)
{
    for (guint i = own + 1; i-- > 0;) {
        const struct image_layer *layer = layers->pdata[i];
        enum image_name name = image_layer_name(layer, folder);
        if (name == IMAGE_NAME_LINK && target)
            *target = g_hash_table_lookup(layer->links, folder);
        if (name || image_layer_hides(layer, folder))
            return name;
    }
    return 0;
}

bool image_is_behind_link(const GPtrArray *layers, guint own, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_autofree char *folder = g_strndup(path, (gsize)(slash - path));
        if (name_at(layers, own, folder, NULL) == IMAGE_NAME_LINK)
            return true;
    }
    return false;
}

/* A path on its way. */
struct image_lead_way {
    GString *at, *rest;
    guint links, names;
};

static void go_up(GString *at)
{
    const char *slash = strrchr(at->str, '/');
    g_string_truncate(at, slash ? (gsize)(slash - at->str) : 0);
}

static bool turn(struct image_lead_way *way, const char *target)
{
    if (!target || ++way->links > LINKS_MAX)
        return false;
    if (*target == '/')
        g_string_truncate(way->at, 0);
    else
        go_up(way->at);
    g_string_prepend_c(way->rest, '/');
    g_string_prepend(way->rest, target);
    return true;
}

/* The next name of the way, into which links are followed but for the last one, which is the file. */
static bool step(struct image_lead_way *way, const GPtrArray *layers, guint own)
{
    gsize n = strcspn(way->rest->str, "/");
    g_autofree char *name = g_strndup(way->rest->str, n);
    const char *target = NULL;
    g_string_erase(way->rest, 0, (gssize)(n + strspn(way->rest->str + n, "/")));
    if (!n || g_str_equal(name, "."))
        return true;
    if (++way->names > NAMES_MAX)
        return false;
    if (g_str_equal(name, "..")) {
        go_up(way->at);
        return true;
    }
    g_string_append_printf(way->at, "%s%s", way->at->len ? "/" : "", name);
    if (!way->rest->len || name_at(layers, own, way->at->str, &target) != IMAGE_NAME_LINK)
        return true;
    return turn(way, target);
}

char *image_led_to(const GPtrArray *layers, guint own, const char *path)
{
    struct image_lead_way way = {.at = g_string_new(NULL), .rest = g_string_new(path)};
    bool ok = true;
    while (ok && way.rest->len)
        ok = step(&way, layers, own);
    g_string_free(way.rest, TRUE);
    return g_string_free(way.at, !ok);
}
