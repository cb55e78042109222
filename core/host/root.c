#include "host/root.h"

#include "host/mounts.h"
#include "host/remote.h"

#include "model/cleanup.h"
#include "model/error.h"
#include "model/value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Kinds of namespaces that files of /proc/sys, /proc/net and /proc/PID/cgroup depend on, with the options that
 * container engines and Kubernetes have for them. */
static const struct {
    const char *name, *words, *option;
} spaces[] = {
    {"net", "network namespace", "--network=host; hostNetwork: true"},
    {"uts", "UTS namespace (host name)", "--uts=host; hostNetwork: true"},
    {"ipc", "IPC namespace", "--ipc=host; hostIPC: true"},
    {"cgroup", "cgroup namespace", "--cgroupns=host; privileged: true"},
    {"time", "time namespace", NULL},
    {"user", "user namespace", "--userns=host; hostUsers: true"},
};

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

/* include/linux/proc_ns.h: PROC_PID_INIT_INO */
#define FIRST_PID_SPACE "pid:[4026531836]"

static bool is_link_to(int proc, const char *name, const char *target)
{
    char text[64] = "";
    return readlinkat(proc, name, text, sizeof text - 1) > 0 && g_str_equal(text, target);
}

enum whose { WHOSE_HOSTS, WHOSE_OTHERS, WHOSE_UNSEEN };

/* Whether this root is the one of a process in the host's namespaces, *first: process 1, or where that is closed even
 * to root and process numbers are those of the whole machine, the first thread of the kernel. */
static enum whose whose_root(int root, int proc, pid_t *first)
{
    struct stat own, seen;
    bool closed = fstatat(proc, "1/root", &seen, 0) < 0 && errno == EACCES;
    *first = closed && is_link_to(proc, "2/ns/pid", FIRST_PID_SPACE) ? 2 : 1;
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

/* True too where the kernel has no such namespaces. */
static bool is_shared(int proc, pid_t first, const char *space)
{
    char own[64] = "";
    g_autofree char *of_self = g_strconcat("self/ns/", space, NULL);
    g_autofree char *of_first = g_strdup_printf("%d/ns/%s", (int)first, space);
    if (readlinkat(proc, of_self, own, sizeof own - 1) < 0)
        return errno == ENOENT;
    return is_link_to(proc, of_first, own);
}

static bool refuse(GError **error, const char *root, const char *lacks, const char *option)
{
    g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "--root %s is the running machine, but plumbline %s%s%s%s", root,
                lacks, option ? " (" : "", option ? option : "", option ? ")" : "");
    return false;
}

/* A root, and what of the kernel is mounted in it; -1: nothing. */
struct place {
    bool top; /* "/" */
    int root, proc, sys;
    bool unseen; /* it could not be looked at without asking a file system that may not answer */
};

static void place_clear(struct place *place)
{
    const int fds[] = {place->root, place->proc, place->sys};
    for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}
#define auto_place __attribute__((cleanup(place_clear))) struct place

static bool is_top(const char *root)
{
    g_autofree char *name = g_canonicalize_filename(root ? root : "/", NULL);
    /* g_canonicalize_filename() keeps "//", which is "/" on Linux. */
    return g_str_equal(name, "/") || g_str_equal(name, "//");
}

static bool is_near(const char *root)
{
    g_autofree char *path = mounts_path_of(root);
    struct remote *remote = path ? remote_new(path, "/proc/self/mountinfo") : NULL;
    bool near = remote && !remote_place(remote, "/proc", false) && !remote_place(remote, "/sys", false);
    remote_free(remote);
    return near;
}

static struct place place_of(const char *root)
{
    struct place place = {.top = is_top(root), .root = -1, .proc = -1, .sys = -1};
    place.root = open(place.top ? "/" : root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    place.unseen = place.root >= 0 && !place.top && !is_near(root);
    if (place.root < 0 || place.unseen)
        return place;
    place.proc = kernel_directory(place.root, "proc", PROC_SUPER_MAGIC);
    place.sys = kernel_directory(place.root, "sys", SYSFS_MAGIC);
    return place;
}

static enum root_kind kind_of(const struct place *place, pid_t *first)
{
    enum whose whose = place->proc < 0 ? WHOSE_UNSEEN : whose_root(place->root, place->proc, first);
    /* A chroot, or a container that sees the host's processes, is another root than the one that these have. */
    if (place->top)
        return whose == WHOSE_OTHERS ? ROOT_FOREIGN : ROOT_MACHINE;
    /* A container below us has a first process too; who is in a container sees its host's process 1, and itself. */
    if (whose == WHOSE_HOSTS && own_number(place->proc))
        return ROOT_LIVE;
    return place->proc >= 0 || place->sys >= 0 || place->unseen ? ROOT_FOREIGN : ROOT_OFFLINE;
}

static bool sees_all(const struct place *place, pid_t first, const char *name, GError **error)
{
    if (own_number(place->proc) != getpid())
        return refuse(error, name, "has a PID namespace of its own and would look at other processes", PID_OPTION);
    if (place->sys < 0)
        return refuse(error, name, "does not see its /sys there: mount it too, or the root with all that is below it",
                      NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(spaces); i++)
        if (!is_shared(place->proc, first, spaces[i].name)) {
            g_autofree char *lacks =
                g_strdup_printf("has a %s of its own and would look at other settings", spaces[i].words);
            return refuse(error, name, lacks, spaces[i].option);
        }
    return true;
}

bool host_root_view(const char *root, struct root_view *view, GError **error)
{
    auto_place place = place_of(root);
    pid_t first = 0;
    *view = (struct root_view){.kind = kind_of(&place, &first), .mounted = place.proc >= 0 || place.sys >= 0};
    if (view->kind != ROOT_LIVE)
        return true;
    view->first = first;
    return sees_all(&place, first, root, error);
}

void host_root_join(const char *root)
{
    auto_place place = place_of(root);
    pid_t first = 0;
    bool live = kind_of(&place, &first) == ROOT_LIVE;
    for (size_t i = 0; live && i < G_N_ELEMENTS(spaces); i++) {
        g_autofree char *path = g_strdup_printf("%d/ns/%s", (int)first, spaces[i].name);
        pl_autofd int space =
            is_shared(place.proc, first, spaces[i].name) ? -1 : openat(place.proc, path, O_RDONLY | O_CLOEXEC);
        if (space >= 0)
            (void)setns(space, 0); /* what fails is seen by host_root_view() */
    }
}
