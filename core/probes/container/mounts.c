/* The mounts of a container, traced back to paths of the host.
 *
 * Left out of the host's paths: the kernel's own file systems at their usual places, the root file system, files that
 * the engine generates for the container (/etc/hosts ...) and its named volumes. Writable is what the kernel says of
 * each mount: a read-only bind mount may have writable mounts below it. */
#include "probes/container/mounts.h"

#include "facts/container/record.h"
#include "facts/process/sockets.h"
#include "model/tree.h"
#include "probes/common/noted.h"

#include <string.h>

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

/* A 64-digit id as one component: an engine's directory of one container. */
static bool has_id_component(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (char **part = parts; *part; part++)
        if (strlen(*part) == 64 && strspn(*part, "0123456789abcdef") == 64)
            return true;
    return false;
}

static bool is_engine_file(const struct mount_line *line, const char *host_path)
{
    static const char *const targets[] = {"/etc/resolv.conf",     "/etc/hostname",      "/etc/hosts",   "/dev/shm",
                                          "/dev/termination-log", "/run/.containerenv", "/run/secrets", NULL};
    /* The host's shared memory comes with its IPC namespace, which is told of elsewhere. */
    if (g_str_equal(line->target, "/dev/shm") && g_str_equal(host_path, "/dev/shm"))
        return true;
    return g_strv_contains(targets, line->target) &&
           (has_id_component(host_path) || strstr(host_path, "/kubelet/pods/"));
}

static bool is_below_any(const char *host_path, const GPtrArray *folders, const char *inside)
{
    for (guint i = 0; i < folders->len; i++) {
        g_autofree char *folder = g_build_filename(g_ptr_array_index(folders, i), inside, NULL);
        if (path_is_below(host_path, folder))
            return true;
    }
    return false;
}

/* A volume that an engine keeps for containers. Its data may lie anywhere: the record tells where, or the engine. */
static bool is_named_volume(const struct containers *containers, const struct container *container,
                            const char *host_path)
{
    const char *volumes = strstr(host_path, "/volumes/");
    const GPtrArray *told = container->record->volumes;
    bool engine = strstr(host_path, "/docker/volumes/") || strstr(host_path, "/storage/volumes/") ||
                  (told->len ? is_below_any(host_path, told, NULL)
                             : is_below_any(host_path, containers->engine_roots, "volumes"));
    return engine && volumes && strstr(volumes, "/_data");
}

/* It holds the data directory of a running engine, or lies in it: images, layers and secrets of all containers. */
static bool is_of_engine(const struct containers *containers, const struct container *container, const char *host_path)
{
    for (guint i = 0; i < containers->engine_roots->len; i++) {
        const char *root = g_ptr_array_index(containers->engine_roots, i);
        if (path_is_below(root, host_path) || (path_is_below(host_path, root) && !strstr(host_path, container->id)))
            return true;
    }
    return false;
}

/* A bind mount of the host's /proc, over the container's own one too: an instance belongs to one process namespace. */
static bool is_host_proc(const struct containers *containers, const struct container *container,
                         const struct mount_line *line)
{
    const struct mount_line *proc = mountinfo_at(containers->host, "/proc");
    return container->own_pids && proc && g_str_equal(line->fstype, "proc") && line->major == proc->major &&
           line->minor == proc->minor;
}

/* The host's path behind a mount; NULL when it shows nothing of the host. */
static char *shown_path(const struct containers *containers, const struct container *container,
                        const struct mount_line *line)
{
    bool api = is_api_mount(line) && !is_host_proc(containers, container, line);
    if (api || is_mask(line) || is_standard_device(line) || g_str_equal(line->fstype, "nsfs"))
        return NULL;
    g_autofree char *path = mountinfo_host_path(containers->host, line);
    /* The root file system is a mount of the host too; it is of interest only when it is the host's own. */
    if (path && g_str_equal(line->target, "/") && !g_str_equal(path, "/"))
        return NULL;
    return g_steal_pointer(&path);
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

/* A mount that another one hides completely shows nothing. */
static bool is_hidden(const struct mountinfo *mounts, const struct mount_line *line)
{
    return mountinfo_at(mounts, line->target) != line;
}

/* Propagation is a matter of the host only when a mount of the host is in the same peer group. */
static bool shares_with_host(const struct containers *containers, const struct mount_line *line)
{
    for (guint i = 0; line->peers && i < containers->host->lines->len; i++)
        if (((const struct mount_line *)g_ptr_array_index(containers->host->lines, i))->peers == line->peers)
            return true;
    return false;
}

bool container_mount_is_hidden(const struct container *container, const struct mount_line *line)
{
    return is_hidden(container->mounts, line);
}

char *container_host_path(const struct containers *containers, const struct container *container,
                          const struct mount_line *line)
{
    g_autofree char *path = is_hidden(container->mounts, line) ? NULL : shown_path(containers, container, line);
    return path && !is_engine_file(line, path) ? g_steal_pointer(&path) : NULL;
}

static void set_paths(const struct containers *containers, const struct container *container, struct item *item)
{
    json_object *mounts = json_object_new_array(), *paths = json_object_new_array();
    json_object *engines = json_object_new_array();
    json_object *writable = json_object_new_array(), *shared = json_object_new_array();
    for (guint i = 0; i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        g_autofree char *path = container_host_path(containers, container, line);
        if (!path)
            continue;
        json_object_array_add(mounts, describe(line, path));
        if (shares_with_host(containers, line))
            tree_add_text(shared, path);
        if (is_named_volume(containers, container, path))
            continue;
        if (is_of_engine(containers, container, path))
            tree_add_text(engines, path);
        tree_add_text(paths, path);
        if (mount_is_writable(line))
            tree_add_text(writable, path);
    }
    item_set(item, "mounts", mounts);
    item_set(item, "host_paths", paths);
    item_set(item, "writable_host_paths", writable);
    item_set(item, "shared_host_paths", shared);
    item_set(item, "engine_directories", engines);
    if (containers->engines_unseen)
        item_unread(item, "engine_directories", "%s", containers->engines_unseen);
}

/* ---- control sockets ---- */

static const char *const control_sockets[] = {
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/podman/podman.sock",
    "/run/buildkit/buildkitd.sock",
    "/run/nri/nri.sock",
    "/run/systemd/private",
    "/run/snapd.socket",
    "/run/lxd.socket",
    "/var/lib/lxd/unix.socket",
    "/var/lib/incus/unix.socket",
    "/var/snap/lxd/common/lxd/unix.socket",
    "/var/lib/kubelet/pod-resources/kubelet.sock",
    "/var/lib/kubelet/device-plugins/kubelet.sock",
    "/run/user/*/docker.sock",
    "/run/user/*/podman/podman.sock",
};

/* Engines whose listening sockets count wherever they are. */
static const char *const engines[] = {"dockerd",   "containerd",  "crio",    "podman",
                                      "buildkitd", "cri-dockerd", "kubelet", NULL};

static void add_socket(struct host *host, GPtrArray *sockets, const char *path)
{
    struct host_stat found;
    g_autofree char *real = host_resolve(host, path, NULL);
    if (!real || !host_lstat(host, real, &found, NULL) || (found.mode & 0170000) != 0140000)
        return;
    for (guint i = 0; i < sockets->len; i++)
        if (g_str_equal(g_ptr_array_index(sockets, i), real))
            return;
    g_ptr_array_add(sockets, g_steal_pointer(&real));
}

static gpointer make_sockets(struct host *host, gpointer data)
{
    (void)data;
    GPtrArray *sockets = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(control_sockets); i++) {
        if (!strchr(control_sockets[i], '*')) {
            add_socket(host, sockets, control_sockets[i]);
            continue;
        }
        g_auto(GStrv) paths = host_glob(host, control_sockets[i], NULL);
        for (char **path = paths; path && *path; path++)
            add_socket(host, sockets, *path);
    }
    const struct listeners *listeners = listeners_find(host);
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        /* Metrics and the hook of the engine's own network helper control nothing. */
        bool harmless =
            g_str_has_suffix(listener->address, "/metrics.sock") || strstr(listener->address, "/libnetwork/");
        if (listener->address[0] == '/' && !harmless && listener->holder &&
            g_strv_contains(engines, listener->holder->comm))
            add_socket(host, sockets, listener->address);
    }
    return sockets;
}

static void sockets_destroy(gpointer data)
{
    g_ptr_array_unref(data);
}

/* Where a host path is inside a container through one mount; NULL when the mount does not reach it. */
static char *path_inside(const struct mount_line *line, const char *shown, const char *path)
{
    if (!path_is_below(path, shown))
        return NULL;
    size_t skip = g_str_equal(shown, "/") ? 0 : strlen(shown);
    return g_strconcat(g_str_equal(line->target, "/") ? "" : line->target, path + skip, NULL);
}

/* A socket is reachable through a mount when no other mount lies over the place where it is inside. connect() works
 * through read-only mounts too. */
static bool reaches(const struct containers *containers, const struct container *container, const char *socket)
{
    for (guint i = 0; i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        g_autofree char *shown = is_hidden(container->mounts, line) ? NULL : shown_path(containers, container, line);
        g_autofree char *inside = shown ? path_inside(line, shown, socket) : NULL;
        if (!inside || mountinfo_covering(container->mounts, inside) != line)
            continue;
        /* A bind mount shows what lies below a path of one file system, not what the host mounted further down. */
        const struct mount_line *home = mountinfo_covering(containers->host, socket);
        if (home && home->major == line->major && home->minor == line->minor)
            return true;
    }
    return false;
}

static void set_sockets(struct host *host, const struct containers *containers, const struct container *container,
                        struct item *item)
{
    struct host_noting noted = host_notes_begin();
    const GPtrArray *sockets = host_memo(host, "probes:control-sockets", make_sockets, NULL, sockets_destroy);
    g_autoptr(GError) failure = host_notes_take(&noted);
    json_object *reached = json_object_new_array();
    for (guint i = 0; i < sockets->len; i++)
        if (reaches(containers, container, g_ptr_array_index(sockets, i)))
            json_object_array_add(reached, tree_new_text(g_ptr_array_index(sockets, i)));
    item_set(item, "sockets", reached);
    if (failure)
        item_unread_error(item, "sockets", failure);
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
    return g_str_equal(line->fstype, fstype) && g_str_equal(line->root, "/") && !is_hidden(mounts, line);
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
        "mounts",  "host_paths",      "writable_host_paths", "shared_host_paths", "engine_directories",
        "sockets", "rootfs_readonly", "masked_proc",         "writable_proc_sys"};
    const GError *error = container->mounts ? containers->host_error : container->mounts_error;
    if (!container->mounts || error) {
        for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
            item_unread_error(item, all[i], error);
        return;
    }
    set_paths(containers, container, item);
    set_sockets(host, containers, container, item);
    const struct mount_line *root = mountinfo_at(container->mounts, "/");
    if (root)
        item_set_bool(item, "rootfs_readonly", !mount_is_writable(root));
    else
        item_unread(item, "rootfs_readonly", "its mount table has no root");
    item_set_bool(item, "masked_proc", is_masked(host, container->mounts));
    item_set_bool(item, "writable_proc_sys", has_writable_sys(container->mounts));
}
