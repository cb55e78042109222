/* Path resolution below a root descriptor, component by component: what openat2(RESOLVE_IN_ROOT) does in newer
 * kernels. Every step opens one name with O_NOFOLLOW below a directory that is held open, so that no rename between
 * two steps can lead out; links are read and put in front of what is left of the path. */
#include "host/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define LINKS_MAX 40
#define DEPTH_MAX 256
#define REST_MAX  ((size_t)16 * PATH_MAX)

struct walk_state {
    int dirs[DEPTH_MAX];      /* dirs[0] is the root, borrowed; the others are ours */
    guint lengths[DEPTH_MAX]; /* of `path` before that directory's name */
    guint depth;              /* index of the current one */
    GString *path;            /* names walked */
    char *rest;               /* still to go */
    unsigned links;
};

static void ascend(struct walk_state *state)
{
    if (state->depth == 0)
        return;
    close(state->dirs[state->depth]);
    g_string_truncate(state->path, state->lengths[state->depth]);
    state->depth--;
}

static void to_root(struct walk_state *state)
{
    while (state->depth)
        ascend(state);
}

/* Cuts the next name off state->rest; NULL at the end. */
static char *next_name(struct walk_state *state)
{
    const char *start = state->rest + strspn(state->rest, "/");
    size_t length = strcspn(start, "/");
    if (!length)
        return NULL;
    char *name = g_strndup(start, length);
    char *rest = g_strdup(start + length);
    g_free(state->rest);
    state->rest = rest;
    return name;
}

static bool is_last(const struct walk_state *state)
{
    return state->rest[strspn(state->rest, "/")] == '\0';
}

static int descend(struct walk_state *state, int fd, const char *name)
{
    if (state->depth + 1 >= DEPTH_MAX) {
        close(fd);
        return -ENAMETOOLONG;
    }
    state->depth++;
    state->dirs[state->depth] = fd;
    state->lengths[state->depth] = (guint)state->path->len;
    g_string_append_c(state->path, '/');
    g_string_append(state->path, name);
    return 0;
}

static int read_link(int fd, char **out)
{
    char target[PATH_MAX + 1];
    ssize_t n = readlinkat(fd, "", target, sizeof target - 1);
    if (n < 0)
        return -errno;
    *out = g_strndup(target, (gsize)n);
    return 0;
}

static int follow_link(struct walk_state *state, int fd)
{
    g_autofree char *target = NULL;
    if (++state->links > LINKS_MAX)
        return -ELOOP;
    int err = read_link(fd, &target);
    if (err)
        return err;
    if (!target || *target == '\0')
        return -ENOENT;
    if (*target == '/')
        to_root(state);
    char *rest = g_strconcat(target, "/", state->rest, NULL);
    g_free(state->rest);
    state->rest = rest;
    return strlen(rest) > REST_MAX ? -ENAMETOOLONG : 0;
}

/* One component. */
static int step(struct walk_state *state, const char *name, bool follow)
{
    if (g_str_equal(name, "."))
        return 0;
    if (g_str_equal(name, "..")) {
        ascend(state);
        return 0;
    }
    pl_autofd int fd = openat(state->dirs[state->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (S_ISLNK(st.st_mode) && (follow || !is_last(state)))
        return follow_link(state, fd);
    if (!S_ISDIR(st.st_mode) && !is_last(state))
        return -ENOTDIR;
    return descend(state, pl_steal_fd(&fd), name);
}

int fs_walk_open(int root, const char *path, bool follow, GString *resolved)
{
    struct walk_state state = {.dirs = {root}, .path = g_string_new(NULL), .rest = g_strdup(path)};
    int err = 0;
    for (char *name = next_name(&state); name && !err; name = err ? NULL : next_name(&state)) {
        err = step(&state, name, follow);
        g_free(name);
    }
    int fd = -1;
    if (!err) {
        fd = state.depth ? fcntl(state.dirs[state.depth], F_DUPFD_CLOEXEC, 3) : openat(root, ".", O_PATH | O_CLOEXEC);
        err = fd < 0 ? -errno : 0;
    }
    if (!err && resolved)
        g_string_append(resolved, state.path->len ? state.path->str : "/");
    to_root(&state);
    g_string_free(state.path, TRUE);
    g_free(state.rest);
    return err ? err : fd;
}
