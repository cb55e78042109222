/* A report appears whole or not at all: written under another name in the same folder, made durable, then renamed. Only
 * a file is replaced. */
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

static bool fill(int fd, const char *bytes, gsize n, unsigned mode)
{
    return write_all(fd, bytes, n) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
}

/* A device or a pipe takes the bytes, and is never replaced: renaming over it would take /dev/null from the machine.
 * The look is repeated on what was opened. */
static int write_into(int folder, const char *base, const char *bytes, gsize n)
{
    pl_autofd int fd = openat(folder, base, O_WRONLY | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    struct stat opened;
    if (fd < 0 || fstat(fd, &opened) != 0)
        return errno;
    if (!S_ISCHR(opened.st_mode) && !S_ISFIFO(opened.st_mode))
        return ENOTSUP;
    return write_all(fd, bytes, n) ? 0 : errno;
}

/* What stands at the path is to be kept: 1 it takes the bytes, -1 it cannot, 0 the report takes its place. A link that
 * leads to no file is kept too, and one into /proc, as /dev/stdout is, wherever it leads now. */
static int stands_there(int folder, const char *base)
{
    struct stat found, behind;
    char target[sizeof "/proc/"] = "";
    if (fstatat(folder, base, &found, AT_SYMLINK_NOFOLLOW) != 0 || S_ISREG(found.st_mode))
        return 0;
    if (readlinkat(folder, base, target, sizeof target - 1) > 0 && g_str_equal(target, "/proc/"))
        return -1;
    if (S_ISLNK(found.st_mode))
        return fstatat(folder, base, &behind, 0) == 0 && !S_ISREG(behind.st_mode) ? -1 : 0;
    return S_ISCHR(found.st_mode) || S_ISFIFO(found.st_mode) ? 1 : -1;
}

bool report_write(const char *path, const char *bytes, gsize n, unsigned mode, GError **error)
{
    g_autofree char *folder_name = g_path_get_dirname(path);
    g_autofree char *base = g_path_get_basename(path);
    pl_autofd int folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = folder < 0 ? errno : 0;
    int kept = err ? 0 : stands_there(folder, base);
    if (kept)
        err = kept > 0 ? write_into(folder, base, bytes, n) : ENOTSUP;
    g_autofree char *name = NULL;
    pl_autofd int fd = err || kept ? -1 : create_beside(folder, base, &name);
    if (!err && !kept && fd < 0)
        err = errno;
    if (!err && !kept && (!fill(fd, bytes, n, mode) || renameat(folder, name, folder, base) != 0)) {
        err = errno;
        unlinkat(folder, name, 0);
    }
    if (!err)
        fsync(folder); /* some file systems refuse it on folders; the report stands either way */
    if (err)
        g_set_error(error, PL_ERROR, PL_ERROR_WRITE, "%s: cannot write the report: %s", path, g_strerror(err));
    return !err;
}
