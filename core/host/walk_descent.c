#include "host/walk_descent.h"

#include "host/private.h"
#include "host/walk_look.h"
#include "host/walk_reopen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BUFFER_SIZE   65536
#define OPEN_MAX_HERE 64U /* descriptors of one thread */
#define OPEN_FLAGS    (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
/* Directories in each other. What one costs grows with its depth (walk_reopen.c), and anybody can make them without
 * end. Twice as many as the longest path can name. */
#define LEVELS_MAX   ((guint)PATH_MAX)
#define PLACE_LEVELS 8U /* names of a path that say where such a tree lies */

/* A directory on the way down. */
struct walk_descent_frame {
    int fd;                  /* -1: closed, and to be opened again */
    struct walk_left closed; /* of a closed one */
    gsize length;            /* of its path */
    char *names;             /* of subdirectories to enter, each with its NUL; an empty one ends them */
    gsize at;
    struct walk_scope scope;
};

struct walk_descent {
    struct walk_part *part;
    struct walk_others others;
    GArray *frames; /* struct walk_descent_frame; the first one stays open */
    guint shut;     /* how many after the first are closed: always those next to it */
    guint spent;    /* how many from the first on have no name left */
    guint levels;   /* names in the path of the first */
    GString *path;
    uint64_t mount;
    char buffer[BUFFER_SIZE] __attribute__((aligned(16)));
};

/* As the kernel fills it (getdents64(2)). */
struct kernel_dirent {
    uint64_t ino;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

struct walk_descent *walk_descent_new(struct walk_part *part, const struct walk_others *others)
{
    struct walk_descent *descent = g_new0(struct walk_descent, 1);
    descent->part = part;
    descent->others = *others;
    descent->frames = g_array_new(FALSE, FALSE, sizeof(struct walk_descent_frame));
    descent->path = g_string_new(NULL);
    return descent;
}

void walk_descent_free(gpointer data)
{
    struct walk_descent *descent = data;
    g_array_unref(descent->frames);
    g_string_free(descent->path, TRUE);
    g_free(descent);
}

static struct walk_descent_frame *top(const struct walk_descent *descent)
{
    return &g_array_index(descent->frames, struct walk_descent_frame, descent->frames->len - 1);
}

static void failed(struct walk_descent *descent, unsigned kinds, const char *name, int err)
{
    walk_look_failed(descent->part, kinds, descent->path->str, name, err);
}

static bool is_border(const struct walk_note *note, const char *name)
{
    return note && note->borders && g_hash_table_contains(note->borders, name);
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Is what lies in the directory whose path is descent->path, below all frames, still looked into? */
static bool is_too_deep(const struct walk_descent *descent)
{
    return descent->levels + descent->frames->len >= LEVELS_MAX;
}

/* Whoever made the tree can make many ends of it: they are one gap, at its beginning. */
static void note_depth(struct walk_descent *descent, unsigned kinds)
{
    const char *end = descent->path->str;
    for (guint i = 0; i <= PLACE_LEVELS && *end; i++)
        end = strchrnul(end + (i > 0), '/');
    g_autofree char *place = g_strndup(descent->path->str, (gsize)(end - descent->path->str));
    walk_note_depth(descent->part, kinds, place, LEVELS_MAX);
}

/* A file that is no link. Names of subdirectories to enter are appended to `children`, each with its NUL. */
static void see_file(struct walk_descent *descent, const struct walk_descent_frame *frame, const char *name,
                     const struct statx *stx, GString *children)
{
    bool directory = S_ISDIR(stx->stx_mode);
    if (directory && walk_mount_of(stx) != descent->mount) {
        g_autofree char *path = g_strconcat(descent->path->str, "/", name, NULL);
        walk_note_gap(descent->part, WALK_GAP_LEFT, frame->scope.kinds, path, "a mount that the mount table lacks");
        return;
    }
    walk_look(descent->part, &frame->scope, frame->fd, descent->path->str, name, stx);
    if (directory && is_too_deep(descent))
        note_depth(descent, frame->scope.kinds);
    else if (directory)
        g_string_append_len(children, name, (gssize)strlen(name) + 1);
}

static void see_name(struct walk_descent *descent, const struct walk_descent_frame *frame, const struct walk_note *note,
                     const struct kernel_dirent *entry, GString *children)
{
    struct statx stx;
    /* A border is planned as a start, or left out. */
    if (entry->type == DT_LNK || is_dots(entry->name) || is_border(note, entry->name))
        return;
    if (statx(frame->fd, entry->name, WALK_STATX_FLAGS, WALK_STATX, &stx) == 0) {
        if (!S_ISLNK(stx.stx_mode))
            see_file(descent, frame, entry->name, &stx, children);
    } else if (errno != ENOENT) {
        failed(descent, frame->scope.kinds, entry->name, errno);
    }
}

static void read_names(struct walk_descent *descent, const struct walk_descent_frame *frame,
                       const struct walk_note *note, GString *children)
{
    for (;;) {
        long n = syscall(SYS_getdents64, frame->fd, descent->buffer, sizeof descent->buffer);
        if (n < 0 && errno != ENOENT) /* removed since it was opened */
            failed(descent, frame->scope.kinds, "", errno);
        if (n <= 0)
            return;
        for (long at = 0; at < n;) {
            const struct kernel_dirent *entry = (const void *)(descent->buffer + at);
            see_name(descent, frame, note, entry, children);
            at += entry->length;
        }
    }
}

/* Closes the directory next to the first that is still open, when too many are. */
static void shut_one(struct walk_descent *descent)
{
    guint index = descent->shut + 1;
    if (descent->frames->len - descent->shut <= OPEN_MAX_HERE)
        return;
    struct walk_descent_frame *frame = &g_array_index(descent->frames, struct walk_descent_frame, index);
    struct stat st;
    if (fstat(frame->fd, &st) < 0)
        return;
    frame->closed = (struct walk_left){.dev = st.st_dev, .ino = st.st_ino};
    close(frame->fd);
    frame->fd = -1;
    descent->shut++;
}

/* Goes into the directory whose path is descent->path; takes the descriptor. */
static void go_down(struct walk_descent *descent, int fd, const struct walk_scope *above)
{
    struct walk_descent_frame frame = {.fd = fd, .length = descent->path->len};
    const struct walk_note *note = NULL;
    if (frame.length < PATH_MAX)
        note = walk_plan_note(descent->part->plan, descent->path->str);
    if (!walk_plan_enter(descent->part->plan, descent->path->str, frame.length, note, above, &frame.scope)) {
        close(fd);
        return;
    }
    g_autoptr(GString) children = g_string_new(NULL);
    read_names(descent, &frame, note, children);
    if (!children->len && descent->frames->len) {
        close(fd);
        return;
    }
    frame.names = g_string_free(g_steal_pointer(&children), FALSE);
    g_array_append_val(descent->frames, frame);
    shut_one(descent);
}

static void pop(struct walk_descent *descent)
{
    g_free(top(descent)->names);
    g_array_set_size(descent->frames, descent->frames->len - 1);
    descent->spent = MIN(descent->spent, descent->frames->len);
}

static int open_by_names(const struct walk_descent *descent, const struct walk_descent_frame *frame)
{
    const struct walk_descent_frame *first = &g_array_index(descent->frames, struct walk_descent_frame, 0);
    g_autofree char *rest = g_strndup(descent->path->str + first->length, frame->length - first->length);
    return walk_reopen_by_names(first->fd, rest, &frame->closed);
}

/* A directory was removed or moved away while we were below it: those above it are looked up by their names. One that
 * is there no more has nothing left to be searched, as one that vanishes before it is opened. */
static void find_again(struct walk_descent *descent)
{
    for (; descent->shut; descent->shut--) {
        struct walk_descent_frame *frame = top(descent);
        g_string_truncate(descent->path, frame->length);
        frame->fd = open_by_names(descent, frame);
        if (frame->fd >= 0) {
            descent->shut--;
            return;
        }
        if (frame->fd != -ENOENT && frame->fd != -ENOTDIR && frame->names[frame->at])
            failed(descent, frame->scope.kinds, "", -frame->fd);
        pop(descent);
    }
}

static void go_up(struct walk_descent *descent)
{
    pl_autofd int fd = top(descent)->fd;
    pop(descent);
    if (!descent->frames->len || top(descent)->fd >= 0)
        return;
    int above = walk_reopen_above(fd, &top(descent)->closed);
    if (above < 0) {
        find_again(descent);
        return;
    }
    top(descent)->fd = above;
    descent->shut--;
}

/* Takes the next name; "" when none is left. */
static const char *next_name(struct walk_descent_frame *frame)
{
    const char *name = frame->names + frame->at;
    frame->at += *name ? strlen(name) + 1 : 0;
    return name;
}

static int open_child(const struct walk_descent *descent, const struct walk_descent_frame *frame, const char *name,
                      const char *path)
{
    int fd = openat(frame->fd, name, OPEN_FLAGS);
    if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
        walk_look_failed(descent->part, frame->scope.kinds, path, "", errno);
    return fd;
}

static void enter(struct walk_descent *descent, const char *name)
{
    const struct walk_scope scope = top(descent)->scope;
    g_string_append_c(descent->path, '/');
    g_string_append(descent->path, name);
    int fd = open_child(descent, top(descent), name, descent->path->str);
    if (fd >= 0)
        go_down(descent, fd, &scope);
}

/* The open directory nearest to the first that has a name left; NULL: none, or it is the only name there is. */
static struct walk_descent_frame *nearest(struct walk_descent *descent)
{
    for (guint i = descent->spent; i < descent->frames->len; i++) {
        struct walk_descent_frame *frame = &g_array_index(descent->frames, struct walk_descent_frame, i);
        const char *name = frame->names + frame->at;
        if (*name && frame->fd >= 0)
            return frame != top(descent) || name[strlen(name) + 1] ? frame : NULL;
        if (frame->fd < 0)
            i = descent->shut;
        else if (i == descent->spent)
            descent->spent++;
    }
    return NULL;
}

static void share(struct walk_descent *descent)
{
    struct walk_descent_frame *frame = nearest(descent);
    /* Paths without end would be copied for each. */
    if (!frame || frame->length + strlen(frame->names + frame->at) + 1 >= PATH_MAX)
        return;
    const char *name = next_name(frame);
    g_autofree char *path = g_strdup_printf("%.*s/%s", (int)frame->length, descent->path->str, name);
    struct walk_directory directory = {.path = path, .mount = descent->mount, .scope = &frame->scope};
    directory.fd = open_child(descent, frame, name, path);
    if (directory.fd >= 0)
        descent->others.take(&directory, descent->others.data);
}

static guint levels_of(const char *path)
{
    guint n = 0;
    for (; *path; path++)
        n += *path == '/';
    return n;
}

void walk_descent_run(struct walk_descent *descent, const struct walk_directory *directory)
{
    g_string_assign(descent->path, directory->path);
    descent->levels = levels_of(directory->path);
    descent->mount = directory->mount;
    descent->shut = 0;
    descent->spent = 0;
    go_down(descent, directory->fd, directory->scope);
    while (descent->frames->len) {
        if (descent->others.wanted(descent->others.data))
            share(descent);
        g_string_truncate(descent->path, top(descent)->length);
        const char *name = next_name(top(descent));
        if (*name)
            enter(descent, name);
        else
            go_up(descent);
    }
}

static void note_start(struct walk_descent *descent, const struct walk_scope *scope, const char *path,
                       const GError *error)
{
    bool denied = g_error_matches(error, PL_ERROR, PL_ERROR_DENIED);
    /* It was there when the mount table was read, or is the root. */
    if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) || g_str_equal(path, "/"))
        walk_note_gap(descent->part, denied ? WALK_GAP_DENIED : WALK_GAP_FAILED, scope->kinds, path, error->message);
}

/* A file that something is mounted on, seen from its directory. */
static void start_at_file(struct walk_descent *descent, const char *path, const struct walk_scope *scope)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    pl_autofd int dir = host_open(descent->part->host, directory, HOST_DIRECTORY | HOST_NOFOLLOW, &error);
    struct statx stx;
    g_string_assign(descent->path, g_str_equal(directory, "/") ? "" : directory);
    if (dir < 0)
        note_start(descent, scope, path, error);
    else if (statx(dir, name, WALK_STATX_FLAGS, WALK_STATX, &stx) < 0)
        failed(descent, scope->kinds, name, errno);
    else
        walk_look(descent->part, scope, dir, descent->path->str, name, &stx);
}

void walk_descent_start(struct walk_descent *descent, const char *path, const struct walk_scope *scope)
{
    g_autoptr(GError) error = NULL;
    int fd = host_open(descent->part->host, path, HOST_DIRECTORY | HOST_NOFOLLOW, &error);
    struct statx stx;
    if (g_error_matches(error, PL_ERROR, PL_ERROR_KIND) && !g_str_equal(path, "/")) {
        start_at_file(descent, path, scope);
        return;
    }
    g_string_assign(descent->path, g_str_equal(path, "/") ? "" : path);
    if (fd < 0) {
        note_start(descent, scope, path, error);
        return;
    }
    if (statx(fd, "", AT_EMPTY_PATH, WALK_STATX, &stx) < 0) {
        failed(descent, scope->kinds, "", errno);
        close(fd);
        return;
    }
    walk_look(descent->part, scope, fd, descent->path->str, "", &stx);
    g_autofree char *start = g_strdup(descent->path->str);
    walk_descent_run(descent,
                     &(struct walk_directory){.fd = fd, .path = start, .mount = walk_mount_of(&stx), .scope = scope});
}
