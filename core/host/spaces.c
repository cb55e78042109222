#include "host/spaces.h"

#include "host/mounts.h"

#include "model/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct space spaces[SPACES_COUNT] = {
    {"a network namespace", "--network=host; hostNetwork: true", "PrivateNetwork=", NS_NET, false},
    {"a UTS namespace (host name)", "--uts=host; hostNetwork: true", "ProtectHostname=", NS_UTS, true},
    {"an IPC namespace", "--ipc=host; hostIPC: true", "PrivateIPC=", NS_IPC, false},
    {"a cgroup namespace", "--cgroupns=host; privileged: true", "ProtectControlGroups=private", NS_CGROUP, false},
    {"a time namespace", NULL, NULL, NS_TIME, true},
    {"a user namespace", "--userns=host; hostUsers: true", "PrivateUsers=", NS_USER, false},
};

bool space_is_first(int proc, const char *process, enum ns kind)
{
    g_autofree char *name = g_strdup_printf("%s/ns/%s", process, ns_names[kind]);
    g_autofree char *target = g_strdup_printf("%s:[%" G_GUINT64_FORMAT "]", ns_names[kind], ns_first[kind]);
    char text[64] = "";
    return readlinkat(proc, name, text, sizeof text - 1) > 0 && g_str_equal(text, target);
}

int spaces_own_mounts(void)
{
    return open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
}

enum sharing space_sharing(int proc, pid_t first, const char *space)
{
    char own[64] = "", other[64] = "";
    g_autofree char *of_self = g_strconcat("self/ns/", space, NULL);
    g_autofree char *of_first = g_strdup_printf("%d/ns/%s", (int)first, space);
    if (readlinkat(proc, of_self, own, sizeof own - 1) < 0)
        return errno == ENOENT ? SHARED : UNSEEN;
    if (readlinkat(proc, of_first, other, sizeof other - 1) < 0)
        return UNSEEN;
    return g_str_equal(own, other) ? SHARED : APART;
}

/* What a table of mounts shows of who made it. */
struct marks {
    bool shared, slave; /* "/" passes mounts on; it gets those of another namespace */
    bool unit;          /* systemd made it for a unit */
};

static bool take_mark(const struct mount_row *row, gpointer data)
{
    struct marks *marks = data;
    marks->unit = marks->unit || g_str_equal(row->target, "/run/systemd/incoming");
    for (const char *const *word = row->optional; g_str_equal(row->target, "/") && *word; word++) {
        marks->shared = marks->shared || g_str_has_prefix(*word, "shared:");
        marks->slave = marks->slave || g_str_has_prefix(*word, "master:");
    }
    return true;
}

static bool is_systemds(int proc)
{
    char init[16] = "";
    pl_autofd int comm = openat(proc, "1/comm", O_RDONLY | O_CLOEXEC);
    return comm >= 0 && read(comm, init, sizeof init - 1) > 0 && g_str_equal(init, "systemd\n");
}

/* systemd mounts a place of its own into each namespace that it makes for a unit. On a machine that it started, which
 * is no container, it makes "/" shared before anything else, and nobody's slave. */
static bool mounts_look_private(int proc, bool whole)
{
    struct marks marks = {.shared = false};
    pl_autofd int mounts = spaces_own_mounts();
    /* Unheard: the search of all files reads the same table, and says that it could not. */
    if (mounts < 0 || !fd_each_mount(mounts, "/proc/self/mountinfo", take_mark, &marks, NULL))
        return false;
    return marks.unit || (whole && is_systemds(proc) && (marks.slave || !marks.shared));
}

/* A setting that only the kernel's first network namespace has (net/core/sysctl_net_core.c). */
static bool net_looks_private(int proc)
{
    struct stat st;
    return fstatat(proc, "sys/net/core", &st, 0) == 0 && fstatat(proc, "sys/net/core/netdev_max_backlog", &st, 0) < 0 &&
           errno == ENOENT;
}

static bool looks_apart(int proc, const struct space *space)
{
    if (!ns_first[space->kind])
        return net_looks_private(proc);
    g_autofree char *link = g_strdup_printf("self/ns/%s", ns_names[space->kind]);
    struct stat st;
    return fstatat(proc, link, &st, AT_SYMLINK_NOFOLLOW) == 0 && !space_is_first(proc, "self", space->kind);
}

/* Maps of user numbers can be read by all; each is told as it looks from our own user namespace. */
static bool users_look_private(int proc)
{
    char own[256] = "", of_first[256] = "";
    pl_autofd int ours = openat(proc, "self/uid_map", O_RDONLY | O_CLOEXEC);
    pl_autofd int theirs = openat(proc, "1/uid_map", O_RDONLY | O_CLOEXEC);
    if (ours < 0 || theirs < 0 || read(ours, own, sizeof own - 1) < 0 ||
        read(theirs, of_first, sizeof of_first - 1) < 0)
        return false;
    return !g_str_equal(own, of_first);
}

const char *spaces_apart_by_looks(int proc)
{
    bool whole = space_is_first(proc, "self", NS_PID);
    if (users_look_private(proc))
        return "a user namespace";
    if (mounts_look_private(proc, whole))
        return "a mount namespace";
    for (size_t i = 0; whole && i < SPACES_COUNT; i++)
        if (!spaces[i].copy && looks_apart(proc, &spaces[i]))
            return spaces[i].words;
    return NULL;
}
