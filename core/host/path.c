#include "host/path.h"

#include "model/error.h"

#include <limits.h>
#include <string.h>

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

const char *host_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Digits and what ends a component. */
static size_t number_length(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits && (text[digits] == '/' || !text[digits]) ? digits : 0;
}

size_t host_process_folder(const char *path)
{
    static const char proc[] = "/proc/", task[] = "/task/";
    if (!g_str_has_prefix(path, proc))
        return 0;
    size_t length = number_length(path + strlen(proc));
    if (!length)
        return 0;
    length += strlen(proc);
    size_t thread = g_str_has_prefix(path + length, task) ? number_length(path + length + strlen(task)) : 0;
    return thread ? length + strlen(task) + thread : length;
}
