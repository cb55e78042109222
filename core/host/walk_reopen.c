#include "host/walk_reopen.h"

#include "model/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For one whose names were read. Landlock goes up to the root for each directory that is opened to be read, and for
 * none of these. */
#define PASS_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Takes the descriptor. `other`: what is returned for another directory. */
static int proven(int opened, const struct walk_left *left, int other)
{
    pl_autofd int fd = opened;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    bool same = st.st_dev == left->dev && st.st_ino == left->ino;
    return same ? pl_steal_fd(&fd) : other;
}

int walk_reopen_above(int fd, const struct walk_left *left)
{
    return proven(openat(fd, "..", PASS_FLAGS), left, -ESTALE);
}

int walk_reopen_by_names(int first, char *names, const struct walk_left *left)
{
    int fd = openat(first, ".", PASS_FLAGS);
    for (char *name = names; fd >= 0 && *name == '/';) {
        char *end = strchrnul(++name, '/');
        char saved = *end;
        *end = '\0';
        int next = openat(fd, name, PASS_FLAGS);
        int err = errno;
        close(fd);
        errno = err;
        fd = next;
        *end = saved;
        name = end;
    }
    return proven(fd, left, -ENOENT);
}
