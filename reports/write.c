/* A report appears whole or not at all: written under another name in the same folder, made durable, then renamed.
 * Devices, pipes and what else is in /dev are written to and never replaced: /dev/null is needed by the whole machine.
 */
#include "reports/report.h"

#include "model/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100 };

static bool write_all(int fd, const char *bytes, gsize n)
{
    while (n) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        n -= (gsize)written;
    }
    return true;
}

/* A new file beside `path`; its name in *name. Never one that stands there already, nor through a link. */
static int create_beside(int folder, const char *base, char **name)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        g_free(*name);
        *name = g_strdup_printf(".%.200s.%08x.tmp", base, g_random_int());
        int fd = openat(folder, *name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

/* File systems without a disk behind them refuse it (fsync(2): EROFS, EINVAL); the bytes are written all the same. */
static bool reach_disk(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOSYS;
}

static bool fill(int fd, const char *bytes, gsize n, unsigned mode)
{
    return write_all(fd, bytes, n) && fchmod(fd, (mode_t)mode) == 0 && reach_disk(fd);
}

static bool takes_bytes(const char *path)
{
    struct stat st;
    bool place = g_str_has_prefix(path, "/dev/") && !g_str_has_prefix(path, "/dev/shm/");
    return place || (lstat(path, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISFIFO(st.st_mode)));
}

/* 0, or errno. */
static int write_into(const char *path, const char *bytes, gsize n)
{
    struct stat st;
    pl_autofd int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return errno;
    if (S_ISBLK(st.st_mode))
        return ENOTSUP; /* a disk is not a place for a report */
    return write_all(fd, bytes, n) ? 0 : errno;
}

/* A link that leads to no file is not a place for one either. */
static bool is_link_to_device(const char *path)
{
    struct stat link, behind;
    return lstat(path, &link) == 0 && S_ISLNK(link.st_mode) && stat(path, &behind) == 0 && !S_ISREG(behind.st_mode);
}

/* 0, or errno. */
static int replace(const char *path, const char *bytes, gsize n, unsigned mode)
{
    g_autofree char *folder_name = g_path_get_dirname(path);
    g_autofree char *base = g_path_get_basename(path);
    pl_autofd int folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = folder < 0 ? errno : 0;
    g_autofree char *name = NULL;
    pl_autofd int fd = err ? -1 : create_beside(folder, base, &name);
    if (!err && fd < 0)
        err = errno;
    if (!err && (!fill(fd, bytes, n, mode) || renameat(folder, name, folder, base) != 0)) {
        err = errno;
        unlinkat(folder, name, 0);
    }
    if (!err)
        fsync(folder); /* some file systems refuse it on folders; the report stands either way */
    return err;
}

bool report_write(const char *path, const char *bytes, gsize n, unsigned mode, GError **error)
{
    int err = ENOTSUP;
    if (takes_bytes(path))
        err = write_into(path, bytes, n);
    else if (!is_link_to_device(path))
        err = replace(path, bytes, n, mode);
    if (err)
        g_set_error(error, PL_ERROR, PL_ERROR_WRITE, "%s: cannot write the report: %s", path, g_strerror(err));
    return !err;
}
