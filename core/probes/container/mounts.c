/* The mounts of a container, traced back to paths of the host. Writable is what the kernel says of each mount: a
 * read-only bind mount may have writable mounts below it. */
#include "probes/container/mounts.h"

#include "model/tree.h"
#include "probes/container/origin.h"

#include <string.h>

/* It holds the data directory of a running engine, or lies in it: images, layers and secrets of all containers. */
static bool is_of_engine(const struct containers *containers, const char *host_path)
{
    for (guint i = 0; i < containers->engine_roots->len; i++) {
        const char *root = g_ptr_array_index(containers->engine_roots, i);
        if (path_is_below(root, host_path) || path_is_below(host_path, root))
            return true;
    }
    return false;
}

static json_object *describe(const struct mount_line *line, const char *host_path)
{
    json_object *mount = json_object_new_object(), *options = json_object_new_array();
    g_auto(GStrv) words = g_strsplit(line->options, ",", -1);
    for (char **word = words; *word; word++)
        json_object_array_add(options, tree_new_text(*word));
    json_object_object_add(mount, "target", tree_new_text(line->target));
    json_object_object_add(mount, "host", tree_new_text(host_path));
    json_object_object_add(mount, "fstype", tree_new_text(line->fstype));
    json_object_object_add(mount, "readonly", json_object_new_boolean(!mount_is_writable(line)));
    json_object_object_add(mount, "propagation", json_object_new_string(line->propagation));
    json_object_object_add(mount, "options", options);
    return mount;
}

/* Propagation is a matter of the host only when a mount of the host is in the same peer group. */
static bool shares_with_host(const struct containers *containers, const struct mount_line *line)
{
    for (guint i = 0; line->peers && i < containers->host->lines->len; i++)
        if (((const struct mount_line *)g_ptr_array_index(containers->host->lines, i))->peers == line->peers)
            return true;
    return false;
}

struct path_lists {
    json_object *mounts, *paths, *writable, *shared, *engines;
    bool more;
    const struct problem *unsure; /* why a mount may be of a path that is not named; NULL */
};

static void add_line(const struct containers *containers, const struct container *container,
                     const struct mount_line *line, struct path_lists *lists)
{
    struct container_origin origin;
    container_origin(containers, container, line, &origin);
    lists->more |= origin.more;
    lists->unsure = lists->unsure ? lists->unsure : origin.unsure;
    if (origin.home)
        json_object_array_add(lists->mounts, describe(line, origin.home));
    if (origin.home && shares_with_host(containers, line))
        tree_add_text(lists->shared, origin.home);
    for (guint i = 0; i < origin.paths->len; i++) {
        const char *path = g_ptr_array_index(origin.paths, i);
        if (is_of_engine(containers, path))
            tree_add_text(lists->engines, path);
        tree_add_text(lists->paths, path);
        if (mount_is_writable(line))
            tree_add_text(lists->writable, path);
    }
    for (guint i = 0; i < origin.read->len; i++)
        tree_add_text(lists->paths, g_ptr_array_index(origin.read, i));
    container_origin_clear(&origin);
}

static void set_paths(const struct containers *containers, const struct container *container, struct item *item)
{
    static const char *const named[] = {"host_paths", "writable_host_paths", "engine_directories"};
    struct path_lists lists = {json_object_new_array(),
                               json_object_new_array(),
                               json_object_new_array(),
                               json_object_new_array(),
                               json_object_new_array(),
                               false,
                               NULL};
    for (guint i = 0; i < container->mounts->lines->len; i++)
        add_line(containers, container, g_ptr_array_index(container->mounts->lines, i), &lists);
    item_set(item, "mounts", lists.mounts);
    item_set(item, "host_paths", lists.paths);
    item_set(item, "writable_host_paths", lists.writable);
    item_set(item, "shared_host_paths", lists.shared);
    item_set(item, "engine_directories", lists.engines);
    if (containers->engines_unseen)
        item_unread_problem(item, "engine_directories", containers->engines_unseen);
    for (size_t i = 0; lists.unsure && i < G_N_ELEMENTS(named); i++)
        item_unread_problem(item, named[i], lists.unsure);
    for (size_t i = 0; lists.more && i < G_N_ELEMENTS(named); i++)
        item_unread(item, named[i], "the host has more mounts of what /proc/%d/mountinfo shows than are named",
                    container->first->pid);
}

/* ---- /proc and /sys inside ---- */

/* The parts of one mount of /proc that runtimes hide or make read-only. */
static bool is_masked_at(struct host *host, const struct mountinfo *mounts, const struct mount_line *proc)
{
    static const struct {
        const char *name;
        bool readonly; /* read-only is enough */
    } parts[] = {{"kcore", false}, {"keys", false}, {"timer_list", false}, {"sysrq-trigger", true}};
    unsigned masked = 0, open = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(proc->target, parts[i].name, NULL);
        g_autofree char *usual = g_build_filename("/proc", parts[i].name, NULL);
        const struct mount_line *line = mountinfo_covering(mounts, path);
        bool covered = line && line != proc && path_is_below(line->target, proc->target);
        bool readonly = line && !mount_is_writable(line);
        if ((covered && !parts[i].readonly) || (parts[i].readonly && readonly))
            masked++;
        else if (host_exists(host, usual))
            open++;
    }
    return masked && !open;
}

/* A whole mount of the type at its own root, not hidden by another. */
static bool is_whole(const struct mountinfo *mounts, const struct mount_line *line, const char *fstype)
{
    return g_str_equal(line->fstype, fstype) && g_str_equal(line->root, "/") &&
           mountinfo_at(mounts, line->target) == line;
}

static bool is_masked(struct host *host, const struct mountinfo *mounts)
{
    for (guint i = 0; i < mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(mounts->lines, i);
        if (is_whole(mounts, line, "proc") && !is_masked_at(host, mounts, line))
            return false;
    }
    return true;
}

/* Where a mount shows settings of the kernel; NULL when it shows none. Those of a network namespace, which LXC leaves
 * writable, are a container's own. */
static char *settings_place(const struct mount_line *line)
{
    bool proc = g_str_equal(line->fstype, "proc"), sys = g_str_equal(line->fstype, "sysfs");
    if (proc && g_str_equal(line->root, "/"))
        return g_build_filename(line->target, "sys", NULL);
    bool settings = (proc && path_is_below(line->root, "/sys") && !path_is_below(line->root, "/sys/net")) ||
                    (sys && !path_is_below(line->root, "/devices/virtual/net"));
    return settings ? g_strdup(line->target) : NULL;
}

/* Some mount of /proc leaves its sys writable, or some mount of a part of it or of /sys is. */
static bool has_writable_sys(const struct mountinfo *mounts)
{
    for (guint i = 0; i < mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(mounts->lines, i);
        g_autofree char *place = mount_is_writable(line) ? settings_place(line) : NULL;
        if (place && mountinfo_covering(mounts, place) == line)
            return true;
    }
    return false;
}

void container_set_mounts(struct host *host, const struct containers *containers, const struct container *container,
                          struct item *item)
{
    static const char *const all[] = {
        "mounts",          "host_paths",  "writable_host_paths", "shared_host_paths", "engine_directories",
        "rootfs_readonly", "masked_proc", "writable_proc_sys"};
    const GError *error = container->mounts ? containers->host_error : container->mounts_error;
    if (!container->mounts || error) {
        for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
            item_unread_error(item, all[i], error);
        return;
    }
    set_paths(containers, container, item);
    const struct mount_line *root = mountinfo_at(container->mounts, "/");
    if (root)
        item_set_bool(item, "rootfs_readonly", !mount_is_writable(root));
    else
        item_unread(item, "rootfs_readonly", "its mount table has no root");
    item_set_bool(item, "masked_proc", is_masked(host, container->mounts));
    item_set_bool(item, "writable_proc_sys", has_writable_sys(container->mounts));
}
