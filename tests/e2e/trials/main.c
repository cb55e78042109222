/* What code in a container can do, tried. It runs inside, with words KEY=VALUE that name what the test left on the
 * machine to be found: files, processes, sockets, a disk that is a file. Nothing else is touched; where a right can be
 * shown by a call that changes nothing, that call is made. What worked is printed as JSON: [["ability", "way"], ...].
 * Each try has a process of its own, so that what it joins or turns into ends with it. "trials keep" is a process to be
 * looked into: it prints where in its memory the mark is, leaves it in a segment of shared memory as well, and
 * says it to whoever connects. */
#define _GNU_SOURCE
#include "trials.h"

#include <arpa/inet.h>
#include <grp.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOLD_MAX = 1 << 16 };

static char *told; /* shared by all processes */
static char **words;
static char mark[32] = MARK;

const char *word(const char *key)
{
    size_t n = strlen(key);
    for (char **p = words; *p; p++)
        if (strncmp(*p, key, n) == 0 && (*p)[n] == '=')
            return *p + n + 1;
    return NULL;
}

long number(const char *key)
{
    const char *text = word(key);
    return text ? strtol(text, NULL, 0) : 0;
}

void tell(const char *ability, const char *format, ...)
{
    char way[512], line[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(way, sizeof way, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "[\"%s\", \"%s\"]", ability, way);
    if (!strstr(told, line) && strlen(told) + strlen(line) + 4 < TOLD_MAX)
        sprintf(told + strlen(told), "%s%s", *told ? ", " : "", line);
}

bool was_told(const char *ability)
{
    char part[64];
    snprintf(part, sizeof part, "[\"%s\"", ability);
    return strstr(told, part) != NULL;
}

int apart(int (*try)(const char *), const char *with)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        _exit(try(with));
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool marked(int fd)
{
    char seen[64];
    ssize_t n = fd < 0 ? -1 : read(fd, seen, sizeof seen);
    close(fd);
    return n > 0 && memmem(seen, (size_t)n, MARK, strlen(MARK));
}

bool same_namespace(const char *kind)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    return stat(path, &st) == 0 && (long)st.st_ino == number(kind);
}

static uid_t started_by; /* and its group */
static gid_t started_in;

bool become(const char *whom)
{
    bool user = strcmp(whom, "user") == 0;
    uid_t uid = user ? started_by : (uid_t)number(whom);
    gid_t gid = user ? started_in : (gid_t)number(whom);
    if (setgroups(0, NULL))
        (void)0; /* which only matters where it gives more */
    if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
        return false;
    prctl(PR_SET_DUMPABLE, 1);
    return true;
}

/* Where it answers, and prints that it can be looked into. */
static void listen_near(int fd[2])
{
    struct sockaddr_in near = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t n = sizeof near;
    strncpy(name.sun_path + 1, word("abstract"), sizeof name.sun_path - 2);
    fd[0] = socket(AF_INET, SOCK_STREAM, 0);
    fd[1] = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(fd[0], (void *)&near, n) || listen(fd[0], 8) || getsockname(fd[0], (void *)&near, &n) ||
        bind(fd[1], (void *)&name,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name.sun_path + 1))) ||
        listen(fd[1], 8))
        exit(5);
    printf("%p %d\n", (void *)mark, ntohs(near.sin_port));
    fflush(stdout);
}

static _Noreturn void keep(void)
{
    int id = shmget((key_t)number("shm"), 4096, IPC_CREAT | IPC_EXCL | 0600), fd[2];
    char *at = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (at != (void *)-1)
        strcpy(at, mark);
    prctl(PR_SET_DUMPABLE, 1);
    if (!word("abstract")) {
        printf("%p 0\n", (void *)mark);
        fflush(stdout);
        for (;;)
            pause();
    }
    listen_near(fd);
    for (;;) {
        struct pollfd waiting[2] = {{fd[0], POLLIN, 0}, {fd[1], POLLIN, 0}};
        poll(waiting, 2, -1);
        for (int i = 0; i < 2; i++) {
            int caller = waiting[i].revents ? accept(fd[i], NULL, NULL) : -1;
            if (caller >= 0 && send(caller, mark, sizeof mark, MSG_NOSIGNAL) < 0)
                (void)0;
            close(caller);
        }
    }
}

/* What it may look into as other users, before it becomes root for good. */
static void keep_roots_as(uid_t uid, gid_t gid)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (setresgid((gid_t)-1, gid, (gid_t)-1) == 0 && setresuid((uid_t)-1, uid, (uid_t)-1) == 0)
        keep_roots();
    if (setresuid((uid_t)-1, user, (uid_t)-1) || setresgid((gid_t)-1, group, (gid_t)-1))
        exit(4);
}

int main(int count, char **arguments)
{
    words = arguments + 1;
    if (count > 1 && strcmp(arguments[1], "keep") == 0)
        keep();
    told = mmap(NULL, TOLD_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (told == MAP_FAILED || !word("name") || !word("folder"))
        return 2;
    started_by = getuid();
    started_in = getgid();
    keep_roots_as(started_by, started_in);
    keep_roots_as((uid_t)number("account"), (gid_t)number("account"));
    keep_roots_as((uid_t)number("other"), (gid_t)number("other"));
    keep_roots();
    if (geteuid() != started_by)
        apart(try_reach_as, "user");
    if (geteuid() != started_by &&
        (setresgid(getegid(), getegid(), getegid()) || setresuid(0, 0, 0))) /* it is setuid */
        return 3;
    prctl(PR_SET_DUMPABLE, 1);
    try_all_reach();
    try_all_limits();
    try_all_of_kernel();
    printf("[%s]\n", told);
    return 0;
}
