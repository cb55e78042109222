/* Device nodes of a container: all of its /dev, those that its record or its mounts put elsewhere, and, where its
 * device rules let it open more than these, any node below a mount that does not forbid nodes.
 *
 * A node counts although the device rules of its control group may forbid it to be opened: version 2 does not show
 * them. */
#include "probes/container/devices.h"

#include "facts/container/record.h"
#include "host/notes.h"
#include "probes/container/device_nodes.h"

#include <string.h>
#include <sys/stat.h>

/* A hostile /dev must not hold the audit up. */
#define LOOKS_MAX 8192
#define DEPTH_MAX 8

struct device_query {
    const struct view *view;
    char *root; /* /proc/PID/root */
    struct device_nodes *nodes;
    GHashTable *seen; /* paths inside that were looked at */
    unsigned looks;
};

/* There is more than is looked at: noted, as what fails. */
static void note_bound(const struct device_query *query, const char *what)
{
    device_nodes_note_bound(query->root, "/dev", what);
}

/* Looks at one path inside, once; false when it is not there. */
static bool look_at(struct device_query *query, const char *inside, struct host_stat *found)
{
    if (query->looks >= LOOKS_MAX) {
        note_bound(query, "more files than are looked at");
        return false;
    }
    if (!g_hash_table_add(query->seen, g_strdup(inside)))
        return false;
    query->looks++;
    g_autofree char *path = g_strconcat(query->root, inside, NULL);
    if (!host_lstat(query->view->host, path, found, NULL))
        return false;
    device_nodes_add(query->nodes, inside, found);
    return true;
}

static bool is_entered(const char *inside, const struct host_stat *found)
{
    static const char *const others[] = {"/dev/pts", "/dev/shm", "/dev/mqueue", NULL};
    return S_ISDIR(found->mode) && !g_strv_contains(others, inside);
}

static void look_below(struct device_query *query, const char *directory, unsigned depth)
{
    g_autofree char *path = g_strconcat(query->root, directory, NULL);
    g_auto(GStrv) names = depth < DEPTH_MAX ? host_list(query->view->host, path, NULL) : NULL;
    if (depth >= DEPTH_MAX)
        note_bound(query, "deeper folders than are looked at");
    for (char **name = names; name && *name; name++) {
        g_autofree char *inside = g_build_filename(directory, *name, NULL);
        struct host_stat found;
        if (look_at(query, inside, &found) && is_entered(inside, &found))
            look_below(query, inside, depth + 1);
    }
}

/* --device may name any place, and a node may be mounted like any file. */
static void look_elsewhere(struct device_query *query)
{
    const struct container *container = query->view->container;
    struct host_stat found;
    const GPtrArray *told = container->record->devices;
    for (guint i = 0; i < told->len; i++)
        look_at(query, g_ptr_array_index(told, i), &found);
    for (guint i = 0; container->mounts && i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        bool file = !g_str_equal(line->root, "/") && !path_is_below(line->target, "/proc") &&
                    !path_is_below(line->target, "/sys");
        if (file)
            look_at(query, line->target, &found);
    }
}

void container_set_devices(const struct view *view, struct item *item)
{
    g_autofree char *root = host_process_file(view->first, "root");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct host_noting noted = host_notes_begin();
    struct device_nodes nodes;
    device_nodes_begin(&nodes, view, root);
    struct device_query query = {.view = view, .root = root, .nodes = &nodes, .seen = seen};
    look_below(&query, "/dev", 0);
    look_elsewhere(&query);
    device_nodes_look_everywhere(&nodes);
    g_autoptr(GError) failure = host_notes_take(&noted);
    device_nodes_end(&nodes, item, failure);
}
