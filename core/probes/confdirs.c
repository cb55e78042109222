#include "probes/confdirs.h"

#include "model/error.h"
#include "model/value.h"

bool confdirs_null_link(struct host *host, const char *path, GError **error)
{
    g_autofree char *target = host_readlink(host, path, error);
    return target && g_str_equal(target, "/dev/null");
}

bool confdirs_is_null_link(struct host *host, const char *path)
{
    return confdirs_null_link(host, path, NULL);
}

GPtrArray *confdirs_errors_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
}

static char **list_dir(struct host *host, const char *dir, GPtrArray *errors)
{
    g_autoptr(GError) error = NULL;
    char **names = host_list(host, dir, &error);
    if (!names && errors && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(errors, g_error_copy(error));
    return names;
}

char **confdirs_files(struct host *host, const char *const *dirs, const char *suffix, GPtrArray *errors)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (; *dirs; dirs++) {
        g_auto(GStrv) names = list_dir(host, *dirs, errors);
        for (char **name = names; name && *name; name++) {
            if (!g_str_has_suffix(*name, suffix) || g_hash_table_contains(by_name, *name))
                continue;
            char *key = g_strdup(*name);
            g_hash_table_insert(by_name, key, g_build_filename(*dirs, *name, NULL));
            g_ptr_array_add(order, key);
        }
    }
    g_ptr_array_sort(order, value_order_texts);
    GPtrArray *paths = g_ptr_array_new();
    for (guint i = 0; i < order->len; i++) {
        const char *path = g_hash_table_lookup(by_name, order->pdata[i]);
        if (!confdirs_is_null_link(host, path))
            g_ptr_array_add(paths, g_strdup(path));
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}
