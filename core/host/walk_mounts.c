#include "host/walk_mounts.h"

#include "host/mounts.h"
#include "host/private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static void mount_free(gpointer data)
{
    struct walk_mount *mount = data;
    g_free(mount->root);
    g_free(mount->point);
    g_free(mount->type);
    g_free(mount->super);
    g_free(mount);
}

void walk_mounts_free(struct walk_mounts *mounts)
{
    g_hash_table_unref(mounts->children);
    g_hash_table_unref(mounts->at);
    g_hash_table_unref(mounts->ids);
    g_ptr_array_unref(mounts->list);
    g_clear_error(&mounts->error);
    g_free(mounts);
}

bool walk_is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (g_str_equal(directory, "/"))
        return true;
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

const char *walk_rest(const char *path, const char *directory)
{
    if (g_str_equal(path, directory) || g_str_equal(path, "/"))
        return "";
    return g_str_equal(directory, "/") ? path : path + strlen(directory);
}

static bool take_mount(const struct mount_row *row, gpointer data)
{
    struct walk_mounts *mounts = data;
    struct walk_mount *mount = g_new0(struct walk_mount, 1);
    *mount = (struct walk_mount){
        .id = row->id,
        .parent = row->parent,
        .major = row->major,
        .minor = row->minor,
        .root = g_strdup(row->root),
        .point = g_strdup(row->target),
        .type = g_strdup(row->fstype),
        .super = g_strdup(row->super),
        .nosuid = mounts_option(row->options, "nosuid"),
        .nodev = mounts_option(row->options, "nodev"),
        .noexec = mounts_option(row->options, "noexec"),
    };
    g_ptr_array_add(mounts->list, mount);
    return true;
}

/* 0 stands for a parent that the table does not hold: that of the root, and of all mounts in a chroot. */
static uint64_t known_parent(const struct walk_mounts *mounts, const struct walk_mount *mount)
{
    bool known = mount->parent != mount->id && g_hash_table_contains(mounts->ids, &mount->parent);
    return known ? mount->parent : 0;
}

static char *key_of(uint64_t parent, const char *point)
{
    return g_strdup_printf("%" PRIu64 " %s", parent, point);
}

static void index_mounts(struct walk_mounts *mounts)
{
    for (guint i = 0; i < mounts->list->len; i++) {
        struct walk_mount *mount = g_ptr_array_index(mounts->list, i);
        g_hash_table_insert(mounts->ids, &mount->id, mount);
    }
    for (guint i = 0; i < mounts->list->len; i++) {
        struct walk_mount *mount = g_ptr_array_index(mounts->list, i);
        uint64_t parent = known_parent(mounts, mount);
        g_hash_table_insert(mounts->at, key_of(parent, mount->point), mount);
        if (!parent)
            continue;
        GPtrArray *children = g_hash_table_lookup(mounts->children, &mount->parent);
        if (!children) {
            children = g_ptr_array_new();
            g_hash_table_insert(mounts->children, &mount->parent, children);
        }
        g_ptr_array_add(children, mount);
    }
}

static const struct walk_mount *mount_at(const struct walk_mounts *mounts, uint64_t parent, const char *point)
{
    g_autofree char *key = key_of(parent, point);
    return g_hash_table_lookup(mounts->at, key);
}

/* What is mounted on `point` for somebody who comes from `from`, through all that lie over each other there. */
static const struct walk_mount *step(const struct walk_mounts *mounts, const struct walk_mount *from, const char *point)
{
    const struct walk_mount *next = from ? mount_at(mounts, from->id, point) : NULL;
    if (!next)
        next = mount_at(mounts, 0, point);
    /* No more steps than mounts: what the kernel writes has no circles, but a text may. */
    for (guint i = 0; next && next != from && i < mounts->list->len; i++) {
        from = next;
        next = mount_at(mounts, from->id, point);
    }
    return from;
}

const struct walk_mount *walk_mounts_serving(const struct walk_mounts *mounts, const char *path)
{
    const struct walk_mount *serving = step(mounts, NULL, "/");
    g_autofree char *prefix = g_strdup(path);
    for (char *slash = strchr(prefix + 1, '/'); path[1]; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        serving = step(mounts, serving, prefix);
        if (!slash)
            break;
        *slash = '/';
    }
    return serving;
}

bool walk_mounts_shows(const struct walk_mounts *mounts, const struct walk_mount *mount)
{
    return walk_mounts_serving(mounts, mount->point) == mount;
}

static struct walk_mounts *empty(void)
{
    struct walk_mounts *mounts = g_new0(struct walk_mounts, 1);
    mounts->list = g_ptr_array_new_with_free_func(mount_free);
    mounts->at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mounts->ids = g_hash_table_new(g_int64_hash, g_int64_equal);
    mounts->children = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    return mounts;
}

static const char table[] = "/proc/self/mountinfo";

static void read_kernel(struct walk_mounts *mounts)
{
    pl_autofd int fd = open(table, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        pl_error_set_errno(&mounts->error, errno, table);
    else
        fd_each_mount(fd, table, take_mount, mounts, &mounts->error);
}

static char *joined(const char *directory, const char *rest)
{
    return *rest ? g_strconcat(g_str_equal(directory, "/") ? "" : directory, rest, NULL) : g_strdup(directory);
}

/* The mount that the root lies on, as the root sees it. */
static struct walk_mount *base_of(const struct walk_mount *serving, const char *root)
{
    struct walk_mount *base = g_new0(struct walk_mount, 1);
    *base = *serving;
    base->root = joined(serving->root, walk_rest(root, serving->point));
    base->point = g_strdup("/");
    base->type = g_strdup(serving->type);
    base->super = g_strdup(serving->super);
    return base;
}

/* Moves what is mounted below `root` into a table of its own. */
static struct walk_mounts *rebase(struct walk_mounts *all, const char *root)
{
    struct walk_mounts *mounts = empty();
    mounts->error = g_steal_pointer(&all->error);
    const struct walk_mount *serving = walk_mounts_serving(all, root);
    if (serving)
        g_ptr_array_add(mounts->list, base_of(serving, root));
    for (guint i = 0; i < all->list->len; i++) {
        struct walk_mount *mount = g_ptr_array_index(all->list, i);
        if (!walk_is_below(mount->point, root) || g_str_equal(mount->point, root))
            continue;
        struct walk_mount *copy = g_memdup2(mount, sizeof *mount);
        copy->root = g_strdup(mount->root);
        copy->point = g_strdup(walk_rest(mount->point, root));
        copy->type = g_strdup(mount->type);
        copy->super = g_strdup(mount->super);
        g_ptr_array_add(mounts->list, copy);
    }
    return mounts;
}

static struct walk_mounts *read_offline(struct host *host)
{
    pl_auto(walk_mounts) all = empty();
    g_autofree char *root = mounts_path_of(host->root);
    if (root)
        read_kernel(all);
    else
        g_set_error(&all->error, PL_ERROR, PL_ERROR_READ, "%s: what is mounted below it is not known here", host->root);
    index_mounts(all);
    return rebase(all, root ? root : host->root);
}

/* As a text that the host has of it: an inline one, or that of a process with mounts of its own. */
static void read_of_host(struct walk_mounts *mounts, struct host *host)
{
    g_autofree char *path = host_mount_table(host);
    host_each_mount(host, path, take_mount, mounts, &mounts->error);
}

struct walk_mounts *walk_mounts_new(struct host *host)
{
    bool is_inline = host->http != NULL;
    bool whole = host->machine && !host->first;
    struct walk_mounts *mounts = is_inline || whole || host->outside ? empty() : read_offline(host);
    if (whole)
        read_kernel(mounts);
    else if (host->outside || (is_inline && host->live))
        read_of_host(mounts, host);
    index_mounts(mounts);
    return mounts;
}
