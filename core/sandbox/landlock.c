/* Landlock by its system calls: no C library has wrappers yet. Only rights to change things and to execute are handled,
 * so reading stays possible everywhere, but for who holds CAP_SYS_ADMIN: since Linux 6.16 that reads environments. */
#include "sandbox/note.h"
#include "sandbox/private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

/* linux/landlock.h, written out: the header of the build machine may be older than the kernel. */
#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH      1
#define FS_EXECUTE             (1ULL << 0)
#define FS_WRITE_FILE          (1ULL << 1)
#define FS_READ_FILE           (1ULL << 2)
#define FS_READ_DIR            (1ULL << 3)
#define FS_REMOVE_DIR          (1ULL << 4)
#define FS_REMOVE_FILE         (1ULL << 5)
#define FS_MAKE_CHAR           (1ULL << 6)
#define FS_MAKE_DIR            (1ULL << 7)
#define FS_MAKE_REG            (1ULL << 8)
#define FS_MAKE_SOCK           (1ULL << 9)
#define FS_MAKE_FIFO           (1ULL << 10)
#define FS_MAKE_BLOCK          (1ULL << 11)
#define FS_MAKE_SYM            (1ULL << 12)
#define FS_REFER               (1ULL << 13)
#define FS_TRUNCATE            (1ULL << 14)
#define FS_IOCTL_DEV           (1ULL << 15)
#define NET_BIND_TCP           (1ULL << 0)
#define NET_CONNECT_TCP        (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKET  (1ULL << 0)
#define SCOPE_SIGNAL           (1ULL << 1)

struct ruleset_attr {
    guint64 fs, net, scoped;
};

struct path_rule {
    guint64 allowed;
    gint32 parent;
} __attribute__((packed));

/* Rights by the version that brought them; a right that the kernel does not know must not be asked for. */
static const struct right {
    int version;
    guint64 bits;
} fs_rights[] = {
    {1, FS_EXECUTE | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_CHAR | FS_MAKE_DIR | FS_MAKE_REG |
            FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_BLOCK | FS_MAKE_SYM},
    {2, FS_REFER},
    {3, FS_TRUNCATE},
    {5, FS_IOCTL_DEV},
};

static guint64 fs_handled(int version)
{
    guint64 bits = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(fs_rights); i++)
        bits |= version >= fs_rights[i].version ? fs_rights[i].bits : 0;
    return bits;
}

int sandbox_landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

static int create_ruleset(const struct sandbox_plan *plan, int version)
{
    struct ruleset_attr attr = {.fs = fs_handled(version)};
    if (plan->role == SANDBOX_DEVICES)
        attr.fs |= FS_READ_FILE | FS_READ_DIR;
    size_t size = sizeof attr.fs;
    if (version >= 4) {
        attr.net = NET_BIND_TCP | (plan->network ? 0 : NET_CONNECT_TCP);
        size = offsetof(struct ruleset_attr, scoped);
    }
    if (version >= 6) {
        /* The writer ends a judge that hangs, and the judge is no part of its domain. */
        attr.scoped = SCOPE_ABSTRACT_SOCKET | (plan->role == SANDBOX_WRITER ? 0 : SCOPE_SIGNAL);
        size = sizeof attr;
    }
    return (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
}

static bool allow_beneath(int ruleset, const char *path, guint64 rights)
{
    pl_autofd int fd = open(path, O_PATH | O_CLOEXEC);
    const struct path_rule rule = {.allowed = rights, .parent = fd};
    return fd >= 0 && syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool sandbox_landlock(const struct sandbox_plan *plan, int version, struct sandbox_state *state)
{
    const guint64 for_reports = FS_WRITE_FILE | FS_REMOVE_FILE | FS_MAKE_REG | FS_REFER | FS_TRUNCATE;
    if (!version) {
        sandbox_note(state, "this kernel has no Landlock, or it is switched off");
        return false;
    }
    pl_autofd int ruleset = create_ruleset(plan, version);
    if (ruleset < 0) {
        sandbox_note(state, "Landlock: %s", g_strerror(errno));
        return false;
    }
    for (const char *const *dir = plan->write_dirs; dir && *dir; dir++) {
        if (!allow_beneath(ruleset, *dir, for_reports & fs_handled(version)))
            sandbox_note(state, "Landlock: %s: %s", *dir, g_strerror(errno));
    }
    /* Not there: then there are no programs either. */
    if (plan->role == SANDBOX_DEVICES)
        allow_beneath(ruleset, "/sys/fs/cgroup", FS_READ_DIR);
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) == 0)
        return true;
    sandbox_note(state, "Landlock: %s", g_strerror(errno));
    return false;
}
