/* What of a host a mount of a container shows, by all names that the host has for it.
 *
 * Left out: the kernel's own file systems at their usual places, the root file system, and what the engine made for the
 * container by its own account (facts/container/made.h). */
#include "probes/container/origin.h"

#include "facts/container/record.h"
#include "host/mounts.h"

#include <string.h>

/* Names that are kept of one mount; beyond, origin->more says so. */
#define NAMES_MAX 1000U

/* Where runtimes mount the kernel's file systems. */
static bool is_api_mount(const struct mount_line *line)
{
    static const char *const types[] = {"proc",   "sysfs",   "cgroup",      "cgroup2", "devpts",
                                        "mqueue", "fusectl", "binfmt_misc", NULL};
    static const char *const places[] = {"/proc", "/sys", "/dev/pts", "/dev/mqueue", "/dev/console"};
    if (!g_strv_contains(types, line->fstype))
        return false;
    /* A container's own part of the cgroup tree has another top than the tree's. */
    if (g_str_has_prefix(line->fstype, "cgroup") && g_str_equal(line->root, "/"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (path_is_below(line->target, places[i]))
            return true;
    return false;
}

/* Masks: empty tmpfs, /dev/null and read-only binds over parts of /proc and /sys. */
static bool is_mask(const struct mount_line *line)
{
    bool place = path_is_below(line->target, "/proc") || path_is_below(line->target, "/sys");
    return place && (g_str_equal(line->fstype, "tmpfs") || g_str_equal(line->fstype, "devtmpfs")) &&
           (g_str_equal(line->root, "/") || g_str_equal(line->root, "/null"));
}

/* In a user namespace nodes cannot be made, and runtimes mount the host's own: the ones that every container has. */
static bool is_standard_device(const struct mount_line *line)
{
    static const char *const names[] = {"/null", "/zero", "/full", "/random", "/urandom", "/tty", NULL};
    bool same = g_str_has_prefix(line->target, "/dev/") && g_str_equal(line->target + strlen("/dev"), line->root);
    return same && g_str_equal(line->fstype, "devtmpfs") && g_strv_contains(names, line->root);
}

/* A bind mount of the host's /proc, over the container's own one too: an instance belongs to one process namespace. */
static bool is_host_proc(const struct containers *containers, const struct container *container,
                         const struct mount_line *line)
{
    const struct mount_line *proc = mountinfo_at(containers->host, "/proc");
    return container->own_pids && proc && g_str_equal(line->fstype, "proc") && line->major == proc->major &&
           line->minor == proc->minor;
}

static bool is_of_kernel(const struct containers *containers, const struct container *container,
                         const struct mount_line *line)
{
    bool api = is_api_mount(line) && !is_host_proc(containers, container, line);
    return api || is_mask(line) || is_standard_device(line) || g_str_equal(line->fstype, "nsfs");
}

bool container_mount_is_of_kernel(const struct mount_line *line)
{
    static const char *const types[] = {"proc",       "sysfs",    "cgroup",    "cgroup2",     "devpts",
                                        "mqueue",     "nsfs",     "debugfs",   "tracefs",     "bpf",
                                        "configfs",   "efivarfs", "pstore",    "binfmt_misc", "fusectl",
                                        "rpc_pipefs", "autofs",   "selinuxfs", "securityfs",  NULL};
    return g_strv_contains(types, line->fstype);
}

bool container_mount_is_hidden(const struct container *container, const struct mount_line *line)
{
    return mountinfo_at(container->mounts, line->target) != line;
}

/* ---- what the engine made ---- */

/* Takes the names away that what a mount shows has as a part of the engine's own folder or file. A folder of the
 * engine's is no name of the host by any way that leads to it; but what is mounted there is from elsewhere, and keeps
 * the names that it has there (a volume that is a bind mount of /etc). True when something was taken. */
static bool take_own(const struct mountinfo *host, const struct mount_line *line, const char *own, GPtrArray *names)
{
    const struct mount_line *mount = NULL;
    g_autofree char *place = mountinfo_place(host, own, &mount);
    guint before = names->len;
    bool folder = mount && mount->device == line->device && !g_str_equal(mount->target, own);
    if (folder && path_is_below(line->root, place))
        g_ptr_array_set_size(names, 0);
    for (guint i = names->len; i-- > 0;)
        if (path_is_below(g_ptr_array_index(names, i), own))
            g_ptr_array_remove_index(names, i);
    return names->len < before;
}

static bool take_all_own(const struct mountinfo *host, const struct mount_line *line, const GPtrArray *own,
                         GPtrArray *names)
{
    bool taken = false;
    for (guint i = 0; i < own->len && names->len; i++)
        taken |= take_own(host, line, g_ptr_array_index(own, i), names);
    return taken;
}

/* FOLDER/NAME/_data of a path in it; NULL when it is not. Caller frees. */
static char *volume_in(const char *folder, const char *path)
{
    if (!path_is_below(path, folder) || g_str_equal(path, folder))
        return NULL;
    const char *name = path + strlen(folder) + 1, *slash = strchr(name, '/');
    if (!slash || slash == name || !path_is_below(slash, "/_data"))
        return NULL;
    return g_strndup(path, (gsize)(slash - path) + strlen("/_data"));
}

static bool take_volumes_in(const struct mountinfo *host, const struct mount_line *line, const GPtrArray *folders,
                            GPtrArray *names)
{
    bool taken = false;
    for (guint i = 0; i < folders->len; i++) {
        g_autofree char *volume = NULL;
        for (guint n = 0; !volume && n < names->len; n++)
            volume = volume_in(g_ptr_array_index(folders, i), g_ptr_array_index(names, n));
        taken |= volume && take_own(host, line, volume, names);
    }
    return taken;
}

/* Why it could not be read which volumes the engine made for the container; NULL when its record tells, or when it has
 * none. The bundle does not tell, and what claims the id of another container has no volumes. */
static const struct problem *volumes_untold(const struct container *container)
{
    const struct container_record *record = container->record;
    bool told = record->from && !g_str_equal(record->from, "bundle");
    const struct problem *problem = record->problem ? record->problem : record->wanted_problem;
    return told || container->impostor ? NULL : problem;
}

/* Without a record a directory of the engine's volumes may be the container's own volume, or one that somebody mounted
 * from there: such names are taken away. */
static const struct problem *take_unsure(const struct containers *containers, const struct container *container,
                                         const struct mount_line *line, GPtrArray *names)
{
    const struct problem *untold = volumes_untold(container);
    bool taken = untold && take_volumes_in(containers->host, line, container->record->likely_folders, names);
    return taken ? untold : NULL;
}

/* ---- overlays ---- */

/* All names of a path of the host's are those of a mount that shows it alone. */
static void add_names_of(const struct containers *containers, const struct container *container, const char *path,
                         GPtrArray *to)
{
    const struct mount_line *mount = NULL;
    g_autofree char *place = mountinfo_place(containers->host, path, &mount);
    if (!place)
        return;
    struct mount_line line = *mount;
    struct mount_names names;
    line.root = place;
    mountinfo_names(containers->host, container->mounts, &line, NAMES_MAX, &names);
    take_all_own(containers->host, &line, container->record->made, names.same);
    for (guint i = 0; i < names.same->len; i++)
        g_ptr_array_add(to, g_strdup(g_ptr_array_index(names.same, i)));
    mount_names_clear(&names);
}

/* The directories that an overlay beside the root file system is made of, which lie in the host's own mounts: of the
 * writable one all changes are, the others show what they have ("lowerdir=/a:/b,upperdir=/c", overlayfs.rst). */
static void add_layers(const struct containers *containers, const struct container *container,
                       const struct mount_line *line, struct container_origin *origin)
{
    bool overlay = g_str_equal(line->fstype, "overlay") && !g_str_equal(line->target, "/");
    g_auto(GStrv) options = g_strsplit(overlay ? line->super : "", ",", -1);
    for (char **option = options; *option; option++) {
        bool upper = g_str_has_prefix(*option, "upperdir=");
        bool lower = g_str_has_prefix(*option, "lowerdir") || g_str_has_prefix(*option, "datadir");
        const char *value = strchr(*option, '=');
        g_auto(GStrv) layers = g_strsplit(value && (upper || lower) ? value + 1 : "", lower ? ":" : "\n", -1);
        for (char **layer = layers; *layer; layer++)
            if (*mounts_unescape(*layer) == '/')
                add_names_of(containers, container, *layer, upper ? origin->paths : origin->read);
    }
}

/* ---- all of it ---- */

/* The root file system is a mount of the host too; it is of interest only when it is the host's own, and for what the
 * host mounted elsewhere of it. */
static void leave_out_root(const struct mount_line *line, GPtrArray *names)
{
    if (g_str_equal(line->target, "/") && names->len && !g_str_equal(g_ptr_array_index(names, 0), "/"))
        g_ptr_array_set_size(names, 0);
}

static void take_names(GPtrArray *to, GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_strdup(g_ptr_array_index(from, i)));
}

void container_origin(const struct containers *containers, const struct container *container,
                      const struct mount_line *line, struct container_origin *origin)
{
    struct mount_names names;
    *origin = (struct container_origin){.paths = g_ptr_array_new_with_free_func(g_free),
                                        .read = g_ptr_array_new_with_free_func(g_free)};
    /* Most mounts are the container's own. */
    if (!mountinfo_has_device(containers->host, line) && !g_str_equal(line->fstype, "overlay"))
        return;
    if (container_mount_is_hidden(container, line) || is_of_kernel(containers, container, line))
        return;
    mountinfo_names(containers->host, container->mounts, line, NAMES_MAX, &names);
    bool shown = names.same->len;
    leave_out_root(line, names.same);
    take_all_own(containers->host, line, container->record->made, names.same);
    g_autofree char *home = names.same->len ? g_strdup(g_ptr_array_index(names.same, 0)) : NULL;
    bool volume = take_all_own(containers->host, line, container->record->volumes, names.same);
    volume |= take_volumes_in(containers->host, line, container->record->volume_folders, names.same);
    origin->unsure = take_unsure(containers, container, line, names.same);
    take_names(origin->paths, names.same);
    take_names(origin->paths, names.below);
    /* Else it was mounted inside, and its paths are those of the container. */
    if (shown || g_ptr_array_find_with_equal_func(container->record->overlays, line->target, g_str_equal, NULL))
        add_layers(containers, container, line, origin);
    origin->volume = volume && !origin->paths->len;
    origin->more = names.more;
    if (origin->paths->len)
        origin->home = g_strdup(g_ptr_array_index(origin->paths, 0));
    else
        origin->home = g_steal_pointer(&home);
    mount_names_clear(&names);
}

void container_origin_clear(struct container_origin *origin)
{
    g_clear_pointer(&origin->paths, g_ptr_array_unref);
    g_clear_pointer(&origin->read, g_ptr_array_unref);
    g_clear_pointer(&origin->home, g_free);
}

char *container_host_path(const struct containers *containers, const struct container *container,
                          const struct mount_line *line)
{
    struct container_origin origin;
    container_origin(containers, container, line, &origin);
    char *home = g_steal_pointer(&origin.home);
    container_origin_clear(&origin);
    return home;
}
