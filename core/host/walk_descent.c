#include "host/walk_descent.h"

#include "host/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BUFFER_SIZE    65536
#define OPEN_MAX_HERE  64U /* descriptors of one thread */
#define CAPS_ATTRIBUTE "security.capability"
#define OPEN_FLAGS     (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

#define WANTED (STATX_BASIC_STATS | STATX_MNT_ID)

/* A directory on the way down. */
struct frame {
    int fd;    /* -1: closed, and to be opened again by ".." */
    dev_t dev; /* of a closed one: what it must prove to be */
    ino_t ino;
    gsize length; /* of its path */
    char *names;  /* of subdirectories to enter, each with its NUL; an empty one ends them */
    gsize at;
    struct walk_scope scope;
};

struct walk_descent {
    struct walk_part *part;
    bool (*offer)(const struct walk_directory *directory, gpointer data);
    gpointer data;
    GArray *frames; /* struct frame; the first one stays open */
    guint shut;     /* how many after the first are closed: always those next to it */
    GString *path;
    uint64_t mount;
    bool no_getxattrat;
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

struct walk_descent *walk_descent_new(struct walk_part *part,
                                      bool (*offer)(const struct walk_directory *directory, gpointer data),
                                      gpointer data)
{
    struct walk_descent *descent = g_new0(struct walk_descent, 1);
    descent->part = part;
    descent->offer = offer;
    descent->data = data;
    descent->frames = g_array_new(FALSE, FALSE, sizeof(struct frame));
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

static struct frame *top(const struct walk_descent *descent)
{
    return &g_array_index(descent->frames, struct frame, descent->frames->len - 1);
}

/* --- one file --- */

/* The number of bytes, or a negative errno value. */
static int get_caps(struct walk_descent *descent, int dir, const char *name, void *value, size_t size)
{
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size};
    if (!descent->no_getxattrat) {
        long n = syscall(SYS_getxattrat, dir, name, AT_SYMLINK_NOFOLLOW, CAPS_ATTRIBUTE, &args, sizeof args);
        if (n >= 0 || (errno != ENOSYS && errno != EPERM))
            return n < 0 ? -errno : (int)n;
        descent->no_getxattrat = true; /* before Linux 6.13, or a filter that does not know it */
    }
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/%s", dir, name);
    ssize_t n = lgetxattr(path, CAPS_ATTRIBUTE, value, size);
    int err = n < 0 ? errno : 0;
    struct stat st;
    /* Not there by way of /proc, and there: then it is /proc that is not there. */
    if (err == ENOENT && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        err = ENOSYS;
    return n < 0 ? -err : (int)n;
}

static void note_error(struct walk_descent *descent, unsigned kinds, const char *name, int err)
{
    g_autofree char *path = *name ? g_strconcat(descent->path->str, "/", name, NULL) : g_strdup(descent->path->str);
    walk_note_error(descent->part, kinds, path, err);
}

/* Only the file system's own word that there is none means none. */
static unsigned see_caps(struct walk_descent *descent, int dir, const char *name, uint64_t *caps)
{
    char value[XATTR_CAPS_SZ_3];
    int n = get_caps(descent, dir, name, value, sizeof value);
    if (n < 0 && n != -ENODATA && n != -EOPNOTSUPP && n != -ENOENT)
        note_error(descent, WALK_CAPABILITY, name, -n);
    return n > 0 && walk_parse_caps(value, (gsize)n, caps) ? WALK_CAPABILITY : 0;
}

static void from_statx(const struct statx *stx, struct host_stat *out)
{
    *out = (struct host_stat){
        .mode = stx->stx_mode,
        .uid = stx->stx_uid,
        .gid = stx->stx_gid,
        .size = stx->stx_size,
        .nlink = stx->stx_nlink,
        .ino = stx->stx_ino,
        .dev = makedev(stx->stx_dev_major, stx->stx_dev_minor),
        .dev_major = stx->stx_rdev_major,
        .dev_minor = stx->stx_rdev_minor,
        .mtime = stx->stx_mtime.tv_sec,
        .ctime = stx->stx_ctime.tv_sec,
    };
}

/* The mount a file lies on; its device where the kernel tells no mount ids (before 5.8). */
static uint64_t mount_of(const struct statx *stx)
{
    if (stx->stx_mask & STATX_MNT_ID)
        return stx->stx_mnt_id;
    return (uint64_t)makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

/* A file in the directory `dir`, whose path is descent->path; `name` "" is the directory itself. */
static void see_file(struct walk_descent *descent, int dir, const struct walk_scope *scope, const char *name,
                     const struct statx *stx)
{
    struct host_stat st;
    uint64_t caps = 0;
    from_statx(stx, &st);
    unsigned kinds = walk_kinds(descent->part, scope, descent->path->str, &st);
    if (walk_wants_caps(scope, &st))
        kinds |= see_caps(descent, dir, name, &caps);
    if (kinds)
        walk_keep_add(descent->part->keep, descent->path->str, name, kinds, &st, caps);
}

static bool is_border(const struct walk_note *note, const char *name)
{
    return note && note->borders && g_hash_table_contains(note->borders, name);
}

/* One name in a directory. Names of subdirectories to enter are appended to `children`, each with its NUL. */
static void see_name(struct walk_descent *descent, const struct frame *frame, const struct walk_note *note,
                     const struct kernel_dirent *entry, GString *children)
{
    const char *name = entry->name;
    struct statx stx;
    if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
        return;
    if (entry->type == DT_LNK || is_border(note, name))
        return; /* a border: planned as a start, or left out */
    if (statx(frame->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, WANTED, &stx) < 0) {
        if (errno != ENOENT)
            note_error(descent, frame->scope.kinds, name, errno);
        return;
    }
    bool directory = S_ISDIR(stx.stx_mode);
    if (S_ISLNK(stx.stx_mode))
        return;
    if (directory && mount_of(&stx) != descent->mount) {
        g_autofree char *path = g_strconcat(descent->path->str, "/", name, NULL);
        walk_note_gap(descent->part, WALK_GAP_LEFT, frame->scope.kinds, path, "a mount that the mount table lacks");
        return;
    }
    see_file(descent, frame->fd, &frame->scope, name, &stx);
    if (directory)
        g_string_append_len(children, name, (gssize)strlen(name) + 1);
}

/* --- directories --- */

static void read_names(struct walk_descent *descent, const struct frame *frame, const struct walk_note *note,
                       GString *children)
{
    for (;;) {
        long n = syscall(SYS_getdents64, frame->fd, descent->buffer, sizeof descent->buffer);
        if (n < 0 && errno != ENOENT) /* removed since it was opened */
            note_error(descent, frame->scope.kinds, "", errno);
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
    struct frame *frame = &g_array_index(descent->frames, struct frame, index);
    struct stat st;
    if (fstat(frame->fd, &st) < 0)
        return;
    frame->dev = st.st_dev;
    frame->ino = st.st_ino;
    close(frame->fd);
    frame->fd = -1;
    descent->shut++;
}

/* Goes into the directory whose path is descent->path; takes the descriptor. */
static void go_down(struct walk_descent *descent, int fd, const struct walk_scope *above)
{
    struct frame frame = {.fd = fd, .length = descent->path->len};
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

/* Opens the directory above `fd` again, which must be the one that was left. */
static int open_above(int fd, const struct frame *frame)
{
    pl_autofd int above = openat(fd, "..", OPEN_FLAGS);
    struct stat st;
    if (above < 0 || fstat(above, &st) < 0)
        return -errno;
    bool same = st.st_dev == frame->dev && st.st_ino == frame->ino;
    return same ? pl_steal_fd(&above) : -ESTALE;
}

/* The same by its names, from the first directory, which stays open. */
static int open_by_names(const struct walk_descent *descent, const struct frame *frame)
{
    const struct frame *first = &g_array_index(descent->frames, struct frame, 0);
    g_autofree char *rest = g_strndup(descent->path->str + first->length, frame->length - first->length);
    pl_autofd int fd = openat(first->fd, ".", OPEN_FLAGS);
    struct stat st;
    for (char *name = rest; fd >= 0 && *name == '/';) {
        char *end = strchrnul(++name, '/');
        char saved = *end;
        *end = '\0';
        int next = openat(fd, name, OPEN_FLAGS);
        int err = errno;
        close(fd);
        errno = err;
        fd = next;
        *end = saved;
        name = end;
    }
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    bool same = st.st_dev == frame->dev && st.st_ino == frame->ino;
    return same ? pl_steal_fd(&fd) : -ENOENT;
}

/* A directory was removed or moved away while we were below it: those above it are looked up by their names. One that
 * is there no more has nothing left to be searched, as one that vanishes before it is opened. */
static void find_again(struct walk_descent *descent)
{
    for (; descent->shut; descent->shut--) {
        struct frame *frame = top(descent);
        g_string_truncate(descent->path, frame->length);
        frame->fd = open_by_names(descent, frame);
        if (frame->fd >= 0) {
            descent->shut--;
            return;
        }
        if (frame->fd != -ENOENT && frame->fd != -ENOTDIR && frame->names[frame->at])
            note_error(descent, frame->scope.kinds, "", -frame->fd);
        g_free(frame->names);
        g_array_set_size(descent->frames, descent->frames->len - 1);
    }
}

static void go_up(struct walk_descent *descent)
{
    pl_autofd int fd = top(descent)->fd;
    g_free(top(descent)->names);
    g_array_set_size(descent->frames, descent->frames->len - 1);
    if (!descent->frames->len || top(descent)->fd >= 0)
        return;
    int above = open_above(fd, top(descent));
    if (above < 0) {
        find_again(descent);
        return;
    }
    top(descent)->fd = above;
    descent->shut--;
}

static void enter(struct walk_descent *descent, const char *name)
{
    const struct walk_scope scope = top(descent)->scope;
    int dir = top(descent)->fd;
    g_string_append_c(descent->path, '/');
    g_string_append(descent->path, name);
    int fd = openat(dir, name, OPEN_FLAGS);
    if (fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            note_error(descent, scope.kinds, "", errno);
        return;
    }
    const struct walk_directory directory = {
        .fd = fd, .path = descent->path->str, .mount = descent->mount, .scope = &scope};
    /* Paths without end would be copied at every level. */
    if (descent->path->len < PATH_MAX && descent->offer(&directory, descent->data))
        return;
    go_down(descent, fd, &scope);
}

void walk_descent_run(struct walk_descent *descent, const struct walk_directory *directory)
{
    g_string_assign(descent->path, directory->path);
    descent->mount = directory->mount;
    descent->shut = 0;
    go_down(descent, directory->fd, directory->scope);
    while (descent->frames->len) {
        struct frame *frame = top(descent);
        g_string_truncate(descent->path, frame->length);
        const char *name = frame->names + frame->at;
        frame->at += strlen(name) + 1;
        if (*name)
            enter(descent, name);
        else
            go_up(descent);
    }
}

/* --- where the walk begins --- */

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
    else if (statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, WANTED, &stx) < 0)
        note_error(descent, scope->kinds, name, errno);
    else
        see_file(descent, dir, scope, name, &stx);
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
    if (statx(fd, "", AT_EMPTY_PATH, WANTED, &stx) < 0) {
        note_error(descent, scope->kinds, "", errno);
        close(fd);
        return;
    }
    see_file(descent, fd, scope, "", &stx);
    g_autofree char *start = g_strdup(descent->path->str);
    walk_descent_run(descent,
                     &(struct walk_directory){.fd = fd, .path = start, .mount = mount_of(&stx), .scope = scope});
}
