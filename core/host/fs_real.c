/* A directory as the root of a host.
 *
 * A live root in another place than "/" is one whose processes and kernel parameters are those of our own /proc; all
 * else is looked up as in an offline root.
 * Offline roots resolve every path with openat2(RESOLVE_IN_ROOT), or by fs_walk_open() where the kernel has no
 * openat2. On the live machine plain lookups do, but what lies below /proc/PID/root belongs to a process that may be
 * hostile: its links resolve inside that root too, never in ours.
 * A file is first held by O_PATH and looked at, then opened by that handle: a device or FIFO in its place is never
 * opened. */
#include "host/fs.h"
#include "host/fs_call.h"
#include "host/fs_kernel.h"
#include "host/mounts.h"
#include "host/path.h"
#include "host/reader.h"
#include "host/remote.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define XATTR_MAX  65536
#define EAGAIN_MAX 64
#define ROOTS_HELD 16
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct real_fs {
    struct host_fs base;
    int root;
    enum root_kind kind;
    const char *top;       /* before the paths of a live root, for what has no other way; "" for the machine's */
    bool walk;             /* no openat2 */
    struct reader *reader; /* NULL: the process looks for itself */
    pid_t self;            /* which does so at its own directory all the same */
    GMutex roots_lock;
    struct held_root {
        char *path;
        int fd;
    } roots[ROOTS_HELD]; /* of processes that were looked into last */
    unsigned next_root;
    struct far far;
    const char *elsewhere; /* the root, where this process's mount table does not tell what is mounted in it; NULL */
    bool alone;            /* nobody is sent: this process may be left behind as a whole */
};

static struct real_fs *real(struct host_fs *fs)
{
    return (struct real_fs *)(void *)fs;
}

/* What is below a directory `top`, or it. */
static bool is_in(const char *path, const char *top)
{
    size_t length = strlen(top);
    return strncmp(path, top, length) == 0 && (!path[length] || path[length] == '/');
}

/* Processes and kernel parameters, and nothing that a container engine covers. */
static bool is_of_processes(const char *path)
{
    if (!is_in(path, "/proc"))
        return false;
    const char *rest = path + strlen("/proc");
    return !*rest || g_ascii_isdigit(rest[1]) || is_in(rest, "/self") || is_in(rest, "/sys");
}

static bool runs(const struct real_fs *fs)
{
    return fs->kind == ROOT_MACHINE || fs->kind == ROOT_LIVE;
}

/* Looked up as every program does, from "/". */
static bool is_plain(const struct real_fs *fs, const char *path)
{
    return fs->kind == ROOT_MACHINE || (fs->kind == ROOT_LIVE && is_of_processes(path));
}

static int openat2_in_root(int root, const char *path, bool follow)
{
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    /* EAGAIN: something was renamed while a ".." was resolved. */
    for (int i = 0; i < EAGAIN_MAX; i++) {
        fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd < 0 ? -errno : (int)fd;
}

static bool has_openat2(int root)
{
    pl_autofd int fd = openat2_in_root(root, ".", true);
    return fd >= 0;
}

/* A filter that does not let openat2() through says that there is none. */
static int open_in_root(const struct real_fs *fs, int root, const char *path, bool follow)
{
    int fd = fs->walk ? -ENOSYS : openat2_in_root(root, path, follow);
    return fd == -ENOSYS ? fs_walk_open(root, path, follow, NULL) : fd;
}

/* What leads to a path of a root that runs, from "/". */
static const char *top_of(const struct real_fs *fs, const char *path)
{
    return is_plain(fs, path) ? "" : fs->top;
}

/* The length of "/proc/PID/root" (or a thread's) at the start of a path that goes on below it, else 0. */
static size_t process_root_length(const char *path)
{
    size_t folder = g_str_has_prefix(path, "/proc/self/") ? strlen("/proc/self") : host_process_folder(path);
    return folder && g_str_has_prefix(path + folder, "/root/") ? folder + strlen("/root") : 0;
}

/* A copy of a root that is held, or -1. */
static int copy_held_root(struct real_fs *fs, const char *path)
{
    int fd = -1;
    g_mutex_lock(&fs->roots_lock);
    for (size_t i = 0; fd < 0 && i < ROOTS_HELD; i++)
        if (g_strcmp0(fs->roots[i].path, path) == 0)
            fd = fcntl(fs->roots[i].fd, F_DUPFD_CLOEXEC, 3);
    g_mutex_unlock(&fs->roots_lock);
    return fd;
}

static void hold_root(struct real_fs *fs, const char *path, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0)
        return;
    g_mutex_lock(&fs->roots_lock);
    struct held_root *held = &fs->roots[fs->next_root++ % ROOTS_HELD];
    if (held->path)
        close(held->fd);
    g_free(held->path);
    *held = (struct held_root){g_strdup(path), copy};
    g_mutex_unlock(&fs->roots_lock);
}

/* An O_PATH descriptor of a process's root. Many files are looked at below one: those that readers gave are held for a
 * while. */
static int open_process_root(struct real_fs *fs, const char *path, size_t length)
{
    g_autofree char *root = g_strndup(path, length);
    if (!fs->reader || g_str_has_prefix(path, "/proc/self/")) {
        int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
    }
    int fd = copy_held_root(fs, root);
    if (fd >= 0)
        return fd;
    fd = reader_root(fs->reader, root);
    if (fd >= 0)
        hold_root(fs, root, fd);
    return fd;
}

static int open_path(struct real_fs *fs, const char *path, bool follow)
{
    if (!is_plain(fs, path))
        return open_in_root(fs, fs->root, path, follow);
    size_t length = process_root_length(path);
    if (length) {
        pl_autofd int root = open_process_root(fs, path, length);
        return root < 0 ? root : open_in_root(fs, root, path + length, follow);
    }
    int fd = open(path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
    return fd < 0 ? -errno : fd;
}

/* What is behind a held descriptor is there: an ENOENT on the way to it through /proc/self/fd tells of /proc. */
static int by_handle_failed(int err)
{
    return err == ENOENT || err == ENOTDIR || err == ESRCH ? -EBADFD : -err;
}

/* Opens the file behind an O_PATH descriptor that was looked at. */
static int reopen(int held, unsigned flags)
{
    if (flags & HOST_DIRECTORY) {
        int dir = openat(held, ".", READ_FLAGS | O_DIRECTORY);
        return dir < 0 ? -errno : dir;
    }
    char name[64];
    g_snprintf(name, sizeof name, "/proc/self/fd/%d", held);
    int fd = open(name, READ_FLAGS);
    return fd < 0 ? by_handle_failed(errno) : fd;
}

/* Files that the kernel makes are opened at once: there is no device or FIFO to be held off. Not what is behind the
 * links of a process. */
static bool is_kernel_file(const struct real_fs *fs, const char *path)
{
    bool tables = g_str_has_prefix(path, "/proc/") || g_str_has_prefix(path, "/sys/fs/cgroup/");
    return is_plain(fs, path) && tables && fs_kernel_owns(path);
}

static int open_kernel_file(const char *path, unsigned flags)
{
    pl_autofd int fd = open(path, READ_FLAGS | (flags & HOST_NOFOLLOW ? O_NOFOLLOW : 0));
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -ENXIO;
    int err = fs_kernel_verify(fd);
    return err ? err : pl_steal_fd(&fd);
}

/* The tables of mounts of a process that ended meanwhile cannot be opened: EINVAL (fs/proc_namespace.c). */
static int open_failed(const char *path, int err)
{
    const char *name = host_base_name(path);
    bool of_mounts = g_str_equal(name, "mountinfo") || g_str_equal(name, "mounts");
    return err == EINVAL && of_mounts ? -ESRCH : -err;
}

/* A directory says EISDIR when it is read. */
static int read_kernel_file(const char *path, gsize max, GBytes **out)
{
    pl_autofd int fd = open(path, READ_FLAGS);
    int err = fd < 0 ? open_failed(path, errno) : fs_kernel_verify(fd);
    if (!err)
        err = fs_read_kernel_fd(fd, max, out);
    return err == -EISDIR ? -ENXIO : err;
}

static int open_here(struct real_fs *fs, const char *path, unsigned flags)
{
    if (!(flags & HOST_DIRECTORY) && is_kernel_file(fs, path))
        return open_kernel_file(path, flags);
    pl_autofd int held = open_path(fs, path, !(flags & HOST_NOFOLLOW));
    if (held < 0)
        return held;
    struct stat st;
    if (fstat(held, &st) < 0)
        return -errno;
    bool right = flags & HOST_DIRECTORY ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode);
    int err = right && runs(fs) && S_ISREG(st.st_mode) && fs_kernel_owns(path) ? fs_kernel_verify(held) : 0;
    if (err)
        return err;
    return right ? reopen(held, flags) : -ENXIO;
}

static void fill_stat(const struct stat *st, struct host_stat *out)
{
    *out = (struct host_stat){
        .mode = st->st_mode,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .size = (uint64_t)st->st_size,
        .nlink = st->st_nlink,
        .ino = st->st_ino,
        .dev = st->st_dev,
        .mtime = st->st_mtim.tv_sec,
        .ctime = st->st_ctim.tv_sec,
    };
    bool device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
    out->dev_major = device ? major(st->st_rdev) : 0;
    out->dev_minor = device ? minor(st->st_rdev) : 0;
}

static int stat_here(struct real_fs *fs, const char *path, bool follow, struct host_stat *out)
{
    struct stat st;
    if (is_plain(fs, path) && !process_root_length(path)) {
        if (fstatat(AT_FDCWD, path, &st, AT_NO_AUTOMOUNT | (follow ? 0 : AT_SYMLINK_NOFOLLOW)) < 0)
            return -errno;
    } else {
        pl_autofd int held = open_path(fs, path, follow);
        if (held < 0)
            return held;
        if (fstat(held, &st) < 0)
            return -errno;
    }
    fill_stat(&st, out);
    return 0;
}

static int readlink_here(struct real_fs *fs, const char *path, char **out)
{
    char target[PATH_MAX + 1];
    ssize_t n = -1;
    if (is_plain(fs, path) && !process_root_length(path)) {
        n = readlinkat(AT_FDCWD, path, target, sizeof target - 1);
    } else {
        pl_autofd int held = open_path(fs, path, false);
        if (held < 0)
            return held;
        n = readlinkat(held, "", target, sizeof target - 1);
        if (n < 0 && errno == ENOENT)
            return -ENXIO; /* what an empty path on a descriptor of no link gives */
    }
    if (n < 0)
        return errno == EINVAL ? -ENXIO : -errno;
    *out = g_strndup(target, (gsize)n);
    return 0;
}

static int list_here(struct real_fs *fs, const char *path, guint max, GPtrArray *out)
{
    pl_autofd int fd = open_here(fs, path, HOST_DIRECTORY);
    if (fd < 0)
        return fd;
    int err = runs(fs) && fs_kernel_owns(path) ? fs_kernel_verify_directory(top_of(fs, path), path, fd) : 0;
    return err ? err : fs_list_fd(pl_steal_fd(&fd), max, out);
}

static int getxattr_here(struct real_fs *fs, const char *path, const char *name, GBytes **out)
{
    pl_autofd int held = open_path(fs, path, true);
    if (held < 0)
        return held;
    char by_handle[64];
    g_snprintf(by_handle, sizeof by_handle, "/proc/self/fd/%d", held);
    g_autofree char *value = g_malloc(XATTR_MAX + 1);
    ssize_t n = getxattr(by_handle, name, value, XATTR_MAX);
    if (n < 0)
        return errno == ENOTSUP ? -ENODATA : by_handle_failed(errno);
    value[n] = '\0';
    *out = g_bytes_new_take(g_realloc(g_steal_pointer(&value), (gsize)n + 1), (gsize)n);
    return 0;
}

static int resolve_here(struct real_fs *fs, const char *path, char **out)
{
    size_t length = is_plain(fs, path) ? process_root_length(path) : 0;
    pl_autofd int root = length                                        ? open_process_root(fs, path, length)
                         : is_plain(fs, path) && fs->kind == ROOT_LIVE ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)
                                                                       : fcntl(fs->root, F_DUPFD_CLOEXEC, 3);
    if (root < 0)
        return length ? root : -errno;
    GString *resolved = g_string_new_len(path, (gssize)length);
    pl_autofd int held = fs_walk_open(root, path + length, true, resolved);
    if (length && resolved->len == length + 1)
        g_string_truncate(resolved, length); /* the process's root itself */
    *out = g_string_free(resolved, held < 0);
    return held < 0 ? held : 0;
}

/* ---- here, or by a reader ---- */

/* What lies in /proc/PID, but not below its root: there readers only open the root itself. */
bool fs_real_is_for_reader(const struct host_fs *base, const char *path)
{
    const struct real_fs *fs = (const struct real_fs *)(const void *)base;
    if (!fs->reader || !g_str_has_prefix(path, "/proc"))
        return false;
    const char *name = path + strlen("/proc");
    if (!*name)
        return true; /* some mounts hide processes from those who may not look into them */
    if (*name != '/' || !g_ascii_isdigit(name[1]) || process_root_length(path))
        return false;
    return g_ascii_strtoll(name + 1, NULL, 10) != fs->self;
}

/* A denied lookup is repeated by a reader, which is still the user that the program was started by: root-only kernel
 * parameters and some file systems ask for the user, not for capabilities. */
static bool asks_reader(const struct real_fs *fs, const char *path, int result)
{
    return fs->reader && (result == -EACCES || result == -EPERM) && is_plain(fs, path);
}

/* -EACCES without a lookup, where the path is a reader's. */
static bool looks_here(const struct real_fs *fs, const char *path)
{
    return !fs_real_is_for_reader(&fs->base, path);
}

static int read_here(struct real_fs *fs, const char *path, gsize max, GBytes **out)
{
    if (is_kernel_file(fs, path))
        return read_kernel_file(path, max, out);
    pl_autofd int fd = open_here(fs, path, HOST_REGULAR);
    return fd < 0 ? fd : fs_read_fd(fd, max, out);
}

/* What a root that does not run will not have when it does: the configuration in /run, which every boot begins empty,
 * and what is mounted at its /proc and /sys by others. That it was a container's is no configuration. */
static bool is_gone_at_boot(const struct real_fs *fs, const char *path)
{
    static const char *const configuration[] = {"systemd/", "sysctl.d/", "modprobe.d/", "tmpfiles.d/", "udev/"};
    if (runs(fs))
        return false;
    if (fs->kind == ROOT_FOREIGN && fs_kernel_is_path(path))
        return true;
    if (!g_str_has_prefix(path, "/run/") || g_str_equal(path, "/run/systemd/container"))
        return false;
    g_autofree char *directory = g_strconcat(path + strlen("/run/"), "/", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(configuration); i++)
        if (g_str_has_prefix(directory, configuration[i]))
            return true;
    return false;
}

static void run_call(gpointer data)
{
    struct fs_call *call = data;
    struct real_fs *fs = real(call->fs);
    bool walks = call->kind == CALL_OPEN && call->flags & HOST_DIRECTORY;
    if (!walks && is_gone_at_boot(fs, call->path)) {
        call->result = -ENOENT;
        return;
    }
    switch (call->kind) {
    case CALL_OPEN:
        call->result = open_here(fs, call->path, call->flags);
        break;
    case CALL_STAT:
        call->result = stat_here(fs, call->path, call->flags, call->out);
        break;
    case CALL_READLINK:
        call->result = readlink_here(fs, call->path, call->out);
        break;
    case CALL_LIST:
        call->result = list_here(fs, call->path, call->flags, call->out);
        break;
    case CALL_XATTR:
        call->result = getxattr_here(fs, call->path, call->name, call->out);
        break;
    case CALL_READ:
        call->result = read_here(fs, call->path, call->max, call->out);
        break;
    case CALL_RESOLVE:
        call->result = resolve_here(fs, call->path, call->out);
        break;
    }
    if (runs(fs) && call->result < 0)
        call->result = fs_kernel_absence(top_of(fs, call->path), call->path, call->result);
}

/* Whom a call may have to wait for; NULL: for the kernel alone. A process's root has mounts of its own, of any kind. */
static const char *place_of(const struct real_fs *fs, const struct fs_call *call)
{
    bool follow = call->kind == CALL_STAT   ? call->flags
                  : call->kind == CALL_OPEN ? !(call->flags & HOST_NOFOLLOW)
                                            : call->kind != CALL_READLINK;
    if (fs->alone || fs->elsewhere)
        return fs->alone ? NULL : fs->elsewhere;
    size_t length = is_plain(fs, call->path) ? process_root_length(call->path) : 0;
    if (!length)
        return remote_place(fs->far.remote, call->path, follow);
    g_autofree char *root = g_strndup(call->path, length);
    return g_intern_string(root);
}

/* By this process; -EACCES without a lookup, where the path is a reader's. */
static int look_here(struct fs_call call)
{
    struct real_fs *fs = real(call.fs);
    if (!looks_here(fs, call.path))
        return -EACCES;
    const char *place = place_of(fs, &call);
    if (place)
        return far_ask(&fs->far, &call, run_call, place);
    run_call(&call);
    return call.result;
}

static int real_open(struct host_fs *base, const char *path, unsigned flags)
{
    struct real_fs *fs = real(base);
    int result = look_here((struct fs_call){.kind = CALL_OPEN, .fs = base, .path = path, .flags = flags});
    return asks_reader(fs, path, result) ? reader_open(fs->reader, path, flags) : result;
}

static int real_stat(struct host_fs *base, const char *path, bool follow, struct host_stat *out)
{
    struct real_fs *fs = real(base);
    int result = look_here((struct fs_call){.kind = CALL_STAT, .fs = base, .path = path, .flags = follow, .out = out});
    return asks_reader(fs, path, result) ? reader_stat(fs->reader, path, follow, out) : result;
}

static int real_readlink(struct host_fs *base, const char *path, char **out)
{
    struct real_fs *fs = real(base);
    int result = look_here((struct fs_call){.kind = CALL_READLINK, .fs = base, .path = path, .out = (void *)out});
    return asks_reader(fs, path, result) ? reader_readlink(fs->reader, path, out) : result;
}

static int real_list(struct host_fs *base, const char *path, guint max, GPtrArray *out)
{
    struct real_fs *fs = real(base);
    guint before = out->len;
    int result = look_here((struct fs_call){.kind = CALL_LIST, .fs = base, .path = path, .flags = max, .out = out});
    if (!asks_reader(fs, path, result))
        return result;
    g_ptr_array_set_size(out, (gint)before);
    return reader_list(fs->reader, path, max, out);
}

static int real_getxattr(struct host_fs *base, const char *path, const char *name, GBytes **out)
{
    struct real_fs *fs = real(base);
    int result =
        look_here((struct fs_call){.kind = CALL_XATTR, .fs = base, .path = path, .name = name, .out = (void *)out});
    return asks_reader(fs, path, result) ? reader_getxattr(fs->reader, path, name, out) : result;
}

static int real_resolve(struct host_fs *base, const char *path, char **out)
{
    struct real_fs *fs = real(base);
    int result = look_here((struct fs_call){.kind = CALL_RESOLVE, .fs = base, .path = path, .out = (void *)out});
    return asks_reader(fs, path, result) ? reader_resolve(fs->reader, path, out) : result;
}

static int real_read(struct host_fs *base, const char *path, gsize max, GBytes **out)
{
    struct real_fs *fs = real(base);
    int result =
        look_here((struct fs_call){.kind = CALL_READ, .fs = base, .path = path, .max = max, .out = (void *)out});
    return asks_reader(fs, path, result) ? reader_read(fs->reader, path, max, out) : result;
}

static void real_set_patience(struct host_fs *fs, gint64 patience)
{
    real(fs)->far.patience = patience;
}

static char **real_silent(struct host_fs *fs)
{
    return remote_dead(real(fs)->far.remote);
}

static void real_free(struct host_fs *base)
{
    struct real_fs *fs = real(base);
    if (!far_clear(&fs->far))
        return; /* threads that hang still look at it */
    for (size_t i = 0; i < ROOTS_HELD; i++) {
        if (fs->roots[i].path)
            close(fs->roots[i].fd);
        g_free(fs->roots[i].path);
    }
    g_mutex_clear(&fs->roots_lock);
    close(fs->root);
    g_free(fs);
}

static const struct host_fs_ops real_ops = {
    .open = real_open,
    .stat = real_stat,
    .readlink = real_readlink,
    .list = real_list,
    .getxattr = real_getxattr,
    .resolve = real_resolve,
    .read = real_read,
    .set_patience = real_set_patience,
    .silent = real_silent,
    .free = real_free,
};

bool host_has_handles(GError **error)
{
    static const char path[] = "/proc/self/fd";
    struct statfs st;
    struct stat own, seen;
    pl_autofd int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char name[64];
    g_snprintf(name, sizeof name, "%s/%d", path, fd);
    bool right = fd >= 0 && statfs(path, &st) == 0 && st.f_type == PROC_SUPER_MAGIC && fstat(fd, &own) == 0 &&
                 stat(name, &seen) == 0 && own.st_ino == seen.st_ino && own.st_dev == seen.st_dev;
    if (!right)
        g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED,
                    "%s does not show this process's open files: without procfs at /proc no file can be read safely",
                    path);
    return right;
}

/* A link to our own descriptor leads there for whoever may not look into another process any more. */
static const char *top_of_root(const struct root *root, int fd)
{
    if (root->kind != ROOT_LIVE)
        return "";
    g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
    return g_intern_string(root->outside ? link : root->path ? root->path : root->name);
}

struct host_fs *fs_real_new(const struct root *root, int *err)
{
    int fd = fcntl(root->fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) {
        *err = errno;
        return NULL;
    }
    struct real_fs *fs = g_new0(struct real_fs, 1);
    fs->base.ops = &real_ops;
    g_mutex_init(&fs->roots_lock);
    fs->root = fd;
    fs->kind = root->kind;
    fs->walk = !has_openat2(fd);
    fs->elsewhere = root->path ? NULL : g_intern_string(root->name);
    far_init(&fs->far, root->path ? root->path : root->name, root->mounts, root->outside ? fd : AT_FDCWD);
    fs->top = top_of_root(root, fd);
    return &fs->base;
}

struct host_fs *fs_real_new_own(int *err)
{
    pl_autofd int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pl_autofd int mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    char top[] = "/";
    struct root root = {.kind = ROOT_MACHINE, .name = top, .path = top, .fd = fd, .mounts = mounts};
    if (fd < 0) {
        *err = errno;
        return NULL;
    }
    return fs_real_new(&root, err);
}

int fs_real_hold(struct host_fs *fs, const char *path)
{
    return open_path(real(fs), path, true);
}

void fs_real_set_reader(struct host_fs *fs, struct reader *reader)
{
    real(fs)->reader = reader;
    real(fs)->self = getpid();
}

void fs_real_stay_alone(struct host_fs *fs)
{
    real(fs)->alone = true;
}

void fs_real_force_walk(struct host_fs *fs)
{
    real(fs)->walk = true;
}
