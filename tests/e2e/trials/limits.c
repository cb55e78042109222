/* Limits, and the tree of control groups that they are set in. */
#define _GNU_SOURCE
#include "trials.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MORE = 192 << 20, FORKS = 100 }; /* bytes and processes beyond the limits that the test sets */

static int grow(const char *with)
{
    (void)with;
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); /* the kernel shall end this one */
    if (fd < 0 || write(fd, "1000", 4) != 4)
        return 2;
    char *at = mmap(NULL, MORE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return at == MAP_FAILED || madvise(at, MORE, MADV_POPULATE_WRITE);
}

static int multiply(const char *with)
{
    pid_t made[FORKS];
    int n = 0;
    (void)with;
    for (; n < FORKS && (made[n] = fork()) >= 0; n++)
        if (made[n] == 0)
            for (;;)
                pause();
    for (int i = 0; i < n; i++)
        kill(made[i], SIGKILL);
    while (wait(NULL) > 0)
        ;
    return n != FORKS;
}

static void exhaust(const char *way)
{
    /* Once is enough. */
    if (!was_told("exhaust memory") && apart(grow, NULL) == 0)
        tell("exhaust memory", "%s", way);
    if (!was_told("exhaust processes") && apart(multiply, NULL) == 0)
        tell("exhaust processes", "%s", way);
}

static bool write_text(const char *folder, const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool wrote = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return wrote;
}

static int leave_group(const char *tree)
{
    if (!write_text(tree, "cgroup.procs", "0"))
        return 1;
    exhaust(tree);
    return was_told("read any host file") ? 0 : try_devices(NULL);
}

/* The groups of the machine, and a group of the test's that its processes are ended by. */
static void try_groups_at(const char *top)
{
    static const char *const TREES[] = {"memory", "pids", "devices", "unified", ".", NULL};
    char path[600];
    struct stat st;
    for (const char *const *tree = TREES; *tree; tree++) {
        snprintf(path, sizeof path, "%s/%s", top, *tree);
        if (stat(path, &st) == 0)
            apart(leave_group, path);
        snprintf(path, sizeof path, "%s/%s/%s", top, *tree, word("group") ? word("group") : "none");
        if (word("group") &&
            (write_text(path, "cgroup.kill", "1") || write_text(path, "memory.limit_in_bytes", "4096")))
            tell("kill host processes", "%s", path);
    }
}

static int mount_groups(const char *kind)
{
    char path[] = "/tmp";
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
        return 1;
    if (mount("none", path, strcmp(kind, "2") == 0 ? "cgroup2" : "cgroup", 0, strcmp(kind, "2") == 0 ? NULL : kind))
        return 1;
    /* What it is already: nothing. */
    int fd = open("/tmp/release_agent", O_RDWR | O_CLOEXEC);
    char agent[256] = "";
    ssize_t n = fd < 0 ? -1 : read(fd, agent, sizeof agent - 1);
    if (n >= 0 && strcmp(agent, "\n") == 0 && pwrite(fd, "\n", 1, 0) == 1)
        tell("become root on the host", "release_agent");
    return leave_group(path);
}

void try_all_limits(void)
{
    char path[600];
    exhaust("limits");
    static const char *const GROUPS[] = {"/sys/fs/cgroup", "/m/cg", "/m/root/sys/fs/cgroup", "/m/sys/fs/cgroup", NULL};
    for (int i = 0; root_at(i); i++)
        for (const char *const *place = GROUPS; *place; place++) {
            snprintf(path, sizeof path, "%s%s", root_at(i), *place);
            try_groups_at(path);
        }
    for (const char *kinds[] = {"memory", "pids", "devices", "2"}, **kind = kinds; kind < kinds + 4; kind++)
        apart(mount_groups, *kind);
}
