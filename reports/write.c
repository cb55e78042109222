/* A report appears whole or not at all: written under another name in the same folder, made durable, then renamed.
 * Devices, pipes and what else is in /dev are written to and never replaced: /dev/null is needed by the whole machine.
 */
#include "reports/report.h"

#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ATTEMPTS 100
/* A pipe that nobody empties is not waited for longer. */
#define PIPE_WAIT_MS 60000

struct report_file {
    char *path;
    int fd;
    unsigned mode;
    /* Of a file; a device has none of these. */
    int folder;
    char *temporary; /* NULL once it has its own name */
    char *base;
};

static bool fail(const struct report_file *file, const char *why, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_WRITE, "%s: cannot write the report: %s", file->path, why);
    return false;
}

/* ---- devices and pipes ---- */

/* Only root puts things there. Not its folders that everybody may write to. */
static bool is_below_dev(const char *path)
{
    g_autofree char *name = g_canonicalize_filename(path, NULL);
    return g_str_has_prefix(name, "/dev/") && !g_str_has_prefix(name, "/dev/shm/") &&
           !g_str_has_prefix(name, "/dev/mqueue/");
}

static bool takes_bytes(const char *path)
{
    struct stat st;
    return is_below_dev(path) ||
           (lstat(path, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISFIFO(st.st_mode)));
}

/* Without waiting for a reader, and looked at once it is open: what was seen before may have been replaced since. */
static bool open_device(struct report_file *file, GError **error)
{
    bool below_dev = is_below_dev(file->path);
    struct stat st;
    file->fd = open(file->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (below_dev ? 0 : O_NOFOLLOW));
    if (file->fd < 0)
        return fail(file, errno == ENXIO ? "nobody reads this pipe" : g_strerror(errno), error);
    if (fstat(file->fd, &st) != 0)
        return fail(file, g_strerror(errno), error);
    if (S_ISBLK(st.st_mode))
        return fail(file, "a disk is not a place for a report", error);
    if (!below_dev && (S_ISREG(st.st_mode) || st.st_uid != geteuid()))
        return fail(file, "a pipe or device of another user would hand it over to that user", error);
    return true;
}

/* ---- files ---- */

/* Never one that stands there already, nor through a link. 0 or errno. */
static int create_beside(struct report_file *file)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        g_free(file->temporary);
        file->temporary = g_strdup_printf(".%.200s.%08x.tmp", file->base, g_random_int());
        file->fd = openat(file->folder, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file->fd >= 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    int err = errno;
    g_clear_pointer(&file->temporary, g_free);
    return err;
}

static bool open_beside(struct report_file *file, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(file->path);
    file->base = g_path_get_basename(file->path);
    file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = file->folder < 0 ? errno : create_beside(file);
    return err ? fail(file, g_strerror(err), error) : true;
}

/* A link that leads to no file is not a place for a report either. */
static bool is_link_to_device(const char *path)
{
    struct stat link, behind;
    return lstat(path, &link) == 0 && S_ISLNK(link.st_mode) && stat(path, &behind) == 0 && !S_ISREG(behind.st_mode);
}

struct report_file *report_file_open(const char *path, unsigned mode, GError **error)
{
    struct report_file *file = g_new0(struct report_file, 1);
    bool ok = false;
    file->path = g_strdup(path);
    file->mode = mode;
    file->fd = file->folder = -1;
    if (takes_bytes(path))
        ok = open_device(file, error);
    else if (is_link_to_device(path))
        fail(file, g_strerror(ENOTSUP), error);
    else
        ok = open_beside(file, error);
    if (ok)
        return file;
    report_file_free(file);
    return NULL;
}

bool report_file_add(struct report_file *file, const char *bytes, gsize n, GError **error)
{
    while (n) {
        ssize_t written = write(file->fd, bytes, n);
        struct pollfd room = {.fd = file->fd, .events = POLLOUT};
        if (written < 0 && (errno == EINTR || (errno == EAGAIN && poll(&room, 1, PIPE_WAIT_MS) != 0)))
            continue;
        if (written < 0)
            return fail(file, errno == EAGAIN ? "nobody empties this pipe" : g_strerror(errno), error);
        bytes += written;
        n -= (gsize)written;
    }
    return true;
}

bool report_file_restart(struct report_file *file, GError **error)
{
    bool is_new = !file->temporary || (ftruncate(file->fd, 0) == 0 && lseek(file->fd, 0, SEEK_SET) == 0);
    return is_new || fail(file, g_strerror(errno), error);
}

bool report_file_commit(struct report_file *file, GError **error)
{
    if (!file->temporary)
        return true;
    /* EINVAL: a file system that has nothing to make durable. */
    bool done = fchmod(file->fd, (mode_t)file->mode) == 0 && (fsync(file->fd) == 0 || errno == EINVAL) &&
                renameat(file->folder, file->temporary, file->folder, file->base) == 0;
    if (!done)
        return fail(file, g_strerror(errno), error);
    g_clear_pointer(&file->temporary, g_free);
    fsync(file->folder); /* some file systems refuse it on folders; the report stands either way */
    return true;
}

void report_file_free(struct report_file *file)
{
    if (file->temporary)
        unlinkat(file->folder, file->temporary, 0);
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    g_free(file->temporary);
    g_free(file->base);
    g_free(file->path);
    g_free(file);
}

bool report_write(const char *path, const char *bytes, gsize n, unsigned mode, GError **error)
{
    pl_auto(report_file) file = report_file_open(path, mode, error);
    return file && report_file_add(file, bytes, n, error) && report_file_commit(file, error);
}
