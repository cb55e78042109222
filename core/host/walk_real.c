/* The walk of real file systems. Each thread goes down depth first below directory descriptors that it holds, so that
 * no rename can lead it elsewhere, and hands a subdirectory over when another thread has nothing to do. */
#include "host/walk_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define THREADS_MAX    4U
#define QUEUE_MAX      32U
#define BUFFER_SIZE    65536
#define CAPS_ATTRIBUTE "security.capability"

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

#define WANTED (STATX_BASIC_STATS | STATX_MNT_ID)

struct task {
    int fd;
    char *path; /* "" is the root */
    uint64_t mount;
    unsigned depth;
};

/* What all threads share. */
struct walker {
    GMutex lock;
    GCond changed;
    GQueue tasks; /* struct task */
    guint threads;
    gint idle, queued; /* atomic: read without the lock when a subdirectory is met */
    gint no_getxattrat;
};

struct walk_thread {
    struct walk_part part; /* first: what is handed out is the part */
    struct walker *walker;
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

static ssize_t get_caps(struct walker *walker, int dir, const char *name, void *value, size_t size)
{
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size};
    if (!g_atomic_int_get(&walker->no_getxattrat)) {
        long n = syscall(SYS_getxattrat, dir, name, AT_SYMLINK_NOFOLLOW, CAPS_ATTRIBUTE, &args, sizeof args);
        if (n >= 0 || (errno != ENOSYS && errno != EPERM))
            return n;
        g_atomic_int_set(&walker->no_getxattrat, 1); /* before Linux 6.13, or a filter that does not know it */
    }
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/%s", dir, name);
    return lgetxattr(path, CAPS_ATTRIBUTE, value, size);
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

/* Whether a directory is gone into; it is noted when it is left out. */
static bool may_enter(struct walk_thread *thread, const struct task *task, const char *path, const struct statx *stx)
{
    if (mount_of(stx) != task->mount || walk_plan_is_border(thread->part.plan, path))
        return false; /* a border: planned as a start, or left out */
    if (!walk_plan_omits(thread->part.plan, path))
        return true;
    g_ptr_array_add(thread->part.left_out, g_strdup(path));
    return false;
}

static void see_file(struct walk_thread *thread, const struct task *task, const char *name, const struct host_stat *st)
{
    unsigned kinds = walk_kinds(&thread->part, task->path, st);
    uint64_t caps = 0;
    if (S_ISREG(st->mode) && st->mode & 0111) {
        char value[XATTR_CAPS_SZ_3];
        ssize_t n = get_caps(thread->walker, task->fd, name, value, sizeof value);
        kinds |= n > 0 ? WALK_CAPABILITY : 0;
        caps = n > 0 ? walk_parse_caps(value, (gsize)n) : 0;
    }
    if (kinds)
        walk_keep(&thread->part, task->path, name, kinds, st, caps);
}

/* One name in a directory. Names of subdirectories to enter are appended to `children`, each with its NUL. */
static void see_name(struct walk_thread *thread, const struct task *task, const struct kernel_dirent *entry,
                     GString *children)
{
    const char *name = entry->name;
    struct statx stx;
    struct host_stat st;
    if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
        return;
    thread->part.files += entry->type != DT_DIR;
    if (entry->type == DT_LNK)
        return;
    if (statx(task->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, WANTED, &stx) < 0) {
        if (errno != ENOENT) {
            g_autofree char *path = g_strconcat(task->path, "/", name, NULL);
            walk_note_unreadable(&thread->part, path);
        }
        return;
    }
    from_statx(&stx, &st);
    if (S_ISLNK(st.mode))
        return;
    if (!S_ISDIR(st.mode)) {
        see_file(thread, task, name, &st);
        return;
    }
    thread->part.files -= entry->type != DT_DIR;
    g_autofree char *path = g_strconcat(task->path, "/", name, NULL);
    if (!may_enter(thread, task, path, &stx))
        return;
    unsigned kinds = walk_kinds(&thread->part, task->path, &st);
    if (kinds)
        walk_keep(&thread->part, task->path, name, kinds, &st, 0);
    g_string_append_len(children, name, (gssize)strlen(name) + 1);
}

/* Reads a directory to its end. */
static void read_directory(struct walk_thread *thread, const struct task *task, GString *children)
{
    thread->part.directories++;
    for (;;) {
        long n = syscall(SYS_getdents64, task->fd, thread->buffer, sizeof thread->buffer);
        if (n < 0)
            walk_note_unreadable(&thread->part, task->path);
        if (n <= 0)
            return;
        for (long at = 0; at < n;) {
            const struct kernel_dirent *entry = (const void *)(thread->buffer + at);
            see_name(thread, task, entry, children);
            at += entry->length;
        }
    }
}

static bool others_idle(struct walker *walker)
{
    return g_atomic_int_get(&walker->idle) > 0 && (guint)g_atomic_int_get(&walker->queued) < QUEUE_MAX;
}

static void push(struct walker *walker, struct task task)
{
    g_mutex_lock(&walker->lock);
    g_queue_push_tail(&walker->tasks, g_memdup2(&task, sizeof task));
    g_atomic_int_inc(&walker->queued);
    g_cond_signal(&walker->changed);
    g_mutex_unlock(&walker->lock);
}

static void walk_directory(struct walk_thread *thread, const struct task *task);

static void enter_child(struct walk_thread *thread, const struct task *task, const char *name)
{
    struct task child = {.path = g_strconcat(task->path, "/", name, NULL), .mount = task->mount};
    child.depth = task->depth + 1;
    child.fd = openat(task->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (child.fd >= 0 && others_idle(thread->walker)) {
        child.depth = task->depth + 1;
        push(thread->walker, child);
        return;
    }
    if (child.fd >= 0) {
        walk_directory(thread, &child);
        close(child.fd);
    } else if (errno != ENOENT) {
        walk_note_unreadable(&thread->part, child.path);
    }
    g_free(child.path);
}

static void walk_directory(struct walk_thread *thread, const struct task *task)
{
    g_autoptr(GString) children = g_string_new(NULL);
    if (task->depth > WALK_DEPTH_MAX) {
        walk_note_unreadable(&thread->part, task->path);
        return;
    }
    read_directory(thread, task, children);
    for (const char *name = children->str; name < children->str + children->len; name += strlen(name) + 1)
        enter_child(thread, task, name);
}

/* The next task, NULL when all is done. */
static struct task *pop(struct walker *walker)
{
    g_mutex_lock(&walker->lock);
    g_atomic_int_inc(&walker->idle);
    while (g_queue_is_empty(&walker->tasks) && (guint)g_atomic_int_get(&walker->idle) < walker->threads)
        g_cond_wait(&walker->changed, &walker->lock);
    struct task *task = g_queue_pop_head(&walker->tasks);
    if (task) {
        g_atomic_int_add(&walker->idle, -1);
        g_atomic_int_add(&walker->queued, -1);
    } else {
        g_cond_broadcast(&walker->changed);
    }
    g_mutex_unlock(&walker->lock);
    return task;
}

static gpointer thread_main(gpointer data)
{
    struct walk_thread *thread = data;
    for (struct task *task = pop(thread->walker); task; task = pop(thread->walker)) {
        walk_directory(thread, task);
        close(task->fd);
        g_free(task->path);
        g_free(task);
    }
    return NULL;
}

static void push_start(struct walk_thread *thread, const char *path)
{
    GError *error = NULL;
    int fd = host_open(thread->part.host, path, HOST_DIRECTORY | HOST_NOFOLLOW, &error);
    struct statx stx;
    const char *name = g_str_equal(path, "/") ? "" : path;
    if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, WANTED, &stx) < 0) {
        walk_note_unreadable(&thread->part, name);
        g_clear_error(&error);
        return;
    }
    struct host_stat st;
    from_statx(&stx, &st);
    unsigned kinds = walk_kinds(&thread->part, name, &st);
    if (kinds)
        walk_keep(&thread->part, name, "", kinds, &st, 0);
    push(thread->walker, (struct task){.fd = fd, .path = g_strdup(name), .mount = mount_of(&stx)});
}

static void run_threads(struct walker *walker, GPtrArray *threads)
{
    GThread *handles[THREADS_MAX] = {NULL};
    guint wanted = walker->threads, n = 1;
    while (n < wanted && (handles[n] = g_thread_try_new("walk", thread_main, g_ptr_array_index(threads, n), NULL)))
        n++;
    /* Those that could not be had are waited for by nobody. */
    g_mutex_lock(&walker->lock);
    walker->threads = n;
    g_cond_broadcast(&walker->changed);
    g_mutex_unlock(&walker->lock);
    thread_main(g_ptr_array_index(threads, 0));
    while (n > 1)
        g_thread_join(handles[--n]);
}

void walk_real(struct host *host, const struct walk_plan *plan, gint *kept, GPtrArray *parts)
{
    struct walker walker = {.threads = CLAMP(g_get_num_processors(), 2, THREADS_MAX)};
    g_mutex_init(&walker.lock);
    g_cond_init(&walker.changed);
    g_queue_init(&walker.tasks);
    for (guint i = 0; i < walker.threads; i++) {
        struct walk_thread *thread = g_new0(struct walk_thread, 1);
        thread->walker = &walker;
        walk_part_init(&thread->part, host, plan, kept);
        g_ptr_array_add(parts, thread);
    }
    for (guint i = 0; i < plan->starts->len; i++)
        push_start(g_ptr_array_index(parts, 0), g_ptr_array_index(plan->starts, i));
    run_threads(&walker, parts);
    g_cond_clear(&walker.changed);
    g_mutex_clear(&walker.lock);
}
