#include "host/remote.h"

#include "host/fs.h"
#include "host/mounts.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#define LINKS_MAX 40 /* as the kernel */

struct remote {
    char *root; /* "" for "/" */
    int table;  /* open, -1 */
    int top;    /* where its paths begin */
    GMutex lock;
    GHashTable *targets; /* set of texts of g_intern_string() */
    GHashTable *dead;    /* the same */
    const char *around;  /* the remote mount that the root itself lies on, NULL */
    size_t around_length;
};

bool remote_is_type(const char *fstype)
{
    static const char *const local[] = {
        "adfs",        "affs",      "apparmorfs", "bcachefs", "bdev",     "befs",     "bfs",    "binder",
        "binfmt_misc", "bpf",       "btrfs",      "cgroup",   "cgroup2",  "configfs", "cpuset", "cramfs",
        "dax",         "debugfs",   "devpts",     "devtmpfs", "ecryptfs", "efivarfs", "efs",    "erofs",
        "exfat",       "ext2",      "ext3",       "ext4",     "f2fs",     "fusectl",  "hfs",    "hfsplus",
        "hugetlbfs",   "iso9660",   "jffs2",      "jfs",      "minix",    "mqueue",   "nfsd",   "nilfs2",
        "nsfs",        "ntfs",      "ntfs3",      "omfs",     "overlay",  "pipefs",   "proc",   "pstore",
        "qnx4",        "qnx6",      "ramfs",      "reiserfs", "resctrl",  "rootfs",   "romfs",  "rpc_pipefs",
        "securityfs",  "selinuxfs", "smackfs",    "sockfs",   "squashfs", "sysfs",    "sysv",   "tmpfs",
        "tracefs",     "ubifs",     "udf",        "ufs",      "vfat",     "msdos",    "xfs",    "zfs",
        "zonefs",      NULL,
    };
    return !g_strv_contains(local, fstype);
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = g_str_equal(directory, "/") ? 0 : strlen(directory);
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* A mount above the root counts when no later one lies between: of those the longest. */
static bool take_mount(const struct mount_row *row, gpointer data)
{
    struct remote *remote = data;
    const char *root = *remote->root ? remote->root : "/";
    bool far = remote_is_type(row->fstype);
    if (is_below(root, row->target) && strlen(row->target) >= remote->around_length) {
        remote->around_length = strlen(row->target);
        remote->around = far ? g_intern_string(row->target) : NULL;
    } else if (far && is_below(row->target, root)) {
        g_hash_table_add(remote->targets, (gpointer)(uintptr_t)g_intern_string(row->target));
    }
    return true;
}

static void read_table(struct remote *remote)
{
    g_autoptr(GBytes) bytes = NULL;
    g_hash_table_remove_all(remote->targets);
    remote->around = NULL;
    remote->around_length = 0;
    if (remote->table < 0 || lseek(remote->table, 0, SEEK_SET) < 0 ||
        fs_read_kernel_fd(remote->table, HOST_MOUNTS_BYTES_MAX, &bytes) < 0)
        return;
    g_autofree char *text = g_strdup(g_bytes_get_data(bytes, NULL));
    /* Unheard: what is no line of the format is no mount that is known. */
    mounts_each_in(text, take_mount, remote, NULL);
}

/* The kernel says so when mounts came or went. */
static bool table_changed(const struct remote *remote)
{
    struct pollfd changed = {.fd = remote->table, .events = POLLPRI};
    return remote->table >= 0 && poll(&changed, 1, 0) > 0 && changed.revents & (POLLERR | POLLPRI);
}

struct remote *remote_new(const char *root, int table, int top)
{
    struct remote *remote = g_new0(struct remote, 1);
    remote->root = g_strdup(g_str_equal(root, "/") ? "" : root);
    remote->table = table < 0 ? -1 : fcntl(table, F_DUPFD_CLOEXEC, 3);
    remote->top = top;
    remote->targets = g_hash_table_new(g_str_hash, g_str_equal);
    remote->dead = g_hash_table_new(g_str_hash, g_str_equal);
    g_mutex_init(&remote->lock);
    read_table(remote);
    return remote;
}

void remote_free(struct remote *remote)
{
    if (!remote)
        return;
    if (remote->table >= 0)
        close(remote->table);
    g_hash_table_unref(remote->targets);
    g_hash_table_unref(remote->dead);
    g_mutex_clear(&remote->lock);
    g_free(remote->root);
    g_free(remote);
}

/* A path on its way: what was gone through, free of links, and what is to come. */
struct remote_way {
    GString *at;
    GString *rest;
    size_t root; /* of `at`, that ".." does not leave */
    int links;
};

static void go_up(struct remote_way *way)
{
    const char *slash = strrchr(way->at->str, '/');
    size_t length = slash ? (size_t)(slash - way->at->str) : 0;
    g_string_truncate(way->at, MAX(length, way->root));
}

/* `name` was a link to `target`. */
static void turn(struct remote_way *way, const char *target)
{
    if (*target == '/')
        g_string_truncate(way->at, way->root);
    else
        go_up(way);
    g_string_prepend(way->rest, "/");
    g_string_prepend(way->rest, target);
    way->links++;
}

/* The next component of `rest`; false at the end. */
static bool next_name(struct remote_way *way, char name[NAME_MAX + 1])
{
    size_t skip = strspn(way->rest->str, "/"), length = strcspn(way->rest->str + skip, "/");
    if (!length || length > NAME_MAX)
        return false;
    memcpy(name, way->rest->str + skip, length);
    name[length] = '\0';
    g_string_erase(way->rest, 0, (gssize)(skip + length));
    return true;
}

static bool is_last(const struct remote_way *way)
{
    return way->rest->str[strspn(way->rest->str, "/")] == '\0';
}

/* With the lock held. Only mounts that are none of `targets` are asked, and those answer. */
static const char *find_place(const struct remote *remote, struct remote_way *way, bool follow)
{
    char name[NAME_MAX + 1], target[PATH_MAX + 1];
    while (way->links <= LINKS_MAX && way->rest->len <= PATH_MAX && next_name(way, name)) {
        if (g_str_equal(name, ".."))
            go_up(way);
        if (g_str_equal(name, "..") || g_str_equal(name, "."))
            continue;
        g_string_append_c(way->at, '/');
        g_string_append(way->at, name);
        const char *place = g_hash_table_lookup(remote->targets, way->at->str);
        if (place)
            return place;
        if (!follow && is_last(way))
            return NULL;
        const char *from_top = way->at->str + (remote->top == AT_FDCWD ? 0 : 1);
        ssize_t n = readlinkat(remote->top, from_top, target, sizeof target - 1);
        target[MAX(n, 0)] = '\0';
        if (n > 0)
            turn(way, target);
    }
    return NULL;
}

const char *remote_place(struct remote *remote, const char *path, bool follow)
{
    g_mutex_lock(&remote->lock);
    if (table_changed(remote))
        read_table(remote);
    const char *place = remote->around;
    if (!place && g_hash_table_size(remote->targets)) {
        struct remote_way way = {g_string_new(remote->root), g_string_new(path), strlen(remote->root), 0};
        place = find_place(remote, &way, follow);
        g_string_free(way.at, TRUE);
        g_string_free(way.rest, TRUE);
    }
    g_mutex_unlock(&remote->lock);
    return place;
}

void remote_mark_dead(struct remote *remote, const char *place)
{
    g_mutex_lock(&remote->lock);
    g_hash_table_add(remote->dead, (gpointer)(uintptr_t)g_intern_string(place));
    g_mutex_unlock(&remote->lock);
}

bool remote_is_dead(struct remote *remote, const char *place)
{
    g_mutex_lock(&remote->lock);
    bool dead = g_hash_table_contains(remote->dead, place);
    g_mutex_unlock(&remote->lock);
    return dead;
}

char **remote_dead(struct remote *remote)
{
    GPtrArray *places = g_ptr_array_new();
    GHashTableIter iter;
    gpointer place = NULL;
    g_mutex_lock(&remote->lock);
    g_hash_table_iter_init(&iter, remote->dead);
    while (g_hash_table_iter_next(&iter, &place, NULL))
        g_ptr_array_add(places, g_strdup(place));
    g_mutex_unlock(&remote->lock);
    g_ptr_array_add(places, NULL);
    return (char **)g_ptr_array_free(places, FALSE);
}
