#include "host/walk_plan.h"

#include "host/private.h"
#include "model/tree.h"

#include <string.h>

#define MOUNTS_MAX  20000
#define SKIPPED_MAX 1000

/* File systems on this machine's own media or memory. */
static const char *const local_types[] = {
    "ext2", "ext3",  "ext4",    "xfs",  "btrfs", "f2fs",    "zfs",    "jfs",   "reiserfs", "nilfs2", "bcachefs",
    "vfat", "msdos", "exfat",   "ntfs", "ntfs3", "fuseblk", "tmpfs",  "ramfs", "squashfs", "erofs",  "iso9660",
    "udf",  "hfs",   "hfsplus", "ufs",  "minix", "romfs",   "cramfs", "jffs2", "ubifs",    "rootfs", NULL,
};

/* The kernel's own, where nobody keeps files: not worth a word. */
static const char *const pseudo_types[] = {
    "proc",       "sysfs",       "cgroup",     "cgroup2", "devpts",   "devtmpfs",   "mqueue",
    "debugfs",    "tracefs",     "securityfs", "bpf",     "pstore",   "configfs",   "fusectl",
    "hugetlbfs",  "binfmt_misc", "autofs",     "nsfs",    "efivarfs", "selinuxfs",  "smackfs",
    "rpc_pipefs", "nfsd",        "resctrl",    "sockfs",  "pipefs",   "functionfs", NULL,
};

/* What engines unpack images and run containers in: it is judged as containers, not as the host's files. */
static const char *const container_storage[] = {
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers/storage",
    "/var/lib/kubelet/pods",
    "/var/lib/lxc",
    "/var/lib/lxd",
    "/var/lib/incus",
    "/var/lib/machines",
    "/var/lib/rancher/k3s/agent/containerd",
    "/var/lib/rancher/rke2/agent/containerd",
    "/var/lib/k0s/containerd",
    "/var/snap/lxd/common/lxd",
    "/var/snap/docker/common/var-lib-docker",
    "/var/snap/microk8s/common/var/lib/containerd",
    "/run/containerd",
    "/run/docker",
    "/run/containers",
    NULL,
};
static const char *const home_storage[] = {"/.local/share/containers/storage", "/.local/share/docker", NULL};

struct mount {
    char *point, *root, *type, *device;
};

static void mount_free(gpointer data)
{
    struct mount *mount = data;
    g_free(mount->point);
    g_free(mount->root);
    g_free(mount->type);
    g_free(mount->device);
    g_free(mount);
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static char *unescape(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        if (*p != '\\' || strspn(p + 1, "01234567") < 3) {
            g_string_append_c(out, *p);
            continue;
        }
        unsigned byte = (unsigned)(p[1] - '0') << 6 | (unsigned)(p[2] - '0') << 3 | (unsigned)(p[3] - '0');
        g_string_append_c(out, (char)(byte & 0xff));
        p += 3;
    }
    return g_string_free(out, FALSE);
}

/* "36 35 98:0 /root /mnt options [fields] - type source options" */
static struct mount *parse_mount(const char *line)
{
    const char *dash = strstr(line, " - ");
    g_auto(GStrv) left = g_strsplit(line, " ", 6);
    g_auto(GStrv) right = dash ? g_strsplit(dash + strlen(" - "), " ", 2) : NULL;
    if (!dash || g_strv_length(left) < 6 || !*right)
        return NULL;
    struct mount *mount = g_new0(struct mount, 1);
    mount->device = g_strdup(left[2]);
    mount->root = unescape(left[3]);
    mount->point = unescape(left[4]);
    mount->type = g_strdup(*right);
    return mount;
}

static GPtrArray *read_mounts(struct host *host)
{
    GPtrArray *mounts = g_ptr_array_new_with_free_func(mount_free);
    g_autoptr(GBytes) bytes = host_read(host, "/proc/self/mountinfo", NULL);
    g_auto(GStrv) lines = bytes ? g_strsplit(g_bytes_get_data(bytes, NULL), "\n", MOUNTS_MAX) : NULL;
    for (char **line = lines; line && *line; line++) {
        struct mount *mount = parse_mount(*line);
        if (mount)
            g_ptr_array_add(mounts, mount);
    }
    return mounts;
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (g_str_equal(directory, "/"))
        return true;
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

void walk_plan_skip(struct walk_plan *plan, const char *path, const char *why)
{
    if (plan->skipped->len < SKIPPED_MAX)
        g_ptr_array_add(plan->skipped, g_strdup_printf("%s (%s)", path, why));
}

bool walk_plan_omits(const struct walk_plan *plan, const char *path)
{
    if (g_hash_table_contains(plan->omit, path))
        return true;
    for (const char *const *suffix = home_storage; *suffix; suffix++) {
        if (g_str_has_suffix(path, *suffix))
            return true;
    }
    return false;
}

bool walk_plan_is_border(const struct walk_plan *plan, const char *path)
{
    return g_hash_table_contains(plan->borders, path);
}

/* Below container storage: neither walked nor worth a word. */
static bool in_storage(const struct walk_plan *plan, const char *point)
{
    g_autofree char *path = g_strdup(point);
    for (char *slash = strrchr(path, '/'); slash && slash != path; slash = strrchr(path, '/')) {
        if (walk_plan_omits(plan, path))
            return true;
        *slash = '\0';
    }
    return walk_plan_omits(plan, path);
}

/* Whether a later mount lies on the same point. */
static bool is_hidden(const GPtrArray *mounts, guint index)
{
    const struct mount *mount = g_ptr_array_index(mounts, index);
    for (guint i = index + 1; i < mounts->len; i++) {
        const struct mount *later = g_ptr_array_index(mounts, i);
        if (g_str_equal(mount->point, later->point))
            return true;
    }
    return false;
}

static bool is_local(const struct mount *mount)
{
    return g_str_equal(mount->point, "/") || g_strv_contains(local_types, mount->type);
}

/* Whether `mount` shows directories that are walked anyway, where `other` is mounted. */
static bool covers(const struct walk_plan *plan, const struct mount *other, const struct mount *mount)
{
    if (!g_str_equal(other->device, mount->device) || !is_below(mount->root, other->root) || !is_local(other))
        return false;
    size_t shared = g_str_equal(other->root, "/") ? 0 : strlen(other->root);
    g_autofree char *path = g_strconcat(g_str_equal(other->point, "/") ? "" : other->point, mount->root + shared, NULL);
    return !in_storage(plan, *path ? path : "/");
}

static bool is_bind_of_walked(const struct walk_plan *plan, const GPtrArray *mounts, guint index)
{
    const struct mount *mount = g_ptr_array_index(mounts, index);
    for (guint i = 0; i < mounts->len && !g_str_equal(mount->point, "/"); i++) {
        const struct mount *other = g_ptr_array_index(mounts, i);
        bool earlier = i < index || !g_str_equal(other->root, mount->root);
        if (i != index && earlier && covers(plan, other, mount) && !is_hidden(mounts, i))
            return true;
    }
    return false;
}

static void plan_mount(struct walk_plan *plan, const GPtrArray *mounts, guint index)
{
    const struct mount *mount = g_ptr_array_index(mounts, index);
    bool is_root = g_str_equal(mount->point, "/");
    if (!is_root && (g_strv_contains(pseudo_types, mount->type) || in_storage(plan, mount->point)))
        return;
    if (is_hidden(mounts, index))
        return;
    if (!is_local(mount))
        walk_plan_skip(plan, mount->point, mount->type);
    else if (is_bind_of_walked(plan, mounts, index))
        walk_plan_skip(plan, mount->point, "walked elsewhere");
    else
        g_ptr_array_add(plan->starts, g_strdup(mount->point));
}

static void omit(struct walk_plan *plan, const char *path)
{
    g_hash_table_add(plan->omit, g_strdup(path));
}

/* "data-root" (once "graph") of dockerd's configuration; what a flag says is the container probe's business. */
static void omit_data_root(struct walk_plan *plan, struct host *host)
{
    g_autofree char *text = host_read_text(host, "/etc/docker/daemon.json", NULL);
    pl_autojson json_object *config = text ? json_tokener_parse(text) : NULL;
    const char *root = tree_string(config, "data-root");
    if (!root)
        root = tree_string(config, "graph");
    g_autofree char *normal = root && *root == '/' ? host_normalise(root, NULL) : NULL;
    if (normal && !g_str_equal(normal, "/"))
        omit(plan, normal);
}

struct walk_plan *walk_plan_new(struct host *host)
{
    struct walk_plan *plan = g_new0(struct walk_plan, 1);
    plan->starts = g_ptr_array_new_with_free_func(g_free);
    plan->skipped = g_ptr_array_new_with_free_func(g_free);
    plan->omit = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    plan->borders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const char *const *path = container_storage; *path; path++)
        omit(plan, *path);
    omit_data_root(plan, host);
    g_autoptr(GPtrArray) mounts = host->live ? read_mounts(host) : g_ptr_array_new();
    for (guint i = 0; i < mounts->len; i++)
        plan_mount(plan, mounts, i);
    for (guint i = 0; i < mounts->len; i++)
        g_hash_table_add(plan->borders, g_strdup(((struct mount *)g_ptr_array_index(mounts, i))->point));
    if (!g_ptr_array_find_with_equal_func(plan->starts, "/", g_str_equal, NULL))
        g_ptr_array_add(plan->starts, g_strdup("/"));
    return plan;
}

void walk_plan_free(struct walk_plan *plan)
{
    g_ptr_array_unref(plan->starts);
    g_ptr_array_unref(plan->skipped);
    g_hash_table_unref(plan->omit);
    g_hash_table_unref(plan->borders);
    g_free(plan);
}
