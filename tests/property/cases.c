#include "cases.h"

#include <string.h>

gint cases_by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_below(const char *folder, GPtrArray *out)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            add_below(path, out);
        else if (g_str_has_suffix(path, ".yaml"))
            g_ptr_array_add(out, g_steal_pointer(&path));
    }
}

GPtrArray *cases_find(const char *folder)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    add_below(folder, files);
    g_ptr_array_sort(files, cases_by_text);
    g_ptr_array_add(files, NULL);
    return files;
}
