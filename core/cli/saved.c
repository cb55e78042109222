#include "cli/saved.h"

#include "model/error.h"
#include "reports/report.h"

#include <errno.h>
#include <sys/stat.h>

/* An audit of 5,000 rules with 1,000 items each stays far below. */
#define AUDIT_FILE_MAX ((gsize)256 << 20)

GBytes *saved_read(const char *path, GError **error)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        pl_error_set_errno(error, errno, path);
        return NULL;
    }
    if (!S_ISREG(st.st_mode) || (gsize)st.st_size > AUDIT_FILE_MAX) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: not a regular file of at most 256 MiB", path);
        return NULL;
    }
    char *bytes = NULL;
    gsize n = 0;
    return g_file_get_contents(path, &bytes, &n, error) ? g_bytes_new_take(bytes, n) : NULL;
}

struct audit *saved_parse(GBytes *bytes, const char *path, GError **error)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    struct audit *audit = audit_from_json(text ? text : "", n, error);
    if (!audit)
        g_prefix_error(error, "%s: ", path);
    return audit;
}

struct audit *saved_audit(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = saved_read(path, error);
    return bytes ? saved_parse(bytes, path, error) : NULL;
}
