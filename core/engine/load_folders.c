#include "engine/load_folders.h"

#include "model/error.h"

#include <string.h>

const char *const load_folders[] = {"daemons", "benchmarks", "code", "container", "cluster", "cloud", "profiles", NULL};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *load_names_in(const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GDir *dir = g_dir_open(path, 0, &cause);
    if (!dir) {
        enum pl_error code = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? PL_ERROR_ABSENT : PL_ERROR_READ;
        g_set_error(error, PL_ERROR, code, "%s", cause->message);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}
