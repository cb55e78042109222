#include "host/walk_storage.h"

#include "host/notes.h"
#include "host/path.h"
#include "host/private.h"
#include "host/storage_places.h"
#include "host/walk_mounts.h"
#include "model/tree.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define LIST_MAX 100000

/* What an engine's storage looks like. */
struct layout {
    const char *proof[10];    /* names in it, as globs */
    unsigned needed;          /* how many of them have to be there */
    const char *trees[16];    /* as walk_storage.trees */
    const char *generated[2]; /* storages of the same layout in it, one level down */
};

static const struct layout docker = {
    .proof = {"image", "containers", "volumes", "overlay2", "network", "buildkit", "swarm", "plugins", "runtimes"},
    .needed = 3,
    .trees = {"overlay2/*/diff", "overlay2/*/merged", "fuse-overlayfs/*/diff", "fuse-overlayfs/*/merged",
              "overlay/*/root", "overlay/*/merged", "aufs/diff/*", "aufs/mnt/*", "btrfs/subvolumes/*", "vfs/dir/*",
              "zfs/graph/*", "rootfs/*/*", "plugins/*/rootfs",
              "containerd/daemon/io.containerd.snapshotter.v1.*/snapshots/*/fs"},
    .generated = {"[0-9]*.[0-9]*"}, /* one for each remapped user namespace */
};

static const struct layout containerd = {
    .proof = {"io.containerd.*"},
    .needed = 1,
    .trees = {"io.containerd.snapshotter.v1.overlayfs/snapshots/*/fs",
              "io.containerd.snapshotter.v1.fuse-overlayfs/snapshots/*/fs",
              "io.containerd.snapshotter.v1.native/snapshots/*", "io.containerd.snapshotter.v1.btrfs/*/*",
              "io.containerd.runtime.v2.task/*/*/rootfs", "io.containerd.runtime.v1.linux/*/*/rootfs"},
};

static const struct layout containers = {
    .proof = {"overlay-images", "overlay-layers", "overlay-containers", "vfs-images", "vfs-layers", "btrfs-images",
              "btrfs-layers", "storage.lock", "userns.lock"},
    .needed = 2,
    .trees = {"overlay/*/diff", "overlay/*/merged", "vfs/dir/*", "btrfs/subvolumes/*", "zfs/graph/*"},
};

static const struct layout kubelet = {
    .proof = {"../pki", "../plugins", "../plugins_registry", "../cpu_manager_state", "../config.yaml"},
    .needed = 2,
};

static const struct layout lxd = {
    .proof = {"storage-pools", "database", "server.crt", "devices", "security"},
    .needed = 3,
    .trees = {"containers/*/rootfs", "images/*/rootfs", "snapshots/*/*/rootfs", "storage-pools/*/containers/*/rootfs",
              "storage-pools/*/images/*/rootfs", "storage-pools/*/containers-snapshots/*/*/rootfs"},
};

/* One container or machine. */
static const struct layout lxc = {.proof = {"config", "rootfs"}, .needed = 2, .trees = {"rootfs"}};
static const struct layout machine = {.proof = {"usr/bin", "usr/lib/os-release", "etc"}, .needed = 3, .trees = {""}};

static const struct place {
    const char *path; /* a glob */
    const struct layout *layout;
} places[] = {
    {DOCKER_ROOT, &docker},
    {"/var/snap/docker/common/var-lib-docker", &docker},
    {"/var/lib/containerd", &containerd},
    {"/var/lib/rancher/k3s/agent/containerd", &containerd},
    {"/var/lib/rancher/rke2/agent/containerd", &containerd},
    {"/var/lib/k0s/containerd", &containerd},
    {"/var/snap/microk8s/common/var/lib/containerd", &containerd},
    {"/run/containerd", &containerd},
    {"/run/k3s/containerd", &containerd},
    {"/run/docker/containerd/daemon", &containerd},
    {CONTAINERS_ROOT, &containers},
    {"/var/lib/kubelet/pods", &kubelet},
    {"/var/lib/lxd", &lxd},
    {"/var/lib/incus", &lxd},
    {"/var/snap/lxd/common/lxd", &lxd},
    {"/var/lib/lxc/*", &lxc},
    {"/var/lib/machines/*", &machine},
};

static const struct {
    const char *suffix;
    const struct layout *layout;
} home_places[] = {
    {"/" DOCKER_ROOT_OF_USER, &docker},
    {"/" CONTAINERS_ROOT_OF_USER, &containers},
};

void walk_storage_free(gpointer data)
{
    struct walk_storage *storage = data;
    g_free(storage->path);
    g_free(storage);
}

static bool look_at(struct host *host, const char *path, struct host_stat *out)
{
    return host->fs->ops->stat(host->fs, path, false, out) == 0;
}

static bool is_there(struct host *host, const char *directory, const char *name)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    struct host_stat st;
    if (!strchr(name, '*')) {
        bool beside = g_str_has_prefix(name, "../");
        g_autofree char *above = beside ? g_path_get_dirname(directory) : g_strdup(directory);
        g_autofree char *path = g_strconcat(above, "/", beside ? name + strlen("../") : name, NULL);
        return look_at(host, path, &st);
    }
    if (host->fs->ops->list(host->fs, directory, LIST_MAX, entries) != 0)
        return false;
    for (guint i = 0; i < entries->len; i++)
        if (fnmatch(name, ((const struct host_dirent *)entries->pdata[i])->name, 0) == 0)
            return true;
    return false;
}

static bool looks_like(struct host *host, const char *path, const struct layout *layout)
{
    unsigned seen = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(layout->proof) && layout->proof[i] && seen < layout->needed; i++)
        seen += is_there(host, path, layout->proof[i]);
    return seen >= layout->needed;
}

/* Nobody but root gets through this directory. An access list may let in more than the bits tell. */
static bool is_shut(struct host *host, const char *path)
{
    struct host_stat st;
    if (!look_at(host, path, &st) || !S_ISDIR(st.mode) || st.uid != 0 || st.mode & S_IXOTH)
        return false;
    if (!(st.mode & S_IXGRP))
        return true;
    g_autoptr(GBytes) list = NULL;
    return st.gid == 0 && host->fs->ops->getxattr(host->fs, path, "system.posix_acl_access", &list) == -ENODATA;
}

static bool is_closed(struct host *host, const char *path)
{
    g_autofree char *directory = g_strdup(path);
    while (!is_shut(host, directory)) {
        if (g_str_equal(directory, "/"))
            return false;
        char *above = g_path_get_dirname(directory);
        g_free(directory);
        directory = above;
    }
    return true;
}

/* The storage at a path, when it is one that nobody but `owner` can have made. */
static struct walk_storage *prove(struct host *host, const char *path, const struct layout *layout, uid_t owner)
{
    struct host_stat st;
    if (!look_at(host, path, &st) || !S_ISDIR(st.mode) || st.uid != owner || st.mode & S_IWOTH)
        return NULL;
    if (!looks_like(host, path, layout))
        return NULL;
    struct walk_storage *storage = g_new0(struct walk_storage, 1);
    *storage = (struct walk_storage){.path = g_strdup(path), .owner = owner, .trees = layout->trees};
    return storage;
}

static void add(struct host *host, GPtrArray *found, const char *path, const struct layout *layout)
{
    struct walk_storage *storage = prove(host, path, layout, 0);
    if (storage)
        g_ptr_array_add(found, storage);
    if (!storage || !layout->generated[0])
        return;
    g_autofree char *pattern = g_strconcat(path, "/", layout->generated[0], NULL);
    /* Unheard: what cannot be listed is searched as all else is. */
    g_auto(GStrv) inner = host_glob(host, pattern, host_unheard());
    for (char **one = inner; one && *one; one++) {
        struct walk_storage *generated = prove(host, *one, layout, 0);
        if (generated)
            g_ptr_array_add(found, generated);
    }
}

/* "data-root" (once "graph") of dockerd's configuration; what a flag says is the container probe's business. */
static char *data_root(struct host *host)
{
    /* Unheard: then it is searched as all else is. */
    g_autofree char *text = host_read_text(host, "/etc/docker/daemon.json", host_unheard());
    pl_autojson json_object *config = text ? json_tokener_parse(text) : NULL;
    const char *root = tree_string(config, "data-root");
    if (!root)
        root = tree_string(config, "graph");
    /* Unheard: as above. */
    return root && *root == '/' ? host_normalise(root, host_unheard()) : NULL;
}

GPtrArray *walk_storage_find(struct host *host)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(walk_storage_free);
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        if (!strchr(places[i].path, '*')) {
            add(host, found, places[i].path, places[i].layout);
            continue;
        }
        /* Unheard: as in add(); a user's folder may fail as that user likes. */
        g_auto(GStrv) paths = host_glob(host, places[i].path, host_unheard());
        for (char **path = paths; path && *path; path++)
            add(host, found, *path, places[i].layout);
    }
    g_autofree char *root = data_root(host);
    if (root && !g_str_equal(root, "/"))
        add(host, found, root, &docker);
    return found;
}

bool walk_storage_may_be_home(const char *path, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(home_places); i++) {
        size_t n = strlen(home_places[i].suffix);
        if (length > n && memcmp(path + length - n, home_places[i].suffix, n) == 0)
            return true;
    }
    return false;
}

struct walk_storage *walk_storage_of_home(struct host *host, const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(home_places); i++) {
        struct host_stat st;
        if (!g_str_has_suffix(path, home_places[i].suffix))
            continue;
        g_autofree char *home = g_strndup(path, strlen(path) - strlen(home_places[i].suffix));
        const char *of = look_at(host, path, &st) ? host_user_home(host, st.uid) : NULL;
        /* Unheard: it is searched as all else is. */
        g_autofree char *normal = of && *of == '/' ? host_normalise(of, host_unheard()) : NULL;
        if (g_strcmp0(normal, home) == 0)
            return prove(host, path, home_places[i].layout, st.uid);
    }
    return NULL;
}

bool walk_storage_omits(struct host *host, const struct walk_storage *storage, const char *path)
{
    const char *rest = walk_rest(path, storage->path);
    rest += *rest == '/';
    /* No pattern has so many names; fnmatch() would take all of a path to pieces before it says so, for each level. */
    if (strnlen(rest, PATH_MAX) == PATH_MAX)
        return false;
    for (const char *const *tree = storage->trees; *tree; tree++)
        if (fnmatch(*tree, rest, FNM_PATHNAME) == 0)
            return is_closed(host, path);
    return false;
}
