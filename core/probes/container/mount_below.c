#include "probes/container/mount_below.h"

#include "host/notes.h"
#include "host/process.h"
#include "model/error.h"
#include "probes/container/origin.h"

static bool holds_files(const struct mount_line *line)
{
    static const char *const others[] = {"proc",     "sysfs",   "cgroup",      "cgroup2",    "devpts",     "mqueue",
                                         "nsfs",     "bpf",     "debugfs",     "tracefs",    "pstore",     "efivarfs",
                                         "configfs", "fusectl", "binfmt_misc", "securityfs", "fuse.lxcfs", NULL};
    return !g_strv_contains(others, line->fstype);
}

/* Where the host has put something else since, or nothing, there is the container's own way to it. */
static bool is_on_host(const struct view *view, const struct mount_line *line, const char *home)
{
    struct host_stat found;
    /* Unheard: it is looked at inside then. */
    return home && !line->deleted && host_lstat(view->host, home, &found, host_unheard());
}

/* There is nothing at its place for anybody inside: a mount above it is newer. What the host gave is believed to be
 * there. */
static bool is_covered(const struct view *view, const char *root, const char *inside)
{
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    bool there = host_lstat(view->host, inside, &found, &error);
    return !there && g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) && host_exists(view->host, root);
}

static bool walk_on_host(const struct view *view, const char *home, struct below *below, GError **error)
{
    below->top = below->place = home;
    below->follow = false;
    below->mounts = view->containers->host;
    return below_walk(below, error);
}

static bool walk_inside(const struct view *view, const struct mount_line *line, bool given, struct below *below,
                        GError **error)
{
    bool is_root = g_str_equal(line->target, "/");
    g_autofree char *root = host_process_file(view->first, "root");
    g_autofree char *inside = g_strconcat(root, is_root ? "" : line->target, NULL);
    if (!given && is_covered(view, root, inside))
        return true;
    below->top = inside;
    below->place = line->target;
    below->follow = is_root;
    below->mounts = view->container->mounts;
    return below_walk(below, error);
}

/* What starts only later has no files but those of the host; what is not there yet is made anew. */
static bool walk_planned(const struct view *view, const char *home, struct below *below, GError **error)
{
    struct host_stat found;
    g_autoptr(GError) failed = NULL;
    if (!home || (!host_lstat(view->host, home, &found, &failed) && g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT)))
        return true;
    return walk_on_host(view, home, below, error);
}

bool container_walk_mount(const struct view *view, const struct mount_line *line, enum mount_files which,
                          struct below *below, GError **error)
{
    if (!holds_files(line) || container_mount_is_hidden(view->container, line))
        return true;
    bool known = view->containers->host;
    g_autofree char *home = known ? container_host_path(view->containers, view->container, line) : NULL;
    if (!home && which == MOUNT_FILES_OF_HOST)
        return true;
    below->host = view->host;
    bool seen = view->first->planned           ? walk_planned(view, home, below, error)
                : is_on_host(view, line, home) ? walk_on_host(view, home, below, error)
                                               : walk_inside(view, line, home, below, error);
    below->top = below->place = NULL;
    return seen;
}
