/* A host's files: opening, reading with a cache, looking at, listing. What a path means is the file system's part
 * (fs_real.c, fs_inline.c). */
#include "host/private.h"
#include "host/process.h"
#include "host/reader.h"
#include "host/room.h"

#include "host/notes.h"
#include "model/value.h"

#include <errno.h>
#include <limits.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

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

static bool has_reading_caps(void)
{
    cap_t caps = cap_get_proc();
    if (!caps)
        return false;
    cap_flag_value_t search = CAP_CLEAR, override = CAP_CLEAR, ptrace = CAP_CLEAR;
    cap_get_flag(caps, CAP_DAC_READ_SEARCH, CAP_EFFECTIVE, &search);
    cap_get_flag(caps, CAP_DAC_OVERRIDE, CAP_EFFECTIVE, &override);
    cap_get_flag(caps, CAP_SYS_PTRACE, CAP_EFFECTIVE, &ptrace);
    cap_free(caps);
    return (search == CAP_SET || override == CAP_SET) && ptrace == CAP_SET;
}

struct host *host_new_with_fs(struct host_fs *fs, const char *root)
{
    struct host *host = g_new0(struct host, 1);
    host->fs = fs;
    host->root = g_strdup(root);
    g_mutex_init(&host->cache_lock);
    g_mutex_init(&host->engine_lock);
    host->engine = -1;
    host->cache = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cached_free);
    host->room = host_room_new();
    host_memo_init(host);
    host_http_init(host);
    return host;
}

struct host *host_new(const char *directory, GError **error)
{
    pl_auto(root) root = root_open(directory, error);
    return root ? host_new_of(root, error) : NULL;
}

struct host *host_new_of(const struct root *root, GError **error)
{
    int err = 0;
    struct host_fs *fs = fs_real_new(root, &err);
    if (!fs) {
        pl_error_set_errno(error, err, root->name);
        return NULL;
    }
    struct host *host = host_new_with_fs(fs, root->outside ? "/" : root->name);
    host->live = host->machine = root->kind == ROOT_MACHINE || root->kind == ROOT_LIVE;
    host->foreign = root->kind == ROOT_FOREIGN && root->mounted;
    host->first = root->first;
    host->outside = root->outside;
    host->privileged = geteuid() == 0 && has_reading_caps();
    return host;
}

void host_free(struct host *host)
{
    if (!host)
        return;
    g_clear_pointer(&host->reader, reader_free);
    g_clear_pointer(&host->hidden, g_array_unref);
    if (host->engine >= 0)
        close(host->engine);
    g_mutex_clear(&host->engine_lock);
    host_memo_clear(host);
    host_room_free(host->room);
    host_http_clear(host);
    g_clear_pointer(&host->images, g_ptr_array_unref);
    g_hash_table_unref(host->cache);
    g_mutex_clear(&host->cache_lock);
    host->fs->ops->free(host->fs);
    json_object_put(host->http);
    json_object_put(host->audit);
    g_free(host->root);
    g_free(host);
}

void host_hide_process(struct host *host, pid_t pid)
{
    if (!host->hidden)
        host->hidden = g_array_new(FALSE, FALSE, sizeof pid);
    g_array_append_val(host->hidden, pid);
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

/* A failure that nobody asked for is noted, so that it is not taken for an absence. Takes `failed`; always false. */
static bool pass_on(GError **error, GError *failed)
{
    if (error)
        g_propagate_error(error, failed);
    else
        host_note(failed);
    return false;
}

static void set_error(GError **error, int err, const char *path)
{
    g_autofree char *shown = g_filename_display_name(path);
    if (err == -ENXIO) {
        g_set_error(error, PL_ERROR, PL_ERROR_KIND, "%s: not the kind of file that was looked for", shown);
    } else if (err == -ETIMEDOUT) {
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: the file system that it is on does not answer", shown);
    } else if (err == -EMEDIUMTYPE) {
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: what is mounted there does not show it as the kernel has it",
                    shown);
    } else if (err == -ENODATA) {
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s: no such attribute", shown);
    } else {
        pl_error_set_errno(error, -err, shown);
    }
}

bool host_set_error(GError **error, int err, const char *path)
{
    GError *failed = NULL;
    set_error(&failed, err, path);
    return pass_on(error, failed);
}

char *host_normalise(const char *path, GError **error)
{
    if (*path != '/') {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: not an absolute path", shown);
        return NULL;
    }
    if (strlen(path) >= PATH_MAX) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%.64s...: path too long", path);
        return NULL;
    }
    GString *out = g_string_sized_new(strlen(path) + 1);
    for (const char *p = path; *p;) {
        p += strspn(p, "/");
        size_t length = strcspn(p, "/");
        if (length && !(length == 1 && *p == '.')) {
            g_string_append_c(out, '/');
            g_string_append_len(out, p, (gssize)length);
        }
        p += length;
    }
    if (!out->len)
        g_string_append_c(out, '/');
    return g_string_free(out, FALSE);
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
    return pass_on(error,
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
    pass_on(error, g_error_copy(cached->error));
    return NULL;
}

/* Keeps what was read, unless another thread was first: then its result stands, so that everyone sees the same. */
static GBytes *keep(struct host *host, const char *name, struct cached *fresh, GError **error)
{
    g_mutex_lock(&host->cache_lock);
    const struct cached *stands = g_hash_table_lookup(host->cache, name);
    GBytes *bytes = from_cached(stands ? stands : fresh, error);
    gsize size = fresh->bytes ? g_bytes_get_size(fresh->bytes) : 256;
    bool keeps = !stands && host->cached + size <= CACHE_BUDGET;
    if (keeps) {
        host->cached += size;
        g_hash_table_insert(host->cache, g_strdup(name), fresh);
    }
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
    const struct cached *known = g_hash_table_lookup(host->cache, name);
    GBytes *bytes = known ? from_cached(known, error) : NULL;
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

const char *host_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
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
        pass_on(error, g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more than %d names", name, LIST_MAX));
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
