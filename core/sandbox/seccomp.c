/* System call filters. The program's: everything but a list of what an auditor never does. The reader thread's
 * (host/reader.h): nothing but what a lookup takes. Calls go by name, since libseccomp's table knows more of them than
 * the headers of an old build machine; a name it does not know is left out. */
#include "sandbox/private.h"

#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

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
    "kill",
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
    NULL,
};

/* All that the reader thread does, its mutexes and its memory. */
static const char *const reader_calls[] = {
    "close",
    "fstat",
    "stat",
    "lstat",
    "newfstatat",
    "fstatat64",
    "statx",
    "read",
    "pread64",
    "lseek",
    "_llseek",
    "readlink",
    "readlinkat",
    "getdents64",
    "getdents",
    "getxattr",
    "faccessat",
    "faccessat2",
    "access",
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
    "sigaltstack",
    "sched_yield",
    "clock_gettime",
    "clock_gettime64",
    "gettid",
    "getpid",
    "getrandom",
    "set_robust_list",
    "rseq",
    "restart_syscall",
    "rt_sigaction",
    "sched_getaffinity",
    "membarrier",
    NULL,
};

static bool add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names)
{
    bool ok = true;
    for (; *names; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        if (number != __NR_SCMP_ERROR)
            ok = seccomp_rule_add(filter, action, number, 0) == 0 && ok;
    }
    return ok;
}

/* Threads, but no processes. What clone3() is asked for cannot be seen here; without it the C library takes clone(). */
static bool add_threads_only(scmp_filter_ctx filter)
{
    int clone3 = seccomp_syscall_resolve_name("clone3");
    bool ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                               SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
    return ok && (clone3 == __NR_SCMP_ERROR || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0) == 0);
}

/* Without network clients only netlink is left: it is how the kernel's own state is read. */
static bool add_sockets(scmp_filter_ctx filter, bool network)
{
    if (network)
        return true;
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0_64(SCMP_CMP_NE, AF_NETLINK)) ==
           0;
}

/* Signals go to plumbline's own threads only (abort() is one); no keystroke is put into a terminal. */
static bool add_arguments(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
                            SCMP_A0_64(SCMP_CMP_NE, (scmp_datum_t)getpid())) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                            SCMP_A1_64(SCMP_CMP_MASKED_EQ, 0xffffffffU, TIOCSTI)) == 0;
}

/* 0 or a negative errno value. */
static int load(scmp_filter_ctx filter, bool all_threads)
{
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list: the walk makes a million calls */
    if (all_threads && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) != 0)
        return -EINVAL;
    return seccomp_load(filter);
}

bool sandbox_seccomp(const struct sandbox_plan *plan, struct sandbox_state *state)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = filter && add_names(filter, SCMP_ACT_KILL_PROCESS, deadly) &&
              add_names(filter, SCMP_ACT_ERRNO(EPERM), refused) && add_threads_only(filter) &&
              add_sockets(filter, plan->network) && add_arguments(filter);
    int err = ok ? load(filter, true) : -EINVAL;
    if (filter)
        seccomp_release(filter);
    if (err)
        sandbox_note(state, "seccomp: %s", g_strerror(-err));
    return err == 0;
}

/* On descriptors: no F_SETFL, no locks, no leases, no signals. */
static const int reader_fcntl[] = {F_DUPFD_CLOEXEC, F_GETFL, F_GETFD, F_SETFD};

static bool add_reader_arguments(scmp_filter_ctx filter)
{
    const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC;
    bool ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                               SCMP_A2_64(SCMP_CMP_MASKED_EQ, writes, O_RDONLY)) == 0 &&
              seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                               SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
              seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                               SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(reader_fcntl); i++)
        ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                    SCMP_A1_64(SCMP_CMP_EQ, (scmp_datum_t)reader_fcntl[i])) == 0;
    return ok;
}

bool sandbox_confine_reader(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = filter && add_names(filter, SCMP_ACT_ALLOW, reader_calls) && add_reader_arguments(filter);
    int err = ok ? load(filter, false) : -EINVAL;
    if (filter)
        seccomp_release(filter);
    if (err)
        g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "seccomp of the reader thread: %s", g_strerror(-err));
    return err == 0;
}
