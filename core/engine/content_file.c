/* Files of ours: rules, daemons, profiles, waivers, tests. Knows how to read one whole and safely; the machine under
 * audit is read through host/host.h alone. */
#include "engine/content.h"
#include "formats/format.h"
#include "model/error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((gsize)8 << 20)

static bool check_kind(int fd, const char *path, gsize *size, GError **error)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return pl_error_set_errno(error, errno, path);
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, PL_ERROR, PL_ERROR_KIND, "%s: not a regular file", path);
        return false;
    }
    if ((guint64)st.st_size > FILE_MAX) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: larger than %u MiB", path, (unsigned)(FILE_MAX >> 20));
        return false;
    }
    *size = (gsize)st.st_size;
    return true;
}

char *content_read_file(const char *path, gsize *n, GError **error)
{
    pl_autofd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    gsize size = 0;
    if (fd < 0) {
        pl_error_set_errno(error, errno, path);
        return NULL;
    }
    if (!check_kind(fd, path, &size, error))
        return NULL;
    g_autofree char *text = g_malloc(size + 1);
    gsize got = 0;
    while (got < size) {
        ssize_t r = read(fd, text + got, size - got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0) {
            pl_error_set_errno(error, errno, path);
            return NULL;
        }
        if (r == 0)
            break;
        got += (gsize)r;
    }
    text[got] = '\0';
    *n = got;
    return g_steal_pointer(&text);
}

json_object *content_read_yaml(const char *path, GError **error)
{
    gsize n = 0;
    g_autofree char *text = content_read_file(path, &n, error);
    if (!text)
        return NULL;
    const struct format *yaml = format_find("yaml");
    if (!yaml) {
        g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "%s: YAML is not built in", path);
        return NULL;
    }
    return yaml->parse(path, text, n, error);
}
