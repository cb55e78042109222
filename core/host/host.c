/* A host's files: opening, reading with a cache, looking at, listing. What a path means is the file system's part
 * (fs_real.c, fs_inline.c). */
#include "host/failure.h"
#include "host/path.h"
#include "host/private.h"

#include "model/value.h"

#include <errno.h>

#define LIST_MAX     100000
#define CACHE_BUDGET ((gsize)64 << 20)

/* A read that was done: bytes or error. */
struct cached {
    GBytes *bytes;
    GError *error;
};

static void cached_free(gpointer data)
{
    struct cached *cached = data;
    g_clear_pointer(&cached->bytes, g_bytes_unref);
    g_clear_error(&cached->error);
    g_free(cached);
}

void host_cache_init(struct host *host)
{
    g_mutex_init(&host->cache_lock);
    g_cond_init(&host->cache_ready);
    host->reading = g_hash_table_new(g_str_hash, g_str_equal);
    host->cache = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cached_free);
}

void host_cache_clear(struct host *host)
{
    g_hash_table_unref(host->cache);
    g_hash_table_unref(host->reading);
    g_cond_clear(&host->cache_ready);
    g_mutex_clear(&host->cache_lock);
}

const char *host_root(const struct host *host)
{
    return host->root;
}

bool host_is_live(const struct host *host)
{
    return host->live;
}

pid_t host_first_process(const struct host *host)
{
    return host->first;
}

bool host_has_foreign_kernel(const struct host *host)
{
    return host->foreign;
}

char *host_mount_table(const struct host *host)
{
    return host->first ? g_strdup_printf("/proc/%d/mountinfo", (int)host->first) : g_strdup("/proc/self/mountinfo");
}

bool host_is_privileged(const struct host *host)
{
    return host->privileged;
}

void host_set_patience(struct host *host, unsigned seconds)
{
    if (host->fs->ops->set_patience)
        host->fs->ops->set_patience(host->fs, seconds * G_USEC_PER_SEC);
}

char **host_silent(struct host *host)
{
    char **places = host->fs->ops->silent ? host->fs->ops->silent(host->fs) : g_new0(char *, 1);
    qsort(places, g_strv_length(places), sizeof *places, value_order_texts);
    return places;
}

int host_open(struct host *host, const char *path, enum host_open_flags flags, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return -1;
    int fd = host->fs->ops->open(host->fs, name, (unsigned)flags);
    if (fd >= 0)
        return fd;
    host_set_error(error, fd, name);
    return -1;
}

static bool limit_error(GError **error, const char *path, gsize max)
{
    g_autofree char *shown = g_filename_display_name(path);
    return host_pass_on(error,
                        g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: larger than %" G_GSIZE_FORMAT " bytes", shown, max));
}

/* `name` is normalised. */
static GBytes *read_file(struct host *host, const char *name, gsize max, GError **error)
{
    GBytes *bytes = NULL;
    int err = 0;
    if (host->fs->ops->read) {
        err = host->fs->ops->read(host->fs, name, max, &bytes);
    } else {
        pl_autofd int fd = host->fs->ops->open(host->fs, name, HOST_REGULAR);
        err = fd < 0 ? fd : fs_read_fd(fd, max, &bytes);
    }
    if (err == -EFBIG)
        limit_error(error, name, max);
    else if (err)
        host_set_error(error, err, name);
    return bytes;
}

GBytes *host_read_uncached(struct host *host, const char *path, gsize max, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    return name ? read_file(host, name, max, error) : NULL;
}

static GBytes *from_cached(const struct cached *cached, GError **error)
{
    if (cached->bytes)
        return g_bytes_ref(cached->bytes);
    host_pass_on(error, g_error_copy(cached->error));
    return NULL;
}

/* Keeps what was read, so that everyone sees the same. */
static GBytes *keep(struct host *host, const char *name, struct cached *fresh, GError **error)
{
    g_mutex_lock(&host->cache_lock);
    GBytes *bytes = from_cached(fresh, error);
    gsize size = fresh->bytes ? g_bytes_get_size(fresh->bytes) : 256;
    bool keeps = host->cached + size <= CACHE_BUDGET;
    if (keeps) {
        host->cached += size;
        g_hash_table_insert(host->cache, g_strdup(name), fresh);
    }
    g_hash_table_remove(host->reading, name);
    g_cond_broadcast(&host->cache_ready);
    g_mutex_unlock(&host->cache_lock);
    if (!keeps)
        cached_free(fresh);
    return bytes;
}

GBytes *host_read(struct host *host, const char *path, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return NULL;
    g_mutex_lock(&host->cache_lock);
    const struct cached *known = NULL;
    while (!(known = g_hash_table_lookup(host->cache, name)) && g_hash_table_contains(host->reading, name))
        g_cond_wait(&host->cache_ready, &host->cache_lock);
    GBytes *bytes = known ? from_cached(known, error) : NULL;
    if (!known)
        g_hash_table_add(host->reading, name);
    g_mutex_unlock(&host->cache_lock);
    if (known)
        return bytes;
    struct cached *fresh = g_new0(struct cached, 1);
    fresh->bytes = read_file(host, name, HOST_FILE_MAX, &fresh->error);
    return keep(host, name, fresh, error);
}

static bool stat_path(struct host *host, const char *path, bool follow, struct host_stat *out, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return false;
    int err = host->fs->ops->stat(host->fs, name, follow, out);
    return err ? host_set_error(error, err, name) : true;
}

bool host_stat(struct host *host, const char *path, struct host_stat *out, GError **error)
{
    return stat_path(host, path, true, out, error);
}

bool host_lstat(struct host *host, const char *path, struct host_stat *out, GError **error)
{
    return stat_path(host, path, false, out, error);
}

bool host_exists(struct host *host, const char *path)
{
    struct host_stat st;
    return stat_path(host, path, true, &st, NULL);
}

char *host_readlink(struct host *host, const char *path, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    char *target = NULL;
    if (!name)
        return NULL;
    int err = host->fs->ops->readlink(host->fs, name, &target);
    /* Who does not ask why is told that there is no link: that it is something else is no failure. */
    if (err && (error || err != -ENXIO))
        host_set_error(error, err, name);
    return target;
}

char *host_resolve(struct host *host, const char *path, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    char *resolved = NULL;
    if (!name)
        return NULL;
    int err = host->fs->ops->resolve(host->fs, name, &resolved);
    if (err)
        host_set_error(error, err, name);
    return resolved;
}

char **host_list(struct host *host, const char *path, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return NULL;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = host->fs->ops->list(host->fs, name, LIST_MAX, entries);
    if (err == -EFBIG)
        host_pass_on(error, g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more than %d names", name, LIST_MAX));
    else if (err)
        host_set_error(error, err, name);
    if (err)
        return NULL;
    GPtrArray *names = g_ptr_array_sized_new(entries->len + 1);
    for (guint i = 0; i < entries->len; i++)
        g_ptr_array_add(names, g_strdup(((struct host_dirent *)g_ptr_array_index(entries, i))->name));
    g_ptr_array_sort(names, value_order_texts);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

GBytes *host_getxattr(struct host *host, const char *path, const char *name, GError **error)
{
    g_autofree char *file = host_normalise(path, error);
    GBytes *value = NULL;
    if (!file)
        return NULL;
    int err = host->fs->ops->getxattr(host->fs, file, name, &value);
    if (err)
        host_set_error(error, err, file);
    return value;
}
