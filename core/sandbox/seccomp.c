/* System call filters: lists of what each role does, with arguments where they decide. What is on no list fails as if
 * the kernel did not have it (ENOSYS), which C libraries know how to live with; what only somebody who took the
 * process over would call ends it. Calls go by name, since libseccomp's table knows more of them than the headers of
 * an old build machine; a name it does not know is left out. */
#include "sandbox/private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Whoever calls these is not plumbline any more. */
static const char *const deadly[] = {
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "mount",
    "umount2",
    "umount",
    "pivot_root",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "chroot",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "bpf",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setgroups",
    "reboot",
    "swapon",
    "swapoff",
    "sethostname",
    "setdomainname",
    "acct",
    "settimeofday",
    "clock_settime",
    "stime",
    "unshare",
    "setns",
    "iopl",
    "ioperm",
    "vhangup",
    NULL,
};

/* What a library may try and do without. */
static const char *const refused[] = {
    "keyctl",
    "add_key",
    "request_key",
    "setfsuid",
    "setfsgid",
    "chmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "setxattrat",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "removexattrat",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "adjtimex",
    "clock_adjtime",
    "quotactl",
    "quotactl_fd",
    "fanotify_init",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_send_signal",
    "listen",
    "accept",
    "accept4",
    "fork",
    "vfork",
    "personality",
    "open_by_handle_at",
    "process_madvise",
    "mbind",
    "migrate_pages",
    "move_pages",
    "ioprio_set",
    "syslog",
    "fallocate",
    "mknod",
    "mknodat",
    "fchmod",
    NULL,
};

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif

/* Memory, locks, time, descriptors: what every process does. */
static const char *const everybody[] = {
    "read",
    "pread64",
    "readv",
    "close",
    "fstat",
    "newfstatat",
    "fstatat64",
    "stat",
    "lstat",
    "statx",
    "lseek",
    "_llseek",
    "poll",
    "ppoll",
    "ppoll_time64",
    "recvmsg",
    "recvfrom",
    "sendmsg",
    "sendto",
    "futex",
    "futex_time64",
    "munmap",
    "brk",
    "madvise",
    "mremap",
    "exit",
    "exit_group",
    "rt_sigreturn",
    "rt_sigprocmask",
    "rt_sigaction",
    "sigaltstack",
    "sched_yield",
    "sched_getaffinity",
    "clock_gettime",
    "clock_gettime64",
    "clock_getres",
    "clock_nanosleep",
    "clock_nanosleep_time64",
    "nanosleep",
    "gettimeofday",
    "time",
    "gettid",
    "getpid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrandom",
    "getrusage",
    "getrlimit",
    "ugetrlimit",
    "sysinfo",
    "uname",
    "set_robust_list",
    "rseq",
    "restart_syscall",
    "membarrier",
    "capget",
    NULL,
};

/* Looking things up. */
static const char *const lookups[] = {
    "readlink", "readlinkat", "getdents64", "getdents", "getxattr", "lgetxattr", "fgetxattr", "faccessat", "faccessat2",
    "access",   "fstatfs",    "fstatfs64",  "statfs",   "statfs64", "fadvise64", "getcwd",    "dup",       NULL,
};

/* The judge: threads, reports through a pipe, libcurl over sockets that it was given. */
static const char *const judging[] = {
    "write",
    "writev",
    "pipe2",
    "eventfd2",
    "socketpair",
    "getsockopt",
    "setsockopt",
    "getsockname",
    "getpeername",
    "shutdown",
    "select",
    "pselect6",
    "pselect6_time64",

    "sched_getattr",
    "sched_getparam",
    "sched_getscheduler",
    NULL,
};

/* With --network. */
static const char *const networking[] = {"bind", "sendmmsg", "recvmmsg", NULL};

static const char *const brokering[] = {
    "write", "connect", "socketpair", "getsockopt", "setsockopt", "shutdown", NULL,
};

static const char *const writing[] = {
    "write",    "writev", "fsync", "ftruncate", "renameat", "renameat2", "rename",
    "unlinkat", "unlink", "wait4", "waitid",    "fchmod",   "signalfd4", NULL,
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* What the sanitizers' run time does. */
static const char *const sanitizing[] = {"pipe", "write", "readlink", NULL};
#else
static const char *const sanitizing[] = {NULL};
#endif

static bool is_known(int number)
{
    return number != __NR_SCMP_ERROR;
}

/* A call that a filter already treats otherwise keeps that. */
static bool add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names)
{
    bool ok = true;
    for (; *names; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        int err = is_known(number) ? seccomp_rule_add(filter, action, number, 0) : 0;
        ok = ok && (err == 0 || err == -EEXIST);
    }
    return ok;
}

/* One argument decides. */
static bool add_if(scmp_filter_ctx filter, uint32_t action, int number, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, action, number, 1, &condition) == 0;
}

static bool add_each(scmp_filter_ctx filter, int number, unsigned argument, const unsigned *values, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = ok && add_if(filter, SCMP_ACT_ALLOW, number,
                          SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, 0xffffffffU, (scmp_datum_t)values[i]));
    return ok;
}

/* Opening for reading only. */
static bool add_opening(scmp_filter_ctx filter)
{
#ifdef PLUMBLINE_COVERAGE
    static const char *const gcov[] = {"openat", "fcntl", "ftruncate", "mkdir", "write", NULL};
    return add_names(filter, SCMP_ACT_ALLOW, gcov);
#else
    const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC;
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, writes, O_RDONLY)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR)) &&
           add_if(filter, refuse, SCMP_SYS(openat), SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT));
#endif
}

/* Never executable. */
static bool add_memory(scmp_filter_ctx filter)
{
    const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
           add_if(filter, refuse, SCMP_SYS(mmap), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) &&
           add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
           add_if(filter, refuse, SCMP_SYS(mprotect), SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
}

/* On descriptors: no locks, no leases, no signals. On terminals and sockets: to ask, and not to wait. On itself: to
 * ask, and the name of a thread. */
static bool add_descriptors(scmp_filter_ctx filter)
{
    static const unsigned commands[] = {F_DUPFD_CLOEXEC, F_DUPFD, F_GETFL, F_SETFL, F_GETFD, F_SETFD};
    static const unsigned states[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS};
    static const unsigned requests[] = {TCGETS, TIOCGWINSZ, FIONBIO, FIONREAD};
    return add_each(filter, SCMP_SYS(fcntl), 1, commands, G_N_ELEMENTS(commands)) &&
           add_each(filter, SCMP_SYS(ioctl), 1, requests, G_N_ELEMENTS(requests)) &&
           add_each(filter, SCMP_SYS(prctl), 0, states, G_N_ELEMENTS(states));
}

/* Threads, but no processes. What clone3() is asked for cannot be seen here; without it the C library takes clone(). */
static bool add_threads(scmp_filter_ctx filter)
{
    static const char *const scheduling[] = {"sched_setattr", NULL};
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone),
                  SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) &&
           add_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) &&
           /* GLib gives new threads the scheduling of the first, which they have: as if it had been done */
           add_names(filter, SCMP_ACT_ERRNO(0), scheduling);
}

/* Signals go to the process's own threads only (abort() is one); limits are asked for, never set. */
static bool add_self(scmp_filter_ctx filter)
{
    return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)getpid())) &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0_64(SCMP_CMP_EQ, 0),
                            SCMP_A2_64(SCMP_CMP_EQ, 0)) == 0;
}

static bool add_sockets(scmp_filter_ctx filter, const unsigned *families, size_t n)
{
    return add_each(filter, SCMP_SYS(socket), 0, families, n);
}

static bool add_judge(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    static const char *const openat2[] = {"openat2", NULL};
    static const char *const memory_files[] = {"memfd_create", "ftruncate", NULL};
    static const char *const no_sockets[] = {"socket", NULL};
    static const unsigned lengths[] = {sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6)};
    static const unsigned families[] = {AF_INET, AF_INET6, AF_NETLINK}; /* the last for the addresses of names */
    bool ok = add_names(filter, SCMP_ACT_ALLOW, lookups) && add_names(filter, SCMP_ACT_ALLOW, judging) &&
              add_names(filter, SCMP_ACT_ALLOW, sanitizing) && add_threads(filter) && add_self(filter);
    /* Newer than libseccomp's table, and the walk's. */
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_getxattrat, 0) == 0;
    /* libcurl 7.88 connects sockets that it was told are connected. */
    if (plan->relay_length)
        ok = ok && add_if(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(connect),
                          SCMP_A2_64(SCMP_CMP_MASKED_EQ, 0xffffffffU, plan->relay_length));
    if (plan->memory_files)
        ok = ok && add_names(filter, SCMP_ACT_ALLOW, memory_files);
    if (!plan->network)
        ok = ok && add_names(filter, SCMP_ACT_ERRNO(EPERM), no_sockets);
    else
        ok = ok && add_names(filter, SCMP_ACT_ALLOW, networking) &&
             add_each(filter, SCMP_SYS(connect), 2, lengths, G_N_ELEMENTS(lengths)) &&
             add_sockets(filter, families, G_N_ELEMENTS(families));
    return ok && (!landlock || add_names(filter, SCMP_ACT_ALLOW, openat2));
}

static bool add_role(scmp_filter_ctx filter, const struct sandbox_plan *plan, bool landlock)
{
    static const unsigned local[] = {AF_UNIX};
    switch (plan->role) {
    case SANDBOX_JUDGE:
        return add_opening(filter) && add_judge(filter, plan, landlock);
    case SANDBOX_READER:
        return add_opening(filter) && add_names(filter, SCMP_ACT_ALLOW, lookups);
    case SANDBOX_BROKER:
        return add_names(filter, SCMP_ACT_ALLOW, brokering) && add_sockets(filter, local, G_N_ELEMENTS(local));
    case SANDBOX_WRITER:
        return add_names(filter, SCMP_ACT_ALLOW, writing) && add_self(filter) &&
               add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)plan->judge));
    }
    return false;
}

/* 0 or a negative errno value. */
static int load(scmp_filter_ctx filter)
{
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list: the walk makes a million calls */
    if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
        return -EINVAL;
    return seccomp_load(filter);
}

bool sandbox_seccomp(const struct sandbox_plan *plan, bool landlock, struct sandbox_state *state)
{
    static const char *const no_signals[] = {"kill", NULL};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    bool ok = filter && add_names(filter, SCMP_ACT_KILL_PROCESS, deadly) &&
              add_names(filter, SCMP_ACT_ALLOW, everybody) && add_descriptors(filter) && add_memory(filter) &&
              add_role(filter, plan, landlock) && add_names(filter, SCMP_ACT_ERRNO(EPERM), refused);
    if (plan->role != SANDBOX_WRITER) /* whose one signal is allowed by its argument */
        ok = ok && add_names(filter, SCMP_ACT_ERRNO(EPERM), no_signals);
    int err = ok ? load(filter) : -EINVAL;
    if (filter)
        seccomp_release(filter);
    if (err == -ECANCELED)
        sandbox_note(state, "seccomp: this kernel takes no filters");
    else if (err)
        sandbox_note(state, "seccomp: %s", g_strerror(-err));
    return err == 0;
}
