#include "host/root.h"

#include "host/mounts.h"
#include "host/remote.h"
#include "host/spaces.h"

#include "model/error.h"
#include "model/value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PID_OPTION "--pid=host; hostPID: true"

static bool is_on(int fd, unsigned long magic)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == magic;
}

/* The directory `name` of a root when it is of that file system, else -1. */
static int kernel_directory(int root, const char *name, unsigned long magic)
{
    pl_autofd int fd = openat(root, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && is_on(fd, magic) ? pl_steal_fd(&fd) : -1;
}

/* ---- a root, and what of the kernel is mounted in it; -1: nothing ---- */

struct root_place {
    bool own; /* this process's "/" */
    int root, proc, sys;
    bool unseen; /* it could not be looked at without asking a file system that may not answer */
};

static void place_clear(struct root_place *place)
{
    const int fds[] = {place->root, place->proc, place->sys};
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}
#define auto_place __attribute__((cleanup(place_clear))) struct root_place

static char *name_of(const char *directory)
{
    g_autofree char *name = g_canonicalize_filename(directory ? directory : "/", NULL);
    /* g_canonicalize_filename() keeps "//", which is "/" on Linux. */
    return g_str_equal(name, "//") ? g_strdup("/") : g_steal_pointer(&name);
}

/* The mount table of the process whose root is named as /proc/PID/root, -1. */
static int mounts_of_process(const char *name)
{
    const char *pid = g_str_has_prefix(name, "/proc/") ? name + strlen("/proc/") : "";
    size_t digits = strspn(pid, "0123456789");
    if (!digits || !g_str_equal(pid + digits, "/root"))
        return -1;
    g_autofree char *table = g_strdup_printf("/proc/%.*s/mountinfo", (int)digits, pid);
    return open(table, O_RDONLY | O_CLOEXEC);
}

/* /proc and /sys in it are no file systems that may not answer, as far as its mounts are known. */
static bool is_near(const char *name, int root)
{
    g_autofree char *path = mounts_path_of(name);
    pl_autofd int mounts = path ? spaces_own_mounts() : mounts_of_process(name);
    struct remote *remote = mounts >= 0 ? remote_new(path ? path : "/", mounts, path ? AT_FDCWD : root) : NULL;
    bool near = remote && !remote_place(remote, "/proc", false) && !remote_place(remote, "/sys", false);
    remote_free(remote);
    return near;
}

static struct root_place place_of(const char *name)
{
    struct root_place place = {.own = g_str_equal(name, "/"), .root = -1, .proc = -1, .sys = -1};
    place.root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    place.unseen = place.root >= 0 && !place.own && !is_near(name, place.root);
    if (place.root < 0 || place.unseen)
        return place;
    place.proc = kernel_directory(place.root, "proc", PROC_SUPER_MAGIC);
    place.sys = kernel_directory(place.root, "sys", SYSFS_MAGIC);
    return place;
}

enum whose { WHOSE_HOSTS, WHOSE_OTHERS, WHOSE_UNSEEN };

/* Whether this root is the one of a process in the host's namespaces, *first: process 1, or where that is closed even
 * to root and process numbers are those of the whole machine, the first thread of the kernel. */
static enum whose whose_root(int root, int proc, pid_t *first)
{
    struct stat own, seen;
    bool closed = fstatat(proc, "1/root", &seen, 0) < 0 && errno == EACCES;
    *first = closed && space_is_first(proc, "2", NS_PID) ? 2 : 1;
    g_autofree char *path = g_strdup_printf("%d/root", (int)*first);
    if (fstat(root, &own) < 0 || fstatat(proc, path, &seen, 0) < 0)
        return WHOSE_UNSEEN;
    return own.st_dev == seen.st_dev && own.st_ino == seen.st_ino ? WHOSE_HOSTS : WHOSE_OTHERS;
}

/* The number that we have in this procfs; 0: none, its process namespace is another one that we are not in. */
static pid_t own_number(int proc)
{
    char target[16] = "";
    uint64_t pid = 0;
    bool seen = readlinkat(proc, "self", target, sizeof target - 1) > 0 && value_parse_u64(target, INT_MAX, &pid);
    return seen ? (pid_t)pid : 0;
}

/* ---- what it is ---- */

/* The mount that a directory lies on; 0: the kernel does not say (before 5.8), or it cannot be seen. */
static uint64_t mount_of(int directory, const char *name)
{
    struct statx seen;
    bool said = statx(directory, name, AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &seen) == 0 &&
                seen.stx_mask & STATX_MNT_ID;
    return said ? seen.stx_mnt_id : 0;
}

/* A chroot into a copy of the machine's mounts has the machine's root directory on another mount, and what was mounted
 * since is not in it. */
static bool is_copy(const struct root_place *place, pid_t first)
{
    g_autofree char *path = g_strdup_printf("%d/root", (int)first);
    uint64_t own = mount_of(place->root, ""), firsts = mount_of(place->proc, path);
    return own && firsts && own != firsts;
}

/* The machine's namespaces are those of `first`, and some of ours are others. */
static bool is_apart(const struct root_place *place, pid_t first)
{
    int proc = place->proc;
    bool apart = space_sharing(proc, first, "mnt") == APART || own_number(proc) != getpid() || is_copy(place, first);
    for (size_t i = 0; i < SPACES_COUNT; i++)
        apart = apart || space_sharing(proc, first, ns_names[spaces[i].kind]) == APART;
    return apart;
}

/* A chroot, or a container that sees the host's processes, is another root than the one that these have. */
static enum root_kind kind_of_own(const struct root_place *place, enum whose whose, bool machine, pid_t first)
{
    if (whose == WHOSE_OTHERS)
        return ROOT_FOREIGN;
    return machine && whose == WHOSE_HOSTS && is_apart(place, first) ? ROOT_LIVE : ROOT_MACHINE;
}

/* `machine`: no directory was named. */
static enum root_kind kind_of(const struct root_place *place, bool machine, pid_t *first)
{
    enum whose whose = place->proc < 0 ? WHOSE_UNSEEN : whose_root(place->root, place->proc, first);
    if (place->own)
        return kind_of_own(place, whose, machine, *first);
    /* A container below us has a first process too; who is in a container sees its host's process 1, and itself. */
    if (whose == WHOSE_HOSTS && own_number(place->proc))
        return ROOT_LIVE;
    return place->proc >= 0 || place->sys >= 0 || place->unseen ? ROOT_FOREIGN : ROOT_OFFLINE;
}

static bool refuse(GError **error, const struct root_place *place, const char *name, const char *lacks,
                   const char *option)
{
    g_autofree char *what = place->own ? g_strdup("") : g_strdup_printf("--root %s is the running machine, but ", name);
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "%splumbline %s%s%s%s%s", what, lacks, option ? " (" : "",
                option ? option : "", option ? ")" : "",
                place->own ? "; with --root / it judges what it sees itself" : "");
    return false;
}

static bool refuse_space(GError **error, const struct root_place *place, const char *name, const struct space *space)
{
    g_autofree char *lacks = g_strdup_printf("has %s of its own and would look at other settings", space->words);
    return refuse(error, place, name, lacks, place->own ? space->unit : space->option);
}

static bool sees_all(const struct root_place *place, pid_t first, const char *name, GError **error)
{
    if (own_number(place->proc) != getpid())
        return refuse(error, place, name, "has a PID namespace of its own and would look at other processes",
                      PID_OPTION);
    if (place->sys < 0)
        return refuse(error, place, name,
                      "does not see its /sys there: mount it too, or the root with all that is below it", NULL);
    for (size_t i = 0; i < SPACES_COUNT; i++)
        if (!(place->own && spaces[i].copy) && space_sharing(place->proc, first, ns_names[spaces[i].kind]) != SHARED)
            return refuse_space(error, place, name, &spaces[i]);
    return true;
}

/* Process 1 cannot be looked into. */
static bool looks_like_host(const struct root_place *place, const char *name, GError **error)
{
    const char *apart = spaces_apart_by_looks(place->proc);
    if (!apart)
        return true;
    g_autofree char *lacks =
        g_strdup_printf("has %s of its own, and may not look at those of process 1 (CAP_SYS_PTRACE)", apart);
    return refuse(error, place, name, lacks, NULL);
}

/* Opens it, and the table of mounts that it is in. */
static bool open_own(struct root *root, GError **error)
{
    root->fd = open(root->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    root->path = mounts_path_of(root->name);
    root->mounts = root->path ? spaces_own_mounts() : -1;
    return root->fd >= 0 || pl_error_set_errno(error, errno, root->name);
}

static bool open_outside(struct root *root, int proc, GError **error)
{
    g_autofree char *top = g_strdup_printf("%d/root", (int)root->first);
    g_autofree char *table = g_strdup_printf("%d/mountinfo", (int)root->first);
    g_autofree char *what = g_strdup_printf("/proc/%s", top);
    root->fd = openat(proc, top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    root->mounts = openat(proc, table, O_RDONLY | O_CLOEXEC);
    root->path = g_strdup("/");
    root->note = "plumbline has namespaces of its own: what process 1 sees is judged";
    return (root->fd >= 0 && root->mounts >= 0) || pl_error_set_errno(error, errno, what);
}

/* Live, and not among the mounts of this process: it is the root of a process with others. */
static bool is_outside(const struct root *root, const struct root_place *place)
{
    if (root->kind != ROOT_LIVE)
        return false;
    g_autofree char *path = mounts_path_of(root->name);
    return place->own || !path;
}

static bool look(struct root *root, const struct root_place *place, bool machine, GError **error)
{
    pid_t first = 0;
    root->kind = kind_of(place, machine, &first);
    root->mounted = place->proc >= 0 || place->sys >= 0;
    if (root->kind == ROOT_LIVE) {
        root->first = first;
        root->outside = is_outside(root, place);
        return sees_all(place, first, root->name, error);
    }
    bool closed =
        machine && root->kind == ROOT_MACHINE && place->proc >= 0 && space_sharing(place->proc, first, "mnt") == UNSEEN;
    return !closed || looks_like_host(place, root->name, error);
}

struct root *root_open(const char *directory, GError **error)
{
    pl_auto(root) root = g_new0(struct root, 1);
    root->fd = root->mounts = -1;
    root->name = name_of(directory);
    auto_place place = place_of(root->name);
    if (!look(root, &place, !directory, error))
        return NULL;
    bool open = root->outside ? open_outside(root, place.proc, error) : open_own(root, error);
    return open ? g_steal_pointer(&root) : NULL;
}

void root_free(struct root *root)
{
    if (root->fd >= 0)
        close(root->fd);
    if (root->mounts >= 0)
        close(root->mounts);
    g_free(root->name);
    g_free(root->path);
    g_free(root);
}

bool root_is_here(const struct root *root)
{
    pl_autofd int proc = root->kind == ROOT_MACHINE ? open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    return proc >= 0 && space_is_first(proc, "self", NS_PID);
}

void root_join(const char *directory)
{
    g_autofree char *name = name_of(directory);
    auto_place place = place_of(name);
    pid_t first = 0;
    bool live = kind_of(&place, !directory, &first) == ROOT_LIVE;
    for (size_t i = 0; live && i < SPACES_COUNT; i++) {
        g_autofree char *path = g_strdup_printf("%d/ns/%s", (int)first, ns_names[spaces[i].kind]);
        bool apart = space_sharing(place.proc, first, ns_names[spaces[i].kind]) == APART;
        pl_autofd int space = apart ? openat(place.proc, path, O_RDONLY | O_CLOEXEC) : -1;
        if (space >= 0)
            (void)setns(space, 0); /* what fails is seen by root_open() */
    }
}
