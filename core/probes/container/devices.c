/* Device nodes of a container: all of its /dev, those that its record or its mounts put elsewhere, and, where its
 * device rules let it open more than these, any node below a mount that does not forbid nodes.
 *
 * What neighbours have is reached through their /proc/PID/root, where a node's own mount decides about nodev, and the
 * device rules of the container that opens it.
 *
 * A node counts although the device rules of its control group may forbid it to be opened: version 2 does not show
 * them. */
#include "probes/container/devices.h"

#include "facts/container/record.h"
#include "facts/system/below.h"
#include "host/notes.h"
#include "probes/container/device_nodes.h"
#include "probes/container/others.h"

#include <string.h>
#include <sys/stat.h>

struct device_query {
    const struct view *view; /* of whom is looked at: the container, or a neighbour */
    char *root;              /* /proc/PID/root */
    struct device_nodes *nodes;
    GHashTable *seen; /* paths inside that were looked at */
};

static void take(const struct device_query *query, const char *inside, const struct host_stat *found)
{
    if (g_hash_table_add(query->seen, g_strdup(inside)))
        device_nodes_add(query->nodes, inside, found);
}

/* Its own file systems are looked at as well, but for those where every container has nodes or none. */
static enum below_step look_below(const struct below_entry *entry, gpointer data)
{
    static const char *const others[] = {"/dev/pts", "/dev/shm", "/dev/mqueue", NULL};
    g_autofree char *inside = below_path("/dev", entry);
    take(data, inside, entry->stat);
    return g_strv_contains(others, inside) ? BELOW_APART : BELOW_ON;
}

/* A /dev that is none, or more than can be looked at, is noted; some have none. */
static void look_at_usual(struct device_query *query)
{
    g_autofree char *top = g_strconcat(query->root, "/dev", NULL);
    struct host_stat found;
    struct below below = {.host = query->view->host, .top = top, .follow = true, .visit = look_below, .data = query};
    if (host_lstat(query->view->host, top, &found, NULL))
        below_walk(&below, NULL);
}

static void look_at(const struct device_query *query, const char *inside)
{
    g_autofree char *path = g_strconcat(query->root, inside, NULL);
    struct host_stat found;
    if (!g_hash_table_contains(query->seen, inside) && host_lstat(query->view->host, path, &found, NULL))
        take(query, inside, &found);
}

/* --device may name any place, and a node may be mounted like any file. */
static void look_elsewhere(const struct device_query *query)
{
    const struct container *container = query->view->container;
    const GPtrArray *told = container->record->devices;
    for (guint i = 0; i < told->len; i++)
        look_at(query, g_ptr_array_index(told, i));
    for (guint i = 0; container->mounts && i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        bool file = !g_str_equal(line->root, "/") && !path_is_below(line->target, "/proc") &&
                    !path_is_below(line->target, "/sys");
        if (file)
            look_at(query, line->target);
    }
}

static void look_through(struct device_nodes *nodes, const struct view *view)
{
    g_autofree char *root = host_process_file(view->first, "root");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct device_query query = {.view = view, .root = root, .nodes = nodes, .seen = seen};
    device_nodes_turn_to(nodes, view, root);
    look_at_usual(&query);
    look_elsewhere(&query);
    device_nodes_look_everywhere(nodes);
}

static void look_through_neighbours(struct device_nodes *nodes, const struct view *view)
{
    g_autoptr(GPtrArray) neighbours = container_neighbours(view);
    for (guint i = 0; i < neighbours->len; i++) {
        struct view theirs = *view;
        theirs.container = g_ptr_array_index(neighbours, i);
        theirs.first = theirs.container->first;
        look_through(nodes, &theirs);
        if (!theirs.container->mounts && theirs.container->mounts_error)
            host_note(g_error_copy(theirs.container->mounts_error));
    }
    device_nodes_turn_to(nodes, view, NULL);
}

void container_set_devices(const struct view *view, struct item *item)
{
    struct device_nodes nodes;
    struct host_noting noted = host_notes_begin();
    device_nodes_begin(&nodes, view);
    look_through(&nodes, view);
    g_autoptr(GError) failure = host_notes_take(&noted);
    struct host_noting beside = host_notes_begin();
    look_through_neighbours(&nodes, view);
    g_autoptr(GError) others = host_notes_take(&beside);
    device_nodes_end(&nodes, item, failure, others);
}
