/* Files as texts. C's texts end at a NUL: what lies behind one would be lost without a word, and a file that a crash
 * left full of NULs would be an empty one. */
#include "host/host.h"
#include "host/notes.h"
#include "model/error.h"

#include <string.h>

char *host_read_text(struct host *host, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = host_read(host, path, error);
    if (!bytes)
        return NULL;
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    const char *nul = size ? memchr(data, '\0', size) : NULL;
    if (!nul || nul + 1 == data + size)
        return g_strndup(data ? data : "", size);
    g_autofree char *shown = g_filename_display_name(path);
    GError *failed = g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s: holds NUL bytes, and is no text", shown);
    if (error)
        g_propagate_error(error, failed);
    else
        host_note(failed);
    return NULL;
}
