/* Leaks: submounts that stay writable below a read-only bind, kernel file systems beyond the usual, files that pin
 * other namespaces, and directories outside of the root that a process still holds (the way out of CVE-2024-21626). */
#include "probes/container/leaks.h"

#include "facts/container/record.h"
#include "facts/process/id_map.h"
#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/origin.h"

#include <string.h>
#include <sys/stat.h>

static bool has_option(const struct mount_line *line, const char *name)
{
    return mount_has_option(line->options, name);
}

/* ---- mounts ---- */

enum leak_field { RO_LEAKS, NS_FILES, KERNEL_FS, LOOSE_BINDS, LOOSE_TMPFS, DISKS, CGROUP_TREES, LEAK_LISTS };
static const char *const list_fields[LEAK_LISTS] = {"readonly_leaks", "namespace_files", "kernel_filesystems",
                                                    "loose_binds",    "loose_tmpfs",     "writable_disks",
                                                    "cgroup_trees"};
static const char *const bool_fields[] = {"cgroup_writable", "core_pattern_writable", "sysrq_writable",
                                          "service_account_mounted"};

struct leaks {
    const struct view *view;
    const struct container *container;
    json_object *lists[LEAK_LISTS];
    bool cgroup_writable, core_pattern_writable, sysrq_writable, token;
    bool layer_limited;    /* the engine gave the writable layer a size */
    GError *cgroup_unread; /* why a writable control group may be closed to it all the same; NULL */
};

/* The read-only mount of a host path that lies directly around a target. */
static bool below_readonly_bind(const struct leaks *leaks, const struct mount_line *line)
{
    const GPtrArray *lines = leaks->container->mounts->lines;
    for (guint i = 0; i < lines->len; i++) {
        const struct mount_line *around = g_ptr_array_index(lines, i);
        if (around == line || mount_is_writable(around) || !path_is_below(line->target, around->target) ||
            g_str_equal(around->target, "/"))
            continue;
        g_autofree char *path = container_host_path(leaks->view->containers, leaks->container, around);
        if (path)
            return true;
    }
    return false;
}

/* The usual: a container's own part of the cgroup tree below /sys/fs/cgroup. */
static bool is_kernel_filesystem(const struct mount_line *line)
{
    static const char *const types[] = {"securityfs", "debugfs",  "tracefs", "bpf",
                                        "configfs",   "efivarfs", "pstore",  NULL};
    return g_strv_contains(types, line->fstype);
}

/* A mount of /proc, or of a part of it, shows this file of it and leaves it writable. */
static bool writes_proc(const struct leaks *leaks, const struct mount_line *line, const char *file)
{
    if (!g_str_equal(line->fstype, "proc") || !mount_is_writable(line) || !path_is_below(file, line->root))
        return false;
    size_t skip = g_str_equal(line->root, "/") ? 0 : strlen(line->root);
    g_autofree char *place = g_strconcat(line->target, file + skip, NULL);
    return mountinfo_covering(leaks->container->mounts, place) == line;
}

/* False also where it could not be read, which is kept. */
static bool has_own_users(struct leaks *leaks, const struct process *first)
{
    enum ns_relation user = namespace_relation(leaks->view->host, first, NS_USER);
    bool unread = user == NS_UNREAD || (user == NS_OWN && !first->uid_map);
    if (unread && !leaks->cgroup_unread)
        leaks->cgroup_unread = host_process_failure(first, user == NS_UNREAD ? "ns/user" : "uid_map");
    return user == NS_OWN && !unread;
}

/* In a user namespace the owner of the directory decides: no capability there counts against an owner, or a group, that
 * the namespace does not have. A version 2 group that was delegated to it is its own. */
static bool is_open_group(struct leaks *leaks, const struct mount_line *line)
{
    const struct process *first = leaks->view->first;
    if (!mount_is_writable(line))
        return false;
    if (!has_own_users(leaks, first))
        return true;
    g_autofree char *root = host_process_file(first, "root"), *path = g_strconcat(root, line->target, NULL);
    struct host_stat found;
    gint64 inside = 0;
    g_autoptr(GError) error = NULL;
    if (host_stat(leaks->view->host, path, &found, &error))
        return id_map_inside(first->uid_map, found.uid, &inside) || (found.mode & S_IWOTH);
    if (!leaks->cgroup_unread && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        leaks->cgroup_unread = g_steal_pointer(&error);
    return true;
}

/* Options of a version 1 hierarchy that are no controllers. */
static void add_cgroup_tree(struct leaks *leaks, const struct mount_line *line)
{
    static const char *const others[] = {"rw", "ro", "xattr", "noprefix", "clone_children", "release_agent", NULL};
    if (g_str_equal(line->fstype, "cgroup2")) {
        tree_add_text(leaks->lists[CGROUP_TREES], "v2");
        return;
    }
    g_auto(GStrv) options = g_strsplit(line->super, ",", -1);
    for (char **option = options; *option; option++) {
        g_autofree char *text = g_strconcat("v1:", *option, NULL);
        if (**option && !g_strv_contains(others, *option) && !g_str_has_prefix(*option, "release_agent="))
            tree_add_text(leaks->lists[CGROUP_TREES], text);
    }
}

static void look_at_kernel(struct leaks *leaks, const struct mount_line *line)
{
    bool cgroup = g_str_has_prefix(line->fstype, "cgroup");
    if (g_str_equal(line->fstype, "nsfs"))
        tree_add_text(leaks->lists[NS_FILES], line->target);
    bool whole = cgroup && g_str_equal(line->root, "/") && mount_is_writable(line);
    if (is_kernel_filesystem(line) || whole) {
        g_autofree char *text = g_strdup_printf("%s on %s", line->fstype, line->target);
        tree_add_text(leaks->lists[KERNEL_FS], text);
    }
    if (whole)
        add_cgroup_tree(leaks, line);
    leaks->cgroup_writable |= cgroup && is_open_group(leaks, line);
    leaks->token |= g_str_equal(line->target, "/var/run/secrets/kubernetes.io/serviceaccount") ||
                    g_str_equal(line->target, "/run/secrets/kubernetes.io/serviceaccount");
    leaks->core_pattern_writable |= writes_proc(leaks, line, "/sys/kernel/core_pattern");
    leaks->sysrq_writable |= writes_proc(leaks, line, "/sysrq-trigger");
}

bool container_mount_is_disk(const struct mount_line *line)
{
    static const char *const memory[] = {"tmpfs", "devtmpfs", "ramfs", "hugetlbfs", NULL};
    return !container_mount_is_of_kernel(line) && !g_strv_contains(memory, line->fstype);
}

/* Below /proc and /sys a tmpfs hides something, on /dev it holds devices. */
static bool is_loose_tmpfs(const struct mount_line *line)
{
    bool usual = g_str_has_prefix(line->target, "/proc/") || g_str_has_prefix(line->target, "/sys/") ||
                 g_str_equal(line->target, "/dev");
    bool tight = has_option(line, "nosuid") && has_option(line, "nodev") && has_option(line, "noexec");
    return g_str_equal(line->fstype, "tmpfs") && !usual && !tight;
}

/* A mounted socket or device node has nothing that grows. */
static bool can_grow(const struct leaks *leaks, const char *host_path)
{
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    if (!host_path)
        return true;
    if (!host_stat(leaks->view->host, host_path, &found, &error)) {
        bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        host_note(g_steal_pointer(&error));
        return absent;
    }
    mode_t type = found.mode & 0170000;
    return type == 0040000 || type == 0100000;
}

/* A writable mount of a disk: of a path of the host's (NULL: none), or the container's own layer. */
static void look_at_disk(struct leaks *leaks, const struct mount_line *line, const char *path)
{
    bool layer = g_str_equal(line->target, "/") && !leaks->layer_limited;
    bool loose = !has_option(line, "nosuid") || !has_option(line, "nodev");
    if (path ? can_grow(leaks, path) : layer)
        tree_add_text(leaks->lists[DISKS], line->target);
    if (path && loose)
        tree_add_text(leaks->lists[LOOSE_BINDS], line->target);
}

static void look_at_storage(struct leaks *leaks, const struct mount_line *line)
{
    g_autofree char *path = container_host_path(leaks->view->containers, leaks->container, line);
    if (!mount_is_writable(line))
        return;
    if (container_mount_is_disk(line))
        look_at_disk(leaks, line, path);
    if (!path && is_loose_tmpfs(line))
        tree_add_text(leaks->lists[LOOSE_TMPFS], line->target);
    if (below_readonly_bind(leaks, line))
        tree_add_text(leaks->lists[RO_LEAKS], line->target);
}

static void set_group_writable(const struct leaks *leaks, struct item *item)
{
    g_autoptr(GError) unread = leaks->cgroup_unread;
    if (unread)
        item_unread_error(item, "cgroup_writable", unread);
    else
        item_set_bool(item, "cgroup_writable", leaks->cgroup_writable);
}

void container_set_mount_leaks(const struct view *view, struct item *item)
{
    struct leaks leaks = {.view = view, .container = view->container};
    if (!view->container->mounts || !view->containers->host) {
        for (size_t i = 0; i < LEAK_LISTS; i++)
            item_unread_like(item, list_fields[i], "mounts");
        for (size_t i = 0; i < G_N_ELEMENTS(bool_fields); i++)
            item_unread_like(item, bool_fields[i], "mounts");
        return;
    }
    for (size_t i = 0; i < LEAK_LISTS; i++)
        leaks.lists[i] = json_object_new_array();
    const json_object *limited = tree_member(view->container->record->fields, "disk_limited");
    leaks.layer_limited = limited && json_object_get_boolean(limited);
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(view->container->mounts->lines, i);
        if (container_mount_is_hidden(view->container, line))
            continue;
        look_at_kernel(&leaks, line);
        look_at_storage(&leaks, line);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    for (size_t i = 0; i < LEAK_LISTS; i++)
        item_set(item, list_fields[i], leaks.lists[i]);
    if (failure)
        item_unread_error(item, list_fields[DISKS], failure);
    set_group_writable(&leaks, item);
    item_set_bool(item, "core_pattern_writable", leaks.core_pattern_writable);
    item_set_bool(item, "sysrq_writable", leaks.sysrq_writable && host_exists(view->host, "/proc/sysrq-trigger"));
    item_set_bool(item, "service_account_mounted", leaks.token);
}

/* ---- directories ---- */

struct directories {
    const struct view *view;
    const struct listeners *listeners; /* who knows the open files */
    json_object *leaked;
};

/* After chroot() the kernel shows the whole path, after pivot_root() the one below the new root. */
static const char *below_root(const struct process *process, const char *target)
{
    bool changed = process->root && !g_str_equal(process->root, "/") && path_is_below(target, process->root);
    return changed ? target + strlen(process->root) : target;
}

/* A directory that the process's own root shows at that path is inside; one that the root shows otherwise is not. */
static bool is_outside(struct directories *query, const struct process *process, const char *link, const char *target)
{
    struct host *host = query->view->host;
    struct host_stat held, inside;
    g_autoptr(GError) error = NULL;
    if (!host_stat(host, link, &held, NULL) || (held.mode & 0170000) != 0040000)
        return false;
    g_autofree char *root = host_process_file(process, "root");
    g_autofree char *path = g_strconcat(root, below_root(process, target), NULL);
    if (!host_stat(host, path, &inside, &error)) {
        bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        host_note(g_steal_pointer(&error));
        return absent;
    }
    return held.ino != inside.ino || held.dev != inside.dev;
}

static void look_at_link(struct directories *query, const struct process *process, const char *name, const char *target)
{
    g_autofree char *link = host_process_file(process, name);
    if (!is_outside(query, process, link, target))
        return;
    g_autofree char *text = g_strdup_printf("%s of %s (pid %d): %s", name, process->comm, process->pid, target);
    tree_add_text(query->leaked, text);
}

/* The descriptors are those that listeners_find() has read. */
static void note_descriptors(const struct directories *query, const struct process *process)
{
    const GError *error = g_hash_table_lookup(query->listeners->unread_pids, GINT_TO_POINTER(process->pid));
    if (error)
        host_note(g_error_copy(error));
}

static void look_at_process(struct directories *query, const struct process *process)
{
    g_autofree char *link = host_process_file(process, "cwd");
    g_autofree char *target = host_readlink(query->view->host, link, NULL);
    if (target && *target == '/' && !host_link_is_deleted(target))
        look_at_link(query, process, "cwd", target);
    note_descriptors(query, process);
    const GPtrArray *files = g_hash_table_lookup(query->listeners->files, process);
    for (guint i = 0; files && i < files->len; i++) {
        const struct open_file *file = g_ptr_array_index(files, i);
        g_autofree char *name = g_strconcat("fd/", file->descriptor, NULL);
        look_at_link(query, process, name, file->target);
    }
}

void container_set_directory_leaks(const struct view *view, struct item *item)
{
    struct directories query = {view, listeners_find(view->host), json_object_new_array()};
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++)
        look_at_process(&query, g_ptr_array_index(view->processes, i));
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "leaked_directories", query.leaked, failure);
}
