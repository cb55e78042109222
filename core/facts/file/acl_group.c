/* Joins group and passwd for one group id; a group may have several lines, or none but users with its number. */
#include "facts/file/acl_group.h"

#include "facts/account/accounts.h"
#include "model/error.h"
#include "model/value.h"

#define USERS_MAX 10000U

static bool has_id(const struct account_row *row, guint field, gid_t gid)
{
    uint64_t id = 0;
    return value_parse_u64(accounts_field(row, field), G_MAXUINT32, &id) && id == gid;
}

static void add_once(GPtrArray *users, GHashTable *seen, const char *name)
{
    if (!*name || users->len >= USERS_MAX || g_hash_table_contains(seen, name))
        return;
    char *copy = g_utf8_make_valid(name, -1);
    g_ptr_array_add(users, copy);
    g_hash_table_add(seen, copy);
}

static void add_members(GPtrArray *users, GHashTable *seen, const struct account_row *row)
{
    g_auto(GStrv) names = g_strsplit(accounts_field(row, 3), ",", -1);
    for (char **name = names; *name; name++)
        add_once(users, seen, g_strstrip(*name));
}

char **file_group_users(struct host *host, gid_t gid, GError **error)
{
    g_autoptr(GError) failed = NULL;
    const GPtrArray *groups = accounts_read(host, "/etc/group", &failed);
    const GPtrArray *passwd = failed ? NULL : accounts_read(host, "/etc/passwd", &failed);
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    g_autoptr(GPtrArray) users = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; groups && i < groups->len; i++)
        if (has_id(g_ptr_array_index(groups, i), 2, gid))
            add_members(users, seen, g_ptr_array_index(groups, i));
    for (size_t i = 0; passwd && i < passwd->len; i++)
        if (has_id(g_ptr_array_index(passwd, i), 3, gid))
            add_once(users, seen, accounts_field(g_ptr_array_index(passwd, i), 0));
    if (users->len >= USERS_MAX) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "the group %u has %u members or more", gid, USERS_MAX);
        return NULL;
    }
    g_ptr_array_add(users, NULL);
    return (char **)g_ptr_array_steal(users, NULL);
}
