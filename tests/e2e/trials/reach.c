/* Files, processes, sockets and memory that the test left, by whatever leads to them. */
#define _GNU_SOURCE
#include "trials.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- roots ---- */

enum { ROOTS_MAX = 96 };
static char root_paths[ROOTS_MAX][32];
static struct stat root_files[ROOTS_MAX];
static int n_roots = 1; /* its own, "" */

const char *root_at(int n)
{
    return n < n_roots ? root_paths[n] : NULL;
}

/* A descriptor of a root stays good for whoever it turns into. */
static void keep_root(const char *path)
{
    struct stat st;
    int fd = n_roots < ROOTS_MAX ? open(path, O_PATH | O_DIRECTORY) : -1;
    bool known = fd < 0 || fstat(fd, &st);
    for (int i = 1; i < n_roots && !known; i++)
        known = root_files[i].st_dev == st.st_dev && root_files[i].st_ino == st.st_ino;
    if (known) {
        close(fd);
        return;
    }
    root_files[n_roots] = st;
    snprintf(root_paths[n_roots++], sizeof *root_paths, "/proc/self/fd/%d", fd);
}

static void keep_roots_of(const char *proc)
{
    char path[300];
    DIR *folder = opendir(proc);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(path, sizeof path, "%s/%s/root", proc, entry->d_name);
        if (strspn(entry->d_name, "0123456789"))
            keep_root(path);
    }
    if (folder)
        closedir(folder);
}

void keep_roots(void)
{
    keep_roots_of("/proc");
    keep_roots_of("/m/proc");
    keep_roots_of("/m/root/proc");
}

/* ---- files ---- */

static bool create(const char *folder, const char *as)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s%s", folder, word("name"), as);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    static const char block[65536];
    struct statfs fs;
    bool disk = fstatfs(fd, &fs) == 0 && fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC;
    bool wrote = write(fd, block, sizeof block) == sizeof block;
    close(fd);
    if (wrote && disk)
        tell("fill a disk", "%s", folder);
    return wrote;
}

/* As it is, or after its mode or owner was changed; both are put back. */
static bool creates(const char *folder, const char *as)
{
    struct stat st;
    if (create(folder, as))
        return true;
    if (stat(folder, &st))
        return false;
    bool made = chmod(folder, 0777) == 0 && create(folder, as);
    if (!made && chown(folder, geteuid(), (gid_t)-1) == 0)
        made = chmod(folder, 0777) == 0 && create(folder, as);
    if (chown(folder, st.st_uid, st.st_gid))
        (void)0;
    if (chmod(folder, st.st_mode & 07777))
        (void)0;
    return made;
}

static const char *const OPEN[] = {"private", "open", "theirs", "ro", "group", NULL};

static void try_folder(const char *top, const char *as)
{
    char path[600];
    for (const char *const *name = OPEN; *name; name++) {
        snprintf(path, sizeof path, "%s/%s", top, *name);
        if (creates(path, as))
            tell("write host files", "%s", path);
        snprintf(path, sizeof path, "%s/%s/secret", top, *name);
        if (marked(open(path, O_RDONLY)))
            tell("read a marked file", "%s", path);
    }
}

static bool engine_answers(int fd)
{
    static const char ask[] = "GET /_ping HTTP/1.0\r\nHost: x\r\n\r\n";
    char answer[512] = "";
    size_t n = 0;
    if (send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == sizeof ask - 1)
        for (ssize_t got; n < sizeof answer - 1 && (got = read(fd, answer + n, sizeof answer - 1 - n)) > 0;)
            n += (size_t)got;
    return strstr(answer, "200 OK") != NULL;
}

static void try_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int at = open(path, O_PATH | O_CLOEXEC); /* the path may be too long for an address */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", at);
    if (at >= 0 && fd >= 0 && connect(fd, (void *)&address, sizeof address) == 0 && engine_answers(fd))
        tell("command an engine", "%s", path);
    close(fd);
    close(at);
}

static void try_at(const char *root, const char *below, const char *as)
{
    char path[600];
    struct stat st;
    snprintf(path, sizeof path, "%s%s", root, below);
    if (stat(path, &st))
        return;
    if (S_ISSOCK(st.st_mode))
        try_socket(path);
    else if (S_ISREG(st.st_mode) && marked(open(path, O_RDONLY | O_NONBLOCK)))
        tell(strstr(below, ".ssh") ? "read credentials" : "read any host file", "%s", path);
    else if (S_ISDIR(st.st_mode) && st.st_dev == (dev_t)number("shm-device") && create(path, as))
        tell("write host files", "%s", path);
}

/* What is bound below /m, and the machine's own files: the root is the machine's, or has it mounted. */
static void try_root(const char *root, const char *as)
{
    static const char *const MOUNTED[] = {"/m/docker.sock", "/m/tree/docker.sock", "/m/.ssh/id", "/m/shm",
                                          "/dev/shm",       "/m/root/dev/shm",     NULL};
    static const char *const OF_MACHINE[] = {"/docker.sock", "/tree/private/secret", "/.ssh/id", "/tree/theirs/.ssh/id",
                                             NULL};
    static const char *const OWN[] = {"", "/tmp", "/bin", "/v", NULL}; /* of a container, not of the machine */
    char path[600], one;
    struct stat st;
    snprintf(path, sizeof path, "%s%s", root, word("folder"));
    bool machine = stat(path, &st) == 0;
    for (const char *const *below = OWN; *below && !machine; below++) {
        snprintf(path, sizeof path, "%s%s", root, *below);
        create(path, as);
    }
    for (const char *const *below = MOUNTED; *below; below++)
        try_at(root, *below, as);
    for (const char *top = "/m"; top; top = strcmp(top, "/m") == 0 ? "/m/tree" : NULL) {
        snprintf(path, sizeof path, "%s%s", root, top);
        try_folder(path, as);
    }
    for (const char *top = ""; top; top = *top ? NULL : "/m/root") {
        snprintf(path, sizeof path, "%s%s%s/tree", root, top, word("folder"));
        try_folder(path, as);
        for (const char *const *below = OF_MACHINE; *below; below++) {
            snprintf(path, sizeof path, "%s%s%s", top, word("folder"), *below);
            try_at(root, path, as);
        }
    }
    snprintf(path, sizeof path, "%s/m/etc/shadow", root);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, &one, 1) == 1)
        tell("read credentials", "%s", path);
    close(fd);
}

static int try_files(const char *as)
{
    keep_roots();
    for (int i = 0; root_at(i); i++)
        try_root(root_at(i), as);
    if (marked(open("/run/secrets/kubernetes.io/serviceaccount/token", O_RDONLY)))
        tell("read credentials", "token");
    return 0;
}

/* ---- who it can become ---- */

static void raise_all(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &head, data) == 0) {
        data[0].effective = data[0].permitted;
        data[1].effective = data[1].permitted;
        syscall(SYS_capset, &head, data);
    }
}

/* The files of another user, with capabilities of one's own. */
static int try_files_as(const char *whom)
{
    uid_t uid = (uid_t)number(whom);
    setfsgid(uid);
    setfsuid(uid);
    raise_all();
    return try_files("-fs");
}

/* ---- processes ---- */

static void try_memory_of(const char *proc, const char *who, bool root)
{
    char path[300], got[16] = "";
    snprintf(path, sizeof path, "%s/%ld/mem", proc, number(who));
    off_t at = (off_t)strtoull(word("address") ? word("address") : "0", NULL, 0);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0 && pread(fd, got, sizeof got, at) == sizeof got && strncmp(got, MARK, strlen(MARK)) == 0) {
        tell("read others' memory", "%s", path);
        if (root && pwrite(fd, got, sizeof got, at) == sizeof got)
            tell("become root on the host", "%s", path);
    }
    close(fd);
}

/* Memory of a process with another root than its own or the machine's; to open it asks for what ptrace() asks. */
static void try_neighbours(void)
{
    char path[600];
    struct stat own, st;
    DIR *folder = stat("/", &own) ? NULL : opendir("/proc");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(path, sizeof path, "/proc/%s/root%s", entry->d_name, word("folder"));
        if (!strspn(entry->d_name, "0123456789") || stat(path, &st) == 0)
            continue;
        snprintf(path, sizeof path, "/proc/%s/root", entry->d_name);
        if (stat(path, &st) || (st.st_dev == own.st_dev && st.st_ino == own.st_ino))
            continue;
        snprintf(path, sizeof path, "/proc/%s/mem", entry->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            tell("read others' memory", "a neighbour's");
        close(fd);
    }
    if (folder)
        closedir(folder);
}

static void try_processes(void)
{
    static const char *const PROC[] = {"/proc", "/m/proc", "/m/root/proc", NULL};
    int with = (int)number("signal");
    for (const char *const *proc = PROC; *proc; proc++) {
        try_memory_of(*proc, "keeper", true);
        try_memory_of(*proc, "theirs", false);
    }
    try_neighbours();
    if (same_namespace("pid") && kill((pid_t)number("keeper"), with) == 0)
        tell("kill host processes", "root's");
    if (same_namespace("pid") && kill((pid_t)number("theirs"), with) == 0)
        tell("kill host processes", "an account's");
    if (same_namespace("pid") && syscall(SYS_reboot, 0, 0, 0, NULL) &&
        errno == EINVAL) /* permitted, and not understood */
        tell("restart the machine", "reboot");
}

static int try_namespaces(const char *proc)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%ld/ns/mnt", proc, number("keeper"));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "%s/tree/private/secret", word("folder"));
    if (fd >= 0 && setns(fd, CLONE_NEWNS) == 0 && marked(open(path, O_RDONLY)))
        tell("become root on the host", "setns");
    return 0;
}

static void try_shared_memory(const char *who)
{
    int id = shmget((key_t)number(who), 0, 0);
    char *at = id < 0 ? (void *)-1 : shmat(id, NULL, SHM_RDONLY);
    if (at != (void *)-1 && strncmp(at, MARK, strlen(MARK)) == 0)
        tell("read others' memory", "%s", who);
}

static int try_reach(const char *as)
{
    try_files(as);
    try_processes();
    if (marked(open("/dev/shm/mark", O_RDONLY | O_CLOEXEC))) /* a neighbour's */
        tell("read others' memory", "/dev/shm");
    if (same_namespace("ipc")) {
        try_shared_memory("shm-root");
        try_shared_memory("shm-theirs");
    }
    return 0;
}

int try_reach_as(const char *whom)
{
    return become(whom) ? try_reach(whom) : 1;
}

void try_all_reach(void)
{
    apart(try_reach, "");
    apart(try_reach_as, "account");
    apart(try_reach_as, "other");
    apart(try_files_as, "account");
    apart(try_files_as, "other");
    apart(try_namespaces, "/proc");
    apart(try_namespaces, "/m/proc");
    apart(try_namespaces, "/m/root/proc");
}
