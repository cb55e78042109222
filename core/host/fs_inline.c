/* A file system in memory. It behaves as the real one does where a probe could tell: links resolve inside, a denied
 * or unreadable file is EACCES, a FIFO or device is -ENXIO, and an ordinary user is bound by modes. */
#include "host/fs_inline.h"

#include <dirent.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define LINKS_MAX   40
#define ORDINARY_ID 1000
#define STEPS_MAX   4096

struct inline_fs {
    struct host_fs base;
    struct node *root;
    bool privileged;
    uint64_t next_ino;
};

static struct inline_fs *inline_fs(struct host_fs *fs)
{
    return (struct inline_fs *)(void *)fs;
}

static void node_clear(gpointer data)
{
    struct node *node = data;
    g_clear_pointer(&node->content, g_bytes_unref);
    g_clear_pointer(&node->target, g_free);
    g_clear_pointer(&node->children, g_hash_table_unref);
    g_clear_pointer(&node->xattrs, g_hash_table_unref);
}

struct node *node_ref(struct node *node)
{
    return g_rc_box_acquire(node);
}

void node_unref(gpointer node)
{
    g_rc_box_release_full(node, node_clear);
}

static struct node *node_new(struct inline_fs *fs)
{
    struct node *node = g_rc_box_new0(struct node);
    node->mode = S_IFREG | 0644;
    node->ino = ++fs->next_ino;
    return node;
}

void node_set_content(struct node *node, GBytes *bytes)
{
    g_clear_pointer(&node->content, g_bytes_unref);
    g_clear_pointer(&node->target, g_free);
    g_clear_pointer(&node->children, g_hash_table_unref);
    node->content = bytes;
    node->mode = S_IFREG | 0644;
}

/* Bytes that are followed by a NUL that is not counted, as host_read() promises. */
static GBytes *terminated(const char *data, gsize size)
{
    char *copy = g_malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = '\0';
    return g_bytes_new_take(copy, size);
}

void node_set_text(struct node *node, const char *text)
{
    node_set_content(node, terminated(text, strlen(text)));
}

void node_set_symlink(struct node *node, const char *target)
{
    char *copy = g_strdup(target);
    g_free(node->target);
    node->target = copy;
    if (node->children)
        return; /* stays a directory: a magic link */
    g_clear_pointer(&node->content, g_bytes_unref);
    node->mode = S_IFLNK | 0777;
}

void node_set_directory(struct node *node)
{
    g_clear_pointer(&node->content, g_bytes_unref);
    if (!node->children)
        node->children = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_unref);
    node->mode = S_IFDIR | 0755;
}

void node_set_special(struct node *node, mode_t type)
{
    node_set_content(node, NULL);
    node->mode = type | 0600;
}

void node_set_xattr(struct node *node, const char *name, GBytes *value)
{
    if (!node->xattrs)
        node->xattrs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    g_hash_table_insert(node->xattrs, g_strdup(name), value);
}

static bool is_link(const struct node *node)
{
    return node->target && !node->children;
}

struct lookup {
    struct inline_fs *fs;
    GPtrArray *trail; /* struct node, the root first */
    GPtrArray *names; /* of all but the root */
    GQueue rest;      /* names still to go */
    unsigned links, steps;
    bool follow; /* the last name, if it is a link */
    bool make;   /* missing parents, and no check of rights */
};

static void push_front(struct lookup *lookup, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (guint i = g_strv_length(parts); i > 0; i--) {
        if (*parts[i - 1] && !g_str_equal(parts[i - 1], "."))
            g_queue_push_head(&lookup->rest, g_strdup(parts[i - 1]));
    }
}

static struct node *current(const struct lookup *lookup)
{
    return g_ptr_array_index(lookup->trail, lookup->trail->len - 1);
}

static bool may(const struct inline_fs *fs, const struct node *node, mode_t other_bit)
{
    if (node->denied)
        return false;
    if (fs->privileged)
        return true;
    if (node->uid == ORDINARY_ID)
        return node->mode & (other_bit << 6);
    if (node->gid == ORDINARY_ID)
        return node->mode & (other_bit << 3);
    return node->mode & other_bit;
}

static void climb(struct lookup *lookup, guint to)
{
    g_ptr_array_set_size(lookup->trail, (gint)to + 1);
    g_ptr_array_set_size(lookup->names, (gint)to);
}

/* "/proc/PID/root" itself, or "/proc/PID/task/TID/root", as the trail stands when `name` is looked up. */
static bool is_process_root(const struct lookup *lookup, const char *name)
{
    const GPtrArray *names = lookup->names;
    bool folder = names->len == 2 || (names->len == 4 && g_str_equal(g_ptr_array_index(names, 2), "task"));
    return folder && g_str_equal(g_ptr_array_index(names, 0), "proc") && g_str_equal(name, "root");
}

static struct node *add_child(struct inline_fs *fs, struct node *directory, const char *name)
{
    struct node *node = node_new(fs);
    g_hash_table_insert(directory->children, g_strdup(name), node);
    return node;
}

/* What `name` is in a directory, made where lookup->make says so: a directory, when the path goes on. NULL: nothing. */
static struct node *look_up(struct lookup *lookup, struct node *directory, const char *name)
{
    bool last = g_queue_is_empty(&lookup->rest);
    struct node *node = g_hash_table_lookup(directory->children, name);
    if (!lookup->make)
        return node;
    bool made = !node;
    if (made)
        node = add_child(lookup->fs, directory, name);
    if (!last && (made || (is_link(node) && is_process_root(lookup, name))))
        node_set_directory(node);
    return node;
}

/* Goes on to where a link leads. */
static int follow(struct lookup *lookup, const struct node *link)
{
    if (++lookup->links > LINKS_MAX)
        return -ELOOP;
    if (link->denied && !lookup->make)
        return -EACCES;
    push_front(lookup, link->target);
    if (*link->target == '/')
        climb(lookup, 0);
    return 0;
}

/* Goes on to `name` in the current directory. */
static int enter(struct lookup *lookup, const char *name)
{
    bool last = g_queue_is_empty(&lookup->rest);
    struct node *directory = current(lookup);
    if (!directory->children)
        return -ENOTDIR;
    if (!lookup->make && !may(lookup->fs, directory, S_IXOTH))
        return -EACCES;
    struct node *node = look_up(lookup, directory, name);
    if (!node)
        return -ENOENT;
    if (is_link(node) && (!last || lookup->follow))
        return follow(lookup, node);
    g_ptr_array_add(lookup->trail, node);
    g_ptr_array_add(lookup->names, g_strdup(name));
    return 0;
}

/* Walks to the end; lookup->trail then ends with the node. */
static int walk(struct lookup *lookup)
{
    for (;;) {
        g_autofree char *name = g_queue_pop_head(&lookup->rest);
        if (!name)
            return 0;
        if (++lookup->steps > STEPS_MAX)
            return -ENAMETOOLONG;
        if (g_str_equal(name, "..")) {
            if (lookup->trail->len > 1)
                climb(lookup, lookup->trail->len - 2);
            continue;
        }
        int err = enter(lookup, name);
        if (err)
            return err;
    }
}

static void lookup_start(struct lookup *lookup, struct host_fs *fs, const char *path)
{
    lookup->fs = inline_fs(fs);
    lookup->trail = g_ptr_array_new();
    lookup->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lookup->trail, lookup->fs->root);
    g_queue_init(&lookup->rest);
    push_front(lookup, path);
}

static void lookup_end(struct lookup *lookup)
{
    g_ptr_array_unref(lookup->trail);
    g_ptr_array_unref(lookup->names);
    g_queue_clear_full(&lookup->rest, g_free);
}

static int find(struct host_fs *fs, const char *path, bool follow, struct node **out)
{
    struct lookup lookup = {.follow = follow};
    lookup_start(&lookup, fs, path);
    int err = walk(&lookup);
    *out = err ? NULL : current(&lookup);
    lookup_end(&lookup);
    return err;
}

struct node *fs_inline_place(struct host_fs *fs, const char *path)
{
    struct lookup lookup = {.make = true};
    lookup_start(&lookup, fs, path);
    struct node *node = walk(&lookup) ? NULL : current(&lookup);
    lookup_end(&lookup);
    return node;
}

struct node *fs_inline_find(struct host_fs *fs, const char *path)
{
    struct lookup lookup = {.make = false};
    lookup_start(&lookup, fs, path);
    struct node *node = walk(&lookup) ? NULL : current(&lookup);
    lookup_end(&lookup);
    return node;
}

void fs_inline_remove(struct host_fs *fs, const char *path)
{
    struct lookup lookup = {.make = false};
    lookup_start(&lookup, fs, path);
    if (!walk(&lookup) && lookup.names->len) {
        const struct node *parent = g_ptr_array_index(lookup.trail, lookup.trail->len - 2);
        g_hash_table_remove(parent->children, g_ptr_array_index(lookup.names, lookup.names->len - 1));
    }
    lookup_end(&lookup);
}

bool fs_inline_text(struct host_fs *fs, const char *path, const char *text)
{
    struct node *node = fs_inline_place(fs, path);
    if (node)
        node_set_text(node, text);
    return node != NULL;
}

bool fs_inline_link(struct host_fs *fs, const char *path, const char *target)
{
    struct node *node = fs_inline_place(fs, path);
    if (node)
        node_set_symlink(node, target);
    return node != NULL;
}

bool fs_inline_directory(struct host_fs *fs, const char *path)
{
    struct node *node = fs_inline_place(fs, path);
    if (node && !node->children)
        node_set_directory(node);
    return node != NULL;
}

static uint64_t node_size(const struct node *node)
{
    if (is_link(node))
        return strlen(node->target);
    return node->content ? g_bytes_get_size(node->content) : node->size;
}

static int inline_stat(struct host_fs *fs, const char *path, bool follow, struct host_stat *out)
{
    struct node *node = NULL;
    int err = find(fs, path, follow, &node);
    if (err)
        return err;
    *out = (struct host_stat){
        .mode = node->mode,
        .uid = node->uid,
        .gid = node->gid,
        .size = node_size(node),
        .nlink = node->children ? 2 : 1,
        .ino = node->ino,
        .mtime = node->mtime,
        .ctime = node->mtime,
        .dev_major = node->dev_major,
        .dev_minor = node->dev_minor,
    };
    return 0;
}

/* A node that may be read as a regular file. */
static int find_file(struct host_fs *fs, const char *path, bool follow, struct node **out)
{
    int err = find(fs, path, follow, out);
    if (err)
        return err;
    if (!S_ISREG((*out)->mode))
        return -ENXIO;
    return may(inline_fs(fs), *out, S_IROTH) ? 0 : -EACCES;
}

static int inline_read(struct host_fs *fs, const char *path, gsize max, GBytes **out)
{
    struct node *node = NULL;
    int err = find_file(fs, path, true, &node);
    if (err)
        return err;
    if (node_size(node) > max)
        return -EFBIG;
    if (node->content)
        *out = g_bytes_ref(node->content);
    else
        *out = g_bytes_new_take(g_malloc0(node->size + 1), node->size);
    return 0;
}

static int write_all(int fd, const char *data, gsize size)
{
    while (size) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            data += n;
            size -= (gsize)n;
        }
    }
    return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int inline_open(struct host_fs *fs, const char *path, unsigned flags)
{
    struct node *node = NULL;
    if (flags & HOST_DIRECTORY)
        return -EOPNOTSUPP; /* there is no directory to hold */
    int err = find_file(fs, path, !(flags & HOST_NOFOLLOW), &node);
    if (err)
        return err;
    pl_autofd int fd = memfd_create("plumbline", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    gsize size = 0;
    const char *data = node->content ? g_bytes_get_data(node->content, &size) : NULL;
    if (!node->content && ftruncate(fd, (off_t)node->size) < 0)
        return -errno;
    err = write_all(fd, data, size);
    return err ? err : pl_steal_fd(&fd);
}

static int inline_readlink(struct host_fs *fs, const char *path, char **out)
{
    struct node *node = NULL;
    int err = find(fs, path, false, &node);
    if (err)
        return err;
    if (!node->target)
        return -ENXIO;
    if (node->denied)
        return -EACCES;
    *out = g_strdup(node->target);
    return 0;
}

static int inline_list(struct host_fs *fs, const char *path, guint max, GPtrArray *out)
{
    struct node *node = NULL;
    int err = find(fs, path, true, &node);
    if (err)
        return err;
    if (!node->children)
        return -ENXIO;
    if (!may(inline_fs(fs), node, S_IROTH))
        return -EACCES;
    GHashTableIter iter;
    gpointer name = NULL, child = NULL;
    g_hash_table_iter_init(&iter, node->children);
    while (g_hash_table_iter_next(&iter, &name, &child)) {
        if (out->len >= max)
            return -EFBIG;
        g_ptr_array_add(out, fs_dirent_new(name, (unsigned char)IFTODT(((struct node *)child)->mode)));
    }
    return 0;
}

static int inline_getxattr(struct host_fs *fs, const char *path, const char *name, GBytes **out)
{
    struct node *node = NULL;
    int err = find(fs, path, true, &node);
    if (err)
        return err;
    if (node->denied)
        return -EACCES;
    GBytes *value = node->xattrs ? g_hash_table_lookup(node->xattrs, name) : NULL;
    if (!value)
        return -ENODATA;
    *out = g_bytes_ref(value);
    return 0;
}

static int inline_resolve(struct host_fs *fs, const char *path, char **out)
{
    struct lookup lookup = {.follow = true};
    lookup_start(&lookup, fs, path);
    int err = walk(&lookup);
    if (!err) {
        GString *text = g_string_new(lookup.names->len ? NULL : "/");
        for (guint i = 0; i < lookup.names->len; i++)
            g_string_append_printf(text, "/%s", (char *)g_ptr_array_index(lookup.names, i));
        *out = g_string_free(text, FALSE);
    }
    lookup_end(&lookup);
    return err;
}

static void inline_free(struct host_fs *fs)
{
    node_unref(inline_fs(fs)->root);
    g_free(inline_fs(fs));
}

static const struct host_fs_ops inline_ops = {
    .open = inline_open,
    .stat = inline_stat,
    .readlink = inline_readlink,
    .list = inline_list,
    .getxattr = inline_getxattr,
    .resolve = inline_resolve,
    .read = inline_read,
    .free = inline_free,
};

struct host_fs *fs_inline_new(bool privileged)
{
    struct inline_fs *fs = g_new0(struct inline_fs, 1);
    fs->base.ops = &inline_ops;
    fs->privileged = privileged;
    fs->root = node_new(fs);
    node_set_directory(fs->root);
    return &fs->base;
}

void fs_inline_set_privileged(struct host_fs *fs, bool privileged)
{
    inline_fs(fs)->privileged = privileged;
}
