#include "facts/file/confdirs.h"

#include "model/error.h"
#include "model/value.h"

/* As the kernel follows them */
#define LINKS_MAX 40

/* Where the link leads, by names alone: the root may have no /dev. NULL: no link. */
static char *next_of(struct host *host, const char *path, GError **error)
{
    g_autofree char *target = host_readlink(host, path, error);
    g_autofree char *folder = g_path_get_dirname(path);
    return target ? g_canonicalize_filename(target, folder) : NULL;
}

bool confdirs_null_link(struct host *host, const char *path, GError **error)
{
    char *at = next_of(host, path, error);
    for (unsigned i = 0; at && i < LINKS_MAX && !g_str_equal(at, "/dev/null"); i++) {
        g_autofree char *here = at;
        at = next_of(host, here, NULL);
    }
    bool null = at && g_str_equal(at, "/dev/null");
    g_free(at);
    return null;
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

static bool counts(const char *name, const char *suffix, bool hidden)
{
    return g_str_has_suffix(name, suffix) && (hidden || *name != '.');
}

char **confdirs_files(struct host *host, const char *const *dirs, const char *suffix, GPtrArray *errors)
{
    return confdirs_files_of(host, dirs, suffix, false, errors);
}

char **confdirs_files_of(struct host *host, const char *const *dirs, const char *suffix, bool hidden, GPtrArray *errors)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (; *dirs; dirs++) {
        g_auto(GStrv) names = list_dir(host, *dirs, errors);
        for (char **name = names; name && *name; name++) {
            if (!counts(*name, suffix, hidden) || g_hash_table_contains(by_name, *name))
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
