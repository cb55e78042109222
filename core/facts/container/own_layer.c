#include "facts/container/own_layer.h"

#include "host/host.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* Drivers whose layers are folders: what was changed alone, or the whole root file system. */
static const struct driver {
    const char *docker, *storage; /* what it is called there; NULL: there is none */
    const char *before, *behind;  /* around the name of the layer, below the driver's folder */
    bool whole;
} drivers[] = {
    {"overlay2", "overlay", "", "/diff", false},
    {"fuse-overlayfs", NULL, "", "/diff", false},
    {"vfs", "vfs", "dir/", "", true},
};

static void set_folder(const char *root, const char *name, const struct driver *driver, const char *layer,
                       struct container_planned *planned)
{
    planned->layer = g_strdup_printf("%s/%s/%s%s%s", root, name, driver->before, layer, driver->behind);
    planned->layer_is_whole = driver->whole;
}

/* A name of a folder, which leads nowhere else. */
static bool is_name(const char *text)
{
    return text && *text && *text != '.' && !strchr(text, '/');
}

void own_layer_of_docker(struct host *host, const char *root, const char *id, struct container_planned *planned)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers) && !planned->layer && !planned->layer_error; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_strdup_printf("%s/image/%s/layerdb/mounts/%s/mount-id", root, drivers[i].docker, id);
        g_autofree char *layer = host_read_text(host, path, &error);
        if (layer && is_name(g_strstrip(layer)))
            set_folder(root, drivers[i].docker, &drivers[i], layer, planned);
        else if (layer)
            g_set_error(&planned->layer_error, PL_ERROR, PL_ERROR_PARSE, "%s: no name of a layer's directory", path);
        else if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            planned->layer_error = g_steal_pointer(&error);
    }
}

void own_layer_of_storage(const char *list, const json_object *entry, struct container_planned *planned)
{
    g_autofree char *folder = g_path_get_dirname(list), *root = g_path_get_dirname(folder);
    g_autofree char *name = g_path_get_basename(folder);
    const char *layer = tree_string(entry, "layer");
    for (size_t i = 0; i < G_N_ELEMENTS(drivers) && is_name(layer); i++) {
        g_autofree char *own = g_strconcat(drivers[i].storage ? drivers[i].storage : "", "-containers", NULL);
        if (drivers[i].storage && g_str_equal(name, own))
            set_folder(root, drivers[i].storage, &drivers[i], layer, planned);
    }
}
