/* Homes from passwd alone. Accounts share directories (/, /nonexistent, /var/empty): each is looked at once, and one
 * that is the root of the machine or relative is nobody's home. */
#include "facts/account/homes.h"

#include "facts/account/accounts.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>
#include <sys/stat.h>

static const char passwd_path[] = "/etc/passwd";

static void home_free(gpointer data)
{
    struct home *home = data;
    g_free(home->user);
    g_free(home->path);
    g_free(home);
}

static void homes_free(gpointer data)
{
    struct homes *homes = data;
    g_ptr_array_unref(homes->list);
    g_clear_error(&homes->error);
    g_free(homes);
}

/* Without slashes at the end; NULL for what can be no home. */
static char *clean_path(const char *path)
{
    size_t n = strlen(path);
    while (n > 0 && path[n - 1] == '/')
        n--;
    return path[0] == '/' && n > 0 ? g_strndup(path, n) : NULL;
}

static bool is_directory(struct host *host, const char *path, struct homes *homes)
{
    struct host_stat st = {0};
    g_autoptr(GError) error = NULL;
    if (host_stat(host, path, &st, &error))
        return S_ISDIR(st.mode);
    if (!homes->error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        homes->error = g_steal_pointer(&error);
    return false;
}

static void add_home(struct host *host, const struct account_row *row, struct homes *homes, GHashTable *seen)
{
    uint64_t uid = 0;
    if (row->n < 6 || !value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &uid))
        return;
    g_autofree char *path = clean_path(accounts_field(row, 5));
    if (!path || !g_hash_table_add(seen, g_strdup(path)) || !is_directory(host, path, homes))
        return;
    struct home *home = g_new0(struct home, 1);
    home->user = g_utf8_make_valid(accounts_field(row, 0), -1);
    home->uid = (uid_t)uid;
    home->path = g_steal_pointer(&path);
    g_ptr_array_add(homes->list, home);
}

static gpointer make_homes(struct host *host, gpointer data)
{
    (void)data;
    struct homes *homes = g_new0(struct homes, 1);
    homes->list = g_ptr_array_new_with_free_func(home_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const GPtrArray *rows = accounts_read(host, passwd_path, &homes->error);
    for (size_t i = 0; rows && i < rows->len; i++)
        add_home(host, g_ptr_array_index(rows, i), homes, seen);
    return homes;
}

const struct homes *homes_find(struct host *host)
{
    return host_memo(host, "homes", make_homes, NULL, homes_free);
}

bool homes_is_pattern(const char *pattern)
{
    return g_str_has_prefix(pattern, "~/");
}

char *homes_path(const struct home *home, const char *pattern)
{
    if (!homes_is_pattern(pattern))
        return g_strdup(pattern);
    if (!host_is_glob(pattern))
        return g_strconcat(home->path, pattern + 1, NULL);
    g_autofree char *quoted = host_glob_quote(home->path);
    return g_strconcat(quoted, pattern + 1, NULL);
}
