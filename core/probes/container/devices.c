/* Device nodes of a container: all of its /dev, and those that its record or its mounts put elsewhere.
 *
 * A node counts although the device rules of its control group may forbid it to be opened: version 2 does not show
 * them. */
#include "probes/container/devices.h"

#include "facts/container/device_rules.h"
#include "facts/container/record.h"
#include "model/error.h"
#include "probes/common/noted.h"

#include <string.h>
#include <sys/stat.h>

#define DEVICES_MAX 512
/* A hostile /dev must not hold the audit up. */
#define LOOKS_MAX 8192
#define DEPTH_MAX 8

struct device_query {
    const struct view *view;
    char *root;           /* /proc/PID/root */
    json_object *devices; /* paths inside */
    json_object *disks;   /* those of them that are block devices */
    GHashTable *seen;     /* paths inside that were looked at */
    unsigned looks;
};

/* There is more than is looked at: noted, as what fails. */
static void note_bound(const struct device_query *query, const char *what)
{
    host_note(g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s/dev: %s", query->root, what));
}

/* What every runtime makes (OCI runtime specification, config-linux.md), by its numbers, which say what it is under any
 * name. Without numbers the name has to do. */
static bool is_standard(const char *inside, const struct host_stat *found)
{
    static const char *const names[] = {"/dev/null", "/dev/zero", "/dev/full",    "/dev/random", "/dev/urandom",
                                        "/dev/tty",  "/dev/ptmx", "/dev/console", NULL};
    if (found->dev_major || found->dev_minor)
        return device_is_standard(found->mode, found->dev_major, found->dev_minor);
    return S_ISCHR(found->mode) && (g_strv_contains(names, inside) || g_str_has_prefix(inside, "/dev/pts/"));
}

static void add(struct device_query *query, const char *inside, const struct host_stat *found)
{
    if ((!S_ISCHR(found->mode) && !S_ISBLK(found->mode)) || is_standard(inside, found))
        return;
    if (json_object_array_length(query->devices) >= DEVICES_MAX) {
        note_bound(query, "more device nodes than are kept");
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(inside, -1);
    json_object_array_add(query->devices, json_object_new_string(valid));
    if (S_ISBLK(found->mode))
        json_object_array_add(query->disks, json_object_new_string(valid));
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
    add(query, inside, found);
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
    g_autofree char *root = g_strdup_printf("/proc/%d/root", view->first->pid);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct device_query query = {
        .view = view, .root = root, .devices = json_object_new_array(), .disks = json_object_new_array(), .seen = seen};
    struct host_noting noted = host_notes_begin();
    look_below(&query, "/dev", 0);
    look_elsewhere(&query);
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "devices", query.devices, failure);
    view_set_found(item, "disks", query.disks, failure);
}
