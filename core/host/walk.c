/* The walk. Each thread goes down depth first below directory descriptors that it holds, so that no rename can lead
 * it elsewhere, and hands a subdirectory over when another thread has nothing to do. */
#include "host/walk.h"

#include "host/private.h"
#include "host/walk_plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define THREADS_MAX    4U
#define DEPTH_MAX      120U /* each level holds a descriptor */
#define QUEUE_MAX      32U
#define BUFFER_SIZE    65536
#define UNREADABLE_MAX 100U
#define PER_KIND_MAX   12500U /* eight kinds: 100,000 entries */
#define KINDS          8U
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
    struct host *host;
    const struct walk_plan *plan;
    GMutex lock;
    GCond changed;
    GQueue tasks; /* struct task */
    guint threads;
    gint idle, queued; /* atomic: read without the lock when a subdirectory is met */
    gint kinds[KINDS]; /* atomic: entries kept of each kind */
    gint no_getxattrat;
};

/* What one thread found. */
struct part {
    struct walker *walker;
    GPtrArray *entries; /* struct walk_entry */
    GPtrArray *unreadable;
    GPtrArray *left_out; /* char *: paths of omitted directories */
    guint64 unreadable_count, files, directories;
    bool truncated;
    GHashTable *uids, *gids; /* id -> known, so that the host's tables are asked once an id */
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

static void walk_entry_free(gpointer data)
{
    struct walk_entry *entry = data;
    g_free(entry->path);
    g_free(entry);
}

/* --- judging one file --- */

static bool is_known(struct part *part, bool group, guint32 id)
{
    GHashTable *table = group ? part->gids : part->uids;
    gpointer known = NULL;
    if (!g_hash_table_lookup_extended(table, GUINT_TO_POINTER(id), NULL, &known)) {
        struct host *host = part->walker->host;
        const char *name = group ? host_group_name(host, id) : host_user_name(host, id);
        known = GINT_TO_POINTER(name != NULL);
        g_hash_table_insert(table, GUINT_TO_POINTER(id), known);
    }
    return GPOINTER_TO_INT(known);
}

static bool in_dev(const char *directory)
{
    return g_str_equal(directory, "/dev") || g_str_has_prefix(directory, "/dev/");
}

static unsigned kinds_of(struct part *part, const char *directory, const struct host_stat *st)
{
    unsigned kinds = 0;
    if (S_ISREG(st->mode)) {
        kinds |= st->mode & S_ISUID ? WALK_SETUID : 0;
        kinds |= st->mode & S_ISGID ? WALK_SETGID : 0;
        kinds |= st->mode & S_IWOTH ? WALK_WORLD_WRITABLE : 0;
    }
    if (S_ISDIR(st->mode) && st->mode & S_IWOTH && !(st->mode & S_ISVTX))
        kinds |= WALK_STICKY_MISSING;
    if ((S_ISCHR(st->mode) || S_ISBLK(st->mode)) && !in_dev(directory))
        kinds |= WALK_DEVICE;
    kinds |= is_known(part, false, st->uid) ? 0 : WALK_UNOWNED;
    kinds |= is_known(part, true, st->gid) ? 0 : WALK_UNGROUPED;
    return kinds;
}

/* Keeps an entry unless each of its kinds is full: a flood of one kind cannot hide another. */
static bool has_room(struct walker *walker, unsigned kinds)
{
    bool room = false;
    for (guint i = 0; i < KINDS; i++) {
        if (kinds & (1U << i))
            room = (guint)g_atomic_int_add(&walker->kinds[i], 1) < PER_KIND_MAX || room;
    }
    return room;
}

static void keep(struct part *part, const char *directory, const char *name, unsigned kinds, const struct host_stat *st,
                 uint64_t caps)
{
    if (!has_room(part->walker, kinds)) {
        part->truncated = true;
        return;
    }
    struct walk_entry *entry = g_new0(struct walk_entry, 1);
    entry->path = *name ? g_strconcat(directory, "/", name, NULL) : g_strdup(*directory ? directory : "/");
    entry->kinds = kinds;
    entry->stat = *st;
    entry->caps_permitted = caps;
    g_ptr_array_add(part->entries, entry);
}

static void note_unreadable(struct part *part, const char *path)
{
    part->unreadable_count++;
    if (part->unreadable->len < UNREADABLE_MAX)
        g_ptr_array_add(part->unreadable, g_strdup(*path ? path : "/"));
}

/* The permitted set of a security.capability attribute, 0 when it is none. */
static uint64_t parse_caps(const void *data, gsize size)
{
    guint32 words[5] = {0};
    if (size < XATTR_CAPS_SZ_1)
        return 0;
    memcpy(words, data, MIN(size, sizeof words));
    uint64_t low = GUINT32_FROM_LE(words[1]), high = GUINT32_FROM_LE(words[3]);
    return size >= XATTR_CAPS_SZ_2 ? low | high << 32 : low;
}

/* --- real file systems --- */

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
        .dev_major = stx->stx_rdev_major,
        .dev_minor = stx->stx_rdev_minor,
        .mtime = stx->stx_mtime.tv_sec,
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
static bool may_enter(struct part *part, const struct task *task, const char *path, const struct statx *stx)
{
    if (mount_of(stx) != task->mount || walk_plan_is_border(part->walker->plan, path))
        return false; /* a border: planned as a start, or left out */
    if (!walk_plan_omits(part->walker->plan, path))
        return true;
    g_ptr_array_add(part->left_out, g_strdup(path));
    return false;
}

static void see_file(struct part *part, const struct task *task, const char *name, const struct host_stat *st)
{
    unsigned kinds = kinds_of(part, task->path, st);
    uint64_t caps = 0;
    if (S_ISREG(st->mode) && st->mode & 0111) {
        char value[XATTR_CAPS_SZ_3];
        ssize_t n = get_caps(part->walker, task->fd, name, value, sizeof value);
        kinds |= n > 0 ? WALK_CAPABILITY : 0;
        caps = n > 0 ? parse_caps(value, (gsize)n) : 0;
    }
    if (kinds)
        keep(part, task->path, name, kinds, st, caps);
}

/* One name in a directory. Names of subdirectories to enter are appended to `children`, each with its NUL. */
static void see_name(struct part *part, const struct task *task, const struct kernel_dirent *entry, GString *children)
{
    const char *name = entry->name;
    struct statx stx;
    struct host_stat st;
    if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
        return;
    part->files += entry->type != DT_DIR;
    if (entry->type == DT_LNK)
        return;
    if (statx(task->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, WANTED, &stx) < 0) {
        if (errno != ENOENT) {
            g_autofree char *path = g_strconcat(task->path, "/", name, NULL);
            note_unreadable(part, path);
        }
        return;
    }
    from_statx(&stx, &st);
    if (S_ISLNK(st.mode))
        return;
    if (!S_ISDIR(st.mode)) {
        see_file(part, task, name, &st);
        return;
    }
    part->files -= entry->type != DT_DIR;
    g_autofree char *path = g_strconcat(task->path, "/", name, NULL);
    if (!may_enter(part, task, path, &stx))
        return;
    unsigned kinds = kinds_of(part, task->path, &st);
    if (kinds)
        keep(part, task->path, name, kinds, &st, 0);
    g_string_append_len(children, name, (gssize)strlen(name) + 1);
}

/* Reads a directory to its end. */
static void read_directory(struct part *part, const struct task *task, GString *children)
{
    part->directories++;
    for (;;) {
        long n = syscall(SYS_getdents64, task->fd, part->buffer, sizeof part->buffer);
        if (n < 0)
            note_unreadable(part, task->path);
        if (n <= 0)
            return;
        for (long at = 0; at < n;) {
            const struct kernel_dirent *entry = (const void *)(part->buffer + at);
            see_name(part, task, entry, children);
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

static void walk_directory(struct part *part, const struct task *task);

static void enter_child(struct part *part, const struct task *task, const char *name)
{
    struct task child = {.path = g_strconcat(task->path, "/", name, NULL), .mount = task->mount};
    child.depth = task->depth + 1;
    child.fd = openat(task->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (child.fd >= 0 && others_idle(part->walker)) {
        child.depth = task->depth + 1;
        push(part->walker, child);
        return;
    }
    if (child.fd >= 0) {
        walk_directory(part, &child);
        close(child.fd);
    } else if (errno != ENOENT) {
        note_unreadable(part, child.path);
    }
    g_free(child.path);
}

static void walk_directory(struct part *part, const struct task *task)
{
    g_autoptr(GString) children = g_string_new(NULL);
    if (task->depth > DEPTH_MAX) {
        note_unreadable(part, task->path);
        return;
    }
    read_directory(part, task, children);
    for (const char *name = children->str; name < children->str + children->len; name += strlen(name) + 1)
        enter_child(part, task, name);
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

static gpointer walk_thread(gpointer data)
{
    struct part *part = data;
    for (struct task *task = pop(part->walker); task; task = pop(part->walker)) {
        walk_directory(part, task);
        close(task->fd);
        g_free(task->path);
        g_free(task);
    }
    return NULL;
}

/* --- starts --- */

static void push_start(struct walker *walker, struct part *part, const char *path)
{
    GError *error = NULL;
    int fd = host_open(walker->host, path, HOST_DIRECTORY | HOST_NOFOLLOW, &error);
    struct statx stx;
    const char *name = g_str_equal(path, "/") ? "" : path;
    if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, WANTED, &stx) < 0) {
        note_unreadable(part, name);
        g_clear_error(&error);
        return;
    }
    struct host_stat st;
    from_statx(&stx, &st);
    unsigned kinds = kinds_of(part, name, &st);
    if (kinds)
        keep(part, name, "", kinds, &st, 0);
    push(walker, (struct task){.fd = fd, .path = g_strdup(name), .mount = mount_of(&stx)});
}

static struct part *part_new(struct walker *walker)
{
    struct part *part = g_new0(struct part, 1);
    part->walker = walker;
    part->entries = g_ptr_array_new();
    part->unreadable = g_ptr_array_new();
    part->left_out = g_ptr_array_new_with_free_func(g_free);
    part->uids = g_hash_table_new(g_direct_hash, g_direct_equal);
    part->gids = g_hash_table_new(g_direct_hash, g_direct_equal);
    return part;
}

static void walk_real(struct walker *walker, GPtrArray *parts)
{
    GThread *threads[THREADS_MAX] = {NULL};
    const GPtrArray *starts = walker->plan->starts;
    for (guint i = 0; i < walker->threads; i++)
        g_ptr_array_add(parts, part_new(walker));
    for (guint i = 0; i < starts->len; i++)
        push_start(walker, g_ptr_array_index(parts, 0), g_ptr_array_index(starts, i));
    for (guint i = 0; i < walker->threads; i++)
        threads[i] = g_thread_new("walk", walk_thread, g_ptr_array_index(parts, i));
    for (guint i = 0; i < walker->threads; i++)
        g_thread_join(threads[i]);
}

/* --- inline hosts --- */

static void see_inline(struct part *part, const char *path, unsigned depth);

static void see_inline_name(struct part *part, const char *directory, const char *name, unsigned depth)
{
    struct host *host = part->walker->host;
    g_autofree char *path = g_strconcat(directory, "/", name, NULL);
    struct host_stat st;
    if (host->fs->ops->stat(host->fs, path, false, &st) != 0)
        return;
    bool is_directory = S_ISDIR(st.mode);
    part->files += !is_directory;
    if (S_ISLNK(st.mode) || (is_directory && walk_plan_is_border(part->walker->plan, path)))
        return;
    if (is_directory && walk_plan_omits(part->walker->plan, path)) {
        g_ptr_array_add(part->left_out, g_strdup(path));
        return;
    }
    g_autoptr(GBytes) caps = NULL;
    unsigned kinds = kinds_of(part, directory, &st);
    if (S_ISREG(st.mode) && st.mode & 0111 && host->fs->ops->getxattr(host->fs, path, CAPS_ATTRIBUTE, &caps) == 0)
        kinds |= WALK_CAPABILITY;
    if (kinds)
        keep(part, directory, name, kinds, &st,
             caps ? parse_caps(g_bytes_get_data(caps, NULL), g_bytes_get_size(caps)) : 0);
    if (is_directory)
        see_inline(part, path, depth + 1);
}

static void see_inline(struct part *part, const char *path, unsigned depth)
{
    struct host *host = part->walker->host;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    part->directories++;
    if (depth > DEPTH_MAX || host->fs->ops->list(host->fs, *path ? path : "/", G_MAXINT, entries) != 0) {
        note_unreadable(part, path);
        return;
    }
    for (guint i = 0; i < entries->len; i++)
        see_inline_name(part, path, ((struct host_dirent *)g_ptr_array_index(entries, i))->name, depth);
}

static void walk_inline(struct walker *walker, GPtrArray *parts)
{
    struct part *part = part_new(walker);
    g_ptr_array_add(parts, part);
    const GPtrArray *starts = walker->plan->starts;
    for (guint i = 0; i < starts->len; i++) {
        const char *start = g_ptr_array_index(starts, i);
        see_inline(part, g_str_equal(start, "/") ? "" : start, 0);
    }
}

/* --- putting it together --- */

static void move_all(GPtrArray *to, GPtrArray *from, guint max)
{
    for (guint i = 0; i < from->len; i++) {
        if (to->len < max)
            g_ptr_array_add(to, g_ptr_array_index(from, i));
        else
            g_free(g_ptr_array_index(from, i));
    }
    g_ptr_array_unref(from);
}

static int by_path(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const struct walk_entry *const *)a)->path, (*(const struct walk_entry *const *)b)->path);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_part(struct walk *walk, struct part *part, struct walk_plan *plan, GPtrArray *unreadable)
{
    walk->files += part->files;
    walk->directories += part->directories;
    walk->unreadable_count += part->unreadable_count;
    walk->truncated = walk->truncated || part->truncated;
    for (guint i = 0; i < part->left_out->len; i++)
        walk_plan_skip(plan, g_ptr_array_index(part->left_out, i), "container storage");
    move_all(walk->entries, part->entries, G_MAXUINT);
    move_all(unreadable, part->unreadable, UNREADABLE_MAX);
    g_ptr_array_unref(part->left_out);
    g_hash_table_unref(part->uids);
    g_hash_table_unref(part->gids);
    g_free(part);
}

static char **take_sorted(GPtrArray *texts)
{
    g_ptr_array_sort(texts, by_text);
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

static struct walk *collect(GPtrArray *parts, struct walk_plan *plan)
{
    struct walk *walk = g_new0(struct walk, 1);
    walk->entries = g_ptr_array_new_with_free_func(walk_entry_free);
    GPtrArray *unreadable = g_ptr_array_new();
    for (guint i = 0; i < parts->len; i++)
        add_part(walk, g_ptr_array_index(parts, i), plan, unreadable);
    g_ptr_array_sort(walk->entries, by_path);
    walk->unreadable = take_sorted(unreadable);
    GPtrArray *skipped = g_ptr_array_new();
    for (guint i = 0; i < plan->skipped->len; i++)
        g_ptr_array_add(skipped, g_strdup(g_ptr_array_index(plan->skipped, i)));
    walk->skipped = take_sorted(skipped);
    return walk;
}

static gpointer make_walk(struct host *host, gpointer data)
{
    (void)data;
    pl_auto(walk_plan) plan = walk_plan_new(host);
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    struct walker walker = {.host = host, .plan = plan, .threads = CLAMP(g_get_num_processors(), 2, THREADS_MAX)};
    g_mutex_init(&walker.lock);
    g_cond_init(&walker.changed);
    g_queue_init(&walker.tasks);
    if (host->http)
        walk_inline(&walker, parts);
    else
        walk_real(&walker, parts);
    struct walk *walk = collect(parts, plan);
    g_cond_clear(&walker.changed);
    g_mutex_clear(&walker.lock);
    return walk;
}

static void walk_free(gpointer data)
{
    struct walk *walk = data;
    g_ptr_array_unref(walk->entries);
    g_strfreev(walk->unreadable);
    g_strfreev(walk->skipped);
    g_free(walk);
}

const struct walk *host_walk(struct host *host)
{
    return host_memo(host, "host/walk", make_walk, NULL, walk_free);
}
