#include "probes/common/content_paths.h"

#include "facts/account/homes.h"
#include "facts/file/confdirs.h"
#include "host/notes.h"
#include "host/path.h"
#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

static void path_free(gpointer data)
{
    struct content_path *path = data;
    g_free(path->path);
    g_free(path);
}

static void add(GPtrArray *list, GHashTable *seen, const char *key, const char *path, bool globbed)
{
    if (!g_hash_table_add(seen, g_strdup(key)))
        return;
    struct content_path *entry = g_new0(struct content_path, 1);
    entry->path = g_strdup(path);
    entry->globbed = globbed;
    g_ptr_array_add(list, entry);
}

static gint by_base_name(gconstpointer a, gconstpointer b)
{
    const struct content_path *const *pa = a, *const *pb = b;
    return strcmp(host_base_name((*pa)->path), host_base_name((*pb)->path));
}

struct content_paths_search {
    struct host *host;
    struct items *items;
    GPtrArray *list, *found; /* one and the same unless globs are sorted by base name */
    GHashTable *seen, *names;
    bool by_name;
};

static void search_glob(struct content_paths_search *search, const char *pattern)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) paths = host_glob(search->host, pattern, &error);
    items_problem_from_error(search->items, error);
    bool by_name = search->by_name;
    for (char **path = paths; path && *path; path++)
        add(search->found, by_name ? search->names : search->seen, by_name ? host_base_name(*path) : *path, *path,
            true);
}

/* Nobody's home must hold it, and two users may each have a file of one name: base names do not hide here. */
static void search_homes(struct content_paths_search *search, const char *pattern)
{
    const struct homes *homes = homes_find(search->host);
    items_problem_from_error(search->items, homes->error);
    for (guint i = 0; i < homes->list->len; i++) {
        g_autofree char *path = homes_path(g_ptr_array_index(homes->list, i), pattern);
        if (!host_is_glob(pattern)) {
            add(search->list, search->seen, path, path, true);
            continue;
        }
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) paths = host_glob(search->host, path, &error);
        items_problem_from_error(search->items, error);
        for (char **found = paths; found && *found; found++)
            add(search->list, search->seen, *found, *found, true);
    }
}

GPtrArray *content_paths(struct host *host, const char *const *patterns, bool by_name, struct items *items)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(path_free);
    GPtrArray *found = by_name ? g_ptr_array_new_with_free_func(path_free) : list;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct content_paths_search search = {host, items, list, found, seen, names, by_name};
    for (; *patterns; patterns++) {
        if (homes_is_pattern(*patterns))
            search_homes(&search, *patterns);
        else if (host_is_glob(*patterns))
            search_glob(&search, *patterns);
        else
            add(list, seen, *patterns, *patterns, false);
    }
    if (by_name) {
        g_ptr_array_sort(found, by_base_name);
        g_ptr_array_extend_and_steal(list, found);
    }
    return list;
}

void content_path_problem(struct host *host, const struct content_path *path, const GError *error, struct items *items)
{
    struct host_stat st = {0};
    if (g_error_matches(error, PL_ERROR, PL_ERROR_KIND)) {
        /* Unheard: then the problem stands. */
        if (path->globbed && host_stat(host, path->path, &st, host_unheard()) && S_ISDIR(st.mode))
            return;
        if (confdirs_null_link(host, path->path, host_unheard()))
            return;
    }
    items_problem_from_error(items, error);
}
