#include "host/failure.h"

#include "host/notes.h"
#include "model/error.h"

#include <errno.h>

bool host_pass_on(GError **error, GError *failed)
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
    return host_pass_on(error, failed);
}
