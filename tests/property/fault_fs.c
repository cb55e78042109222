#include "fault_fs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct fault_fs {
    struct host_fs base;
    struct host_fs *inner;
    struct fault fault;
    GMutex lock; /* of what follows, and of what the record holds: engines are met by threads of their own */
    struct fault_record *record;
    unsigned calls;
    unsigned reads; /* of content or names at the place of the fault */
};

static struct fault_fs *fault_fs(struct host_fs *fs)
{
    return (struct fault_fs *)(void *)fs;
}

/* The place that a path names, without links but for the last component where `follow` is false. Where something on
 * the way is absent the path stands as it is. Caller frees. */
static char *place_of(struct host_fs *inner, const char *path, bool follow)
{
    char *resolved = NULL;
    if (follow && inner->ops->resolve(inner, path, &resolved) == 0)
        return resolved;
    const char *slash = strrchr(path, '/');
    if (slash == path)
        return g_strdup(path);
    g_autofree char *parent = g_strndup(path, (gsize)(slash - path));
    g_autofree char *above = place_of(inner, parent, true);
    return g_strconcat(g_str_equal(above, "/") ? "" : above, slash, NULL);
}

/* 0: elsewhere, 1: the place itself, 2: below it. */
static int relation(const char *asked, const char *place)
{
    size_t n = strlen(place);
    if (g_str_equal(place, "/"))
        return g_str_equal(asked, "/") ? 1 : 2;
    if (strncmp(asked, place, n) != 0)
        return 0;
    return asked[n] == '\0' ? 1 : asked[n] == '/' ? 2 : 0;
}

/* False when it was there already. */
static bool add_op(struct fault_record *record, const char *path, enum fault_op op)
{
    guint ops = GPOINTER_TO_UINT(g_hash_table_lookup(record->paths, path)), with = ops | 1U << op;
    if (ops & 1U << op && (op == OP_CONTENT || op == OP_LIST))
        with |= 1U << OP_AGAIN;
    if (with != ops)
        g_hash_table_insert(record->paths, g_strdup(path), GUINT_TO_POINTER(with));
    return with != ops;
}

static void record(struct fault_fs *fs, const char *path, bool follow, enum fault_op op)
{
    if (!fs->record)
        return;
    fs->record->calls++;
    g_autofree char *place = place_of(fs->inner, path, follow);
    add_op(fs->record, place, op);
    /* A link on the way is a place of its own. */
    if (!g_str_equal(path, place))
        add_op(fs->record, path, op);
    bool more = true;
    while (more && !g_str_equal(place, "/")) {
        char *parent = g_path_get_dirname(place);
        g_free(place);
        place = parent;
        more = add_op(fs->record, place, OP_PASSED);
    }
}

/* The error of a fault at the place itself; 0: none. */
static int at_place(struct fault_fs *fs, enum fault_op op)
{
    bool content = op == OP_CONTENT || op == OP_LIST;
    switch (fs->fault.kind) {
    case FAULT_DENIED:
        return op == OP_STAT || op == OP_RESOLVE ? 0 : -EACCES;
    case FAULT_EIO:
        return -EIO;
    case FAULT_BIG:
        return content ? -EFBIG : 0;
    case FAULT_FIFO:
        return content || op == OP_LINK ? -ENXIO : op == OP_ATTRIBUTE ? -ENODATA : 0;
    case FAULT_REMOVED:
    case FAULT_VANISHED:
        return -ENOENT;
    case FAULT_SHORT:
        return op == OP_CONTENT ? -EIO : 0;
    case FAULT_LINK:
        return op == OP_LINK ? -EIO : 0;
    case FAULT_XATTR:
        return op == OP_ATTRIBUTE ? -EIO : 0;
    case FAULT_GROWS:
        return content && fs->reads++ ? -EFBIG : 0;
    case FAULT_NONE:
    case FAULT_NTH:
        break;
    }
    return 0;
}

/* The same for what lies below it. */
static int below(const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_DENIED:
        return -EACCES;
    case FAULT_EIO:
        return -EIO;
    case FAULT_FIFO:
        return -ENOTDIR;
    case FAULT_REMOVED:
    case FAULT_VANISHED:
        return -ENOENT;
    case FAULT_NONE:
    case FAULT_BIG:
    case FAULT_NTH:
    case FAULT_SHORT:
    case FAULT_LINK:
    case FAULT_XATTR:
    case FAULT_GROWS:
        break;
    }
    return 0;
}

static int hit_locked(struct fault_fs *fs, const char *path, bool follow, enum fault_op op)
{
    const struct fault *fault = &fs->fault;
    record(fs, path, follow, op);
    fs->calls++;
    if (fault->kind == FAULT_NTH)
        return fs->calls == fault->nth ? -EIO : 0;
    if (fault->kind == FAULT_NONE)
        return 0;
    g_autofree char *place = place_of(fs->inner, path, follow);
    int where = MAX(relation(place, fault->path), relation(path, fault->path));
    return where == 1 ? at_place(fs, op) : where == 2 ? below(fault) : 0;
}

static int hit(struct fault_fs *fs, const char *path, bool follow, enum fault_op op)
{
    g_mutex_lock(&fs->lock);
    int err = hit_locked(fs, path, follow, op);
    g_mutex_unlock(&fs->lock);
    return err;
}

static int fault_open(struct host_fs *base, const char *path, unsigned flags)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, !(flags & HOST_NOFOLLOW), OP_CONTENT);
    return err ? err : fs->inner->ops->open(fs->inner, path, flags);
}

static int fault_read(struct host_fs *base, const char *path, gsize max, GBytes **out)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, true, OP_CONTENT);
    return err ? err : fs->inner->ops->read(fs->inner, path, max, out);
}

static int fault_stat(struct host_fs *base, const char *path, bool follow, struct host_stat *out)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, follow, OP_STAT);
    if (!err)
        err = fs->inner->ops->stat(fs->inner, path, follow, out);
    if (err || (fs->fault.kind != FAULT_FIFO && fs->fault.kind != FAULT_BIG))
        return err;
    g_autofree char *place = place_of(fs->inner, path, follow);
    if (relation(place, fs->fault.path) != 1)
        return 0;
    if (fs->fault.kind == FAULT_FIFO)
        out->mode = S_IFIFO | (out->mode & 07777);
    else if (S_ISREG(out->mode))
        out->size = (uint64_t)100 << 30;
    return 0;
}

static int fault_readlink(struct host_fs *base, const char *path, char **out)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, false, OP_LINK);
    return err ? err : fs->inner->ops->readlink(fs->inner, path, out);
}

static int fault_list(struct host_fs *base, const char *path, guint max, GPtrArray *out)
{
    struct fault_fs *fs = fault_fs(base);
    guint before = out->len;
    int err = hit(fs, path, true, OP_LIST);
    if (!err)
        err = fs->inner->ops->list(fs->inner, path, max, out);
    if (err || !(fs->fault.kind == FAULT_REMOVED || fs->fault.kind == FAULT_FIFO || fs->fault.kind == FAULT_SHORT))
        return err;
    g_autofree char *folder = place_of(fs->inner, path, true);
    if (fs->fault.kind == FAULT_SHORT) {
        if (relation(folder, fs->fault.path) != 1)
            return 0;
        g_ptr_array_set_size(out, (gint)(before + (out->len - before) / 2));
        return -EIO;
    }
    g_autofree char *parent = g_path_get_dirname(fs->fault.path);
    g_autofree char *name = g_path_get_basename(fs->fault.path);
    for (guint i = before; g_str_equal(folder, parent) && i < out->len; i++) {
        struct host_dirent *entry = g_ptr_array_index(out, i);
        if (!g_str_equal(entry->name, name))
            continue;
        if (fs->fault.kind == FAULT_FIFO)
            entry->type = DT_FIFO;
        else
            g_ptr_array_remove_index(out, i--);
    }
    return 0;
}

static int fault_getxattr(struct host_fs *base, const char *path, const char *name, GBytes **out)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, true, OP_ATTRIBUTE);
    return err ? err : fs->inner->ops->getxattr(fs->inner, path, name, out);
}

static int fault_resolve(struct host_fs *base, const char *path, char **out)
{
    struct fault_fs *fs = fault_fs(base);
    int err = hit(fs, path, true, OP_RESOLVE);
    return err ? err : fs->inner->ops->resolve(fs->inner, path, out);
}

static void fault_free(struct host_fs *base)
{
    g_mutex_clear(&fault_fs(base)->lock);
    g_free(fault_fs(base));
}

static const struct host_fs_ops fault_ops = {
    .open = fault_open,
    .stat = fault_stat,
    .readlink = fault_readlink,
    .list = fault_list,
    .getxattr = fault_getxattr,
    .resolve = fault_resolve,
    .read = fault_read,
    .free = fault_free,
};

struct host_fs *fault_fs_new(struct host_fs *inner, const struct fault *fault, struct fault_record *record)
{
    struct fault_fs *fs = g_new0(struct fault_fs, 1);
    fs->base.ops = &fault_ops;
    fs->inner = inner;
    g_mutex_init(&fs->lock);
    fs->fault = *fault;
    fs->record = record;
    return &fs->base;
}
