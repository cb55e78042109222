/* What code that took over one of plumbline's processes could do. A library that is loaded before all others: it waits
 * in poll(), which each of the processes calls, until that process is confined, and then tries things, once a process.
 * Each try is a line "battery ROLE: WHAT: ALLOWED" or "...: refused" on standard error, which the test makes a socket,
 * since not every role may write. test_confinement.py says which may be allowed.
 * BATTERY_VICTIM: a file of root's alone. BATTERY_PID: a process of root's. BATTERY_SOCKET: a listening socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *role, *victim, *listener;
static pid_t other;

static void tell(const char *what, long result)
{
    char line[256];
    int n = snprintf(line, sizeof line, "battery %s: %s: %s\n", role, what, result < 0 ? "refused" : "ALLOWED");
    sendto(2, line, (size_t)n, MSG_NOSIGNAL, NULL, 0);
}

static void tell_fd(const char *what, long fd)
{
    tell(what, fd);
    if (fd >= 0)
        close((int)fd);
}

static const char *role_of_this(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    if (geteuid() != 0)
        return "judge";
    if (syscall(SYS_capget, &head, data) != 0)
        return "unknown";
    if (data[0].effective & 1U << CAP_KILL)
        return "writer";
    if (data[0].effective & 1U << CAP_SYS_ADMIN)
        return "devices";
    return data[0].effective & 1U << CAP_SYS_PTRACE ? "reader" : "broker";
}

/* ---- files ---- */

static void try_contents(void)
{
    tell_fd("write: open a file of root's", syscall(SYS_openat, AT_FDCWD, victim, O_WRONLY, 0));
    tell_fd("write: open and truncate", syscall(SYS_openat, AT_FDCWD, victim, O_RDONLY | O_TRUNC, 0));
    tell_fd("write: a kernel parameter", syscall(SYS_openat, AT_FDCWD, "/proc/sys/kernel/core_pattern", O_WRONLY, 0));
    tell_fd("write: by open()", syscall(SYS_open, victim, O_WRONLY, 0));
    tell("write: truncate", truncate(victim, 0));
    tell_fd("write: make a file", syscall(SYS_openat, AT_FDCWD, "/etc/battery-file", O_WRONLY | O_CREAT, 0600));
    tell("write: make a directory", mkdir("/etc/battery-directory", 0700));
    tell("write: make a link", symlink("/etc", "/etc/battery-link"));
    tell("write: remove a file of root's", unlink(victim));
    tell("write: rename a file of root's", rename(victim, "/etc/battery-name"));
    tell("write: a device", mknod("/etc/battery-node", S_IFCHR | 0600, 0x103));
}

static void try_attributes(void)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, victim, O_RDONLY | O_CLOEXEC, 0);
    tell("read: a file of root's", fd);
    tell("attributes: chmod", chmod(victim, 04777));
    tell("attributes: fchmod", fchmod(fd, 04777));
    tell("attributes: chown", chown(victim, 1, 1));
    tell("attributes: fchown", fchown(fd, 1, 1));
    tell("attributes: times", futimens(fd, NULL));
    tell("attributes: flags", ioctl(fd, FS_IOC_SETFLAGS, &(int){FS_NODUMP_FL}));
    tell("attributes: flags, the new call", syscall(469, AT_FDCWD, victim, (unsigned long[3]){0}, 24, 0));
    tell("attributes: extended", setxattr(victim, "user.battery", "x", 1, 0));
    tell("attributes: a lease", fd < 0 ? -1 : fcntl(fd, F_SETLEASE, F_RDLCK));
    tell("attributes: a lock", fd < 0 ? -1 : fcntl(fd, F_SETLK, &(struct flock){.l_type = F_RDLCK}));
    close(fd);
}

/* ---- sockets ---- */

static void try_sockets(void)
{
    struct sockaddr_un engine = {.sun_family = AF_UNIX};
    strncpy(engine.sun_path, listener, sizeof engine.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    tell("socket: connect as root", fd < 0 ? -1 : connect(fd, (void *)&engine, sizeof engine));
    close(fd);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0battery"};
    tell("socket: connect to an abstract one", fd < 0 ? -1 : connect(fd, (void *)&abstract, 10));
    tell("socket: bind", fd < 0 ? -1 : bind(fd, (void *)&abstract, 12));
    close(fd);
    tell_fd("socket: TCP", socket(AF_INET, SOCK_STREAM, 0));
    tell_fd("socket: UDP", socket(AF_INET6, SOCK_DGRAM, 0));
    tell_fd("socket: raw", socket(AF_INET, SOCK_RAW, 1));
    tell_fd("socket: packets", socket(AF_PACKET, SOCK_RAW, 0));
    tell_fd("socket: netlink, routes", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
    tell_fd("socket: netlink, audit", socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT));
}

/* ---- processes ---- */

static void try_processes(void)
{
    char path[64];
    struct rlimit limit = {0};
    tell("process: a signal", kill(other, SIGCONT));
    tell("process: a signal to a thread", syscall(SYS_tgkill, other, other, SIGCONT));
    tell("process: its limits, set", syscall(SYS_prlimit64, other, RLIMIT_FSIZE, &limit, NULL));
    tell("process: its limits", syscall(SYS_prlimit64, other, RLIMIT_FSIZE, NULL, &limit));
    tell("process: its priority", setpriority(PRIO_PROCESS, (id_t)other, 5));
    tell("process: its processors", syscall(SYS_sched_setaffinity, other, 8, &(unsigned long){1}));
    tell_fd("process: a descriptor of it", syscall(SYS_pidfd_open, other, 0));
    snprintf(path, sizeof path, "/proc/%d/environ", (int)other);
    tell_fd("read: another's environment", syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0));
    snprintf(path, sizeof path, "/proc/%d/mem", (int)other);
    tell_fd("read: another's memory", syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0));
    tell("process: fork", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    tell("process: compare", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
    tell("process: dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) ? 0 : -1);
}

static void try_memory(void)
{
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("memory: writable and executable", code == MAP_FAILED ? -1 : 0);
    void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("memory: made executable", mprotect(data, 4096, PROT_READ | PROT_EXEC));
    tell("memory: shared, of System V", shmget(0x4154, 4096, IPC_CREAT | 0600));
    tell_fd("memory: a file", syscall(SYS_memfd_create, "battery", 0));
    tell_fd("kernel: a queue", syscall(SYS_mq_open, "battery", O_CREAT | O_RDWR, 0600, NULL));
    tell_fd("kernel: inotify", syscall(SYS_inotify_init1, 0));
    tell_fd("kernel: io_uring", syscall(SYS_io_uring_setup, 1, NULL));
    tell_fd("kernel: Landlock", syscall(SYS_landlock_create_ruleset, NULL, 0, 1));
    tell("kernel: a call that is not known yet", syscall(467, -1, "", 0, 0, 0));
    tell("kernel: an inherited descriptor", fcntl(199, F_GETFD));
}

/* What else the kernel has by which a process is looked into, changed or kept. */
static void try_the_rest(void)
{
    char path[64];
    struct iovec part = {.iov_base = path, .iov_len = sizeof path};
    int pair[2] = {-1, -1};
    tell("process: a queued signal", syscall(SYS_rt_sigqueueinfo, other, SIGCONT, &(siginfo_t){.si_code = SI_QUEUE}));
    tell("process: a signal by its descriptor", syscall(SYS_pidfd_send_signal, 0, SIGCONT, NULL, 0));
    tell("process: a signal to a group", kill(-other, SIGCONT));
    tell("process: a signal to all", kill(-1, 0));
    tell("process: advice on its memory", syscall(SYS_process_madvise, 0, &part, 1, 4, 0));
    tell("process: its scheduling", syscall(SYS_sched_setscheduler, other, 0, &(int){0}));
    tell("process: its disk priority", syscall(SYS_ioprio_set, 1, other, 0));
    tell("process: its group", setpgid(other, other));
    tell("process: a session", (long)setsid());
    tell("process: fork by clone3", syscall(SYS_clone3, &(unsigned long[11]){[4] = SIGCHLD}, 88));
    tell("process: vfork", syscall(SYS_clone, SIGCHLD | 0x4100, 0, 0, 0, 0));
    tell("process: who may trace it", prctl(0x59616d61, -1, 0, 0, 0));
    tell("process: dumpable again", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    tell("process: its end with its parent's", prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0));
    tell("process: its limits raised", syscall(SYS_prlimit64, 0, RLIMIT_CORE, &(struct rlimit){1, 1}, NULL));
    tell("process: a further filter", syscall(SYS_seccomp, 1, 0, NULL));
    tell("process: capabilities", syscall(SYS_capset, NULL, NULL));
    tell_fd("memory: faults", syscall(SYS_userfaultfd, 1));
    tell_fd("memory: secret", syscall(447, 0));
    tell("memory: remapped pages", syscall(SYS_remap_file_pages, path, 4096, 0, 0, 0));
    tell("memory: locked", mlockall(MCL_FUTURE));
    tell_fd("kernel: performance counters", syscall(SYS_perf_event_open, path, -1, 0, -1, 0));
    tell("kernel: keys", syscall(SYS_keyctl, 0, -3, 1));
    tell("kernel: a key", syscall(SYS_add_key, "user", "battery", "x", 1, -3));
    tell("kernel: semaphores", syscall(SYS_semget, 0x4154, 1, IPC_CREAT | 0600));
    tell("kernel: messages", syscall(SYS_msgget, 0x4154, IPC_CREAT | 0600));
    tell_fd("kernel: fanotify", syscall(SYS_fanotify_init, 0, 0));
    tell_fd("kernel: a timer", syscall(SYS_timerfd_create, 1, 0));
    tell("kernel: a timer that signals", syscall(SYS_timer_create, 0, NULL, &(int){0}));
    tell("kernel: a handle of a file", syscall(SYS_name_to_handle_at, AT_FDCWD, victim, path, path, 0));
    tell("kernel: its log", syscall(SYS_syslog, 10, NULL, 0));
    tell("kernel: quotas", syscall(SYS_quotactl, 0x80000700, NULL, 0, NULL));
    tell("kernel: its clock", syscall(SYS_clock_adjtime, 0, &(char[256]){0}));
    tell("kernel: file systems written out", syscall(SYS_syncfs, 0));
    tell("write: a hard link", linkat(AT_FDCWD, victim, AT_FDCWD, "/etc/battery-hard", 0));
    tell("write: from file to file", syscall(SYS_copy_file_range, 0, NULL, 1, NULL, 1, 0));
    tell("write: through a pipe", syscall(SYS_splice, 0, NULL, 1, NULL, 1, 0));
    tell("write: sendfile", syscall(SYS_sendfile, 1, 0, NULL, 1));
    tell("terminal: typed for others", ioctl(0, 0x5412, "x"));
    tell("descriptor: signals for it", fcntl(0, F_SETOWN, other));
    tell("descriptor: changes of a folder", fcntl(0, F_NOTIFY, 4));
    tell("socket: a pair of packets", socketpair(AF_UNIX, SOCK_RAW, 0, pair) < 0 ? -1 : connect(pair[0], NULL, 0));
}

static void try_all(void)
{
    victim = getenv("BATTERY_VICTIM");
    listener = getenv("BATTERY_SOCKET");
    other = (pid_t)atoi(getenv("BATTERY_PID"));
    role = role_of_this();
    try_contents();
    try_attributes();
    try_sockets();
    try_processes();
    try_memory();
    try_the_rest();
    tell("done", 0);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    static pid_t done;
    pid_t pid = (pid_t)syscall(SYS_getpid);
    if (done != pid && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2) {
        done = pid;
        if (getenv("BATTERY_VICTIM"))
            try_all();
    }
    struct timespec wait = {timeout / 1000, timeout % 1000 * 1000000L};
    return (int)syscall(SYS_ppoll, fds, n, timeout < 0 ? NULL : &wait, NULL, 0);
}
