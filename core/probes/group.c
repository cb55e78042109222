/* Local groups: group, the passwords of gshadow (readable by root alone), and the users whose primary group each is. */
#include "facts/account/accounts.h"
#include "model/error.h"
#include "model/name_glob.h"
#include "model/tree.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on group names; default every group"},
    {.name = "gid", .type = VALUE_NUMBER, .text = "only this numeric id"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "group name"},
    {"gid", VALUE_NUMBER, "numeric id"},
    {"members", VALUE_SET, "users listed in the group file"},
    {"users", VALUE_SET, "members and the users whose primary group it is"},
    {"password", VALUE_STRING, "set, empty, locked or none"},
    {"duplicate_name", VALUE_BOOL, "another line has this name"},
    {"duplicate_gid", VALUE_BOOL, "another group has this id"},
    {.name = NULL},
};

static const char group_path[] = "/etc/group", gshadow_path[] = "/etc/gshadow", passwd_path[] = "/etc/passwd";

struct groups {
    struct items *items;
    const GPtrArray *rows, *passwd;
    GError *gshadow_error, *passwd_error;
    GHashTable *gshadow;     /* name -> row */
    GHashTable *names, *ids; /* name and gid text -> number of lines */
    GHashTable *primary;     /* gid -> GPtrArray of the users whose primary group it is, borrowed names */
    guint listed;            /* users in all items so far */
};

/* In the items of one object: a hostile pair of files could ask for thousands of millions. */
#define MEMBERSHIPS_MAX 500000U

static void unref_array(gpointer array)
{
    g_ptr_array_unref(array);
}

static void index_primary(struct groups *groups)
{
    g_autoptr(GPtrArray) unused = problems_new();
    groups->primary = g_hash_table_new_full(NULL, NULL, NULL, unref_array);
    for (size_t i = 0; groups->passwd && i < groups->passwd->len; i++) {
        const struct account_row *row = g_ptr_array_index(groups->passwd, i);
        uint32_t gid = 0;
        if (!accounts_id(row, 4, 3, passwd_path, &gid, unused))
            continue;
        GPtrArray *users = g_hash_table_lookup(groups->primary, GUINT_TO_POINTER(gid));
        if (!users) {
            users = g_ptr_array_new();
            g_hash_table_insert(groups->primary, GUINT_TO_POINTER(gid), users);
        }
        g_ptr_array_add(users, (gpointer)(uintptr_t)accounts_field(row, 0));
    }
}

static bool groups_init(struct groups *groups, struct host *host)
{
    g_autoptr(GError) error = NULL;
    groups->rows = accounts_read(host, group_path, &error);
    items_problem_from_error(groups->items, error);
    if (!groups->rows)
        return false;
    groups->passwd = accounts_read(host, passwd_path, &groups->passwd_error);
    index_primary(groups);
    groups->gshadow = accounts_index(accounts_read(host, gshadow_path, &groups->gshadow_error));
    groups->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    groups->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) unused = problems_new();
    for (size_t i = 0; i < groups->rows->len; i++) {
        const struct account_row *row = g_ptr_array_index(groups->rows, i);
        uint32_t gid = 0;
        if (!accounts_id(row, 3, 2, group_path, &gid, unused))
            continue;
        g_autofree char *text = g_strdup_printf("%u", gid);
        accounts_count(groups->names, accounts_field(row, 0));
        accounts_count(groups->ids, text);
    }
    return true;
}

static void groups_clear(struct groups *groups)
{
    g_clear_error(&groups->gshadow_error);
    g_clear_error(&groups->passwd_error);
    g_clear_pointer(&groups->gshadow, g_hash_table_unref);
    g_clear_pointer(&groups->primary, g_hash_table_unref);
    g_clear_pointer(&groups->names, g_hash_table_unref);
    g_clear_pointer(&groups->ids, g_hash_table_unref);
}

static void add_once(GPtrArray *list, GHashTable *seen, const char *name)
{
    if (*name && g_hash_table_add(seen, (gpointer)(uintptr_t)name))
        g_ptr_array_add(list, (gpointer)(uintptr_t)name);
}

static void set_list(struct item *item, const char *field, const GPtrArray *names)
{
    json_object *list = json_object_new_array();
    for (guint i = 0; i < names->len; i++)
        json_object_array_add(list, json_object_new_string(g_ptr_array_index(names, i)));
    item_set(item, field, list);
}

static void set_members(struct groups *groups, struct item *item, const char *members, uint32_t gid)
{
    g_auto(GStrv) names = g_strsplit(members, ",", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (char **name = names; *name; name++)
        add_once(list, seen, g_strstrip(*name));
    set_list(item, "members", list);
    if (groups->passwd_error) {
        item_unread_error(item, "users", groups->passwd_error);
        return;
    }
    const GPtrArray *users = g_hash_table_lookup(groups->primary, GUINT_TO_POINTER(gid));
    for (guint i = 0; users && i < users->len && list->len < MEMBERSHIPS_MAX; i++)
        add_once(list, seen, g_ptr_array_index(users, i));
    groups->listed += list->len;
    if (groups->listed > MEMBERSHIPS_MAX) {
        item_damaged(item, "users", "%s: more than %u memberships", group_path, MEMBERSHIPS_MAX);
        return;
    }
    set_list(item, "users", list);
}

static void set_password(const struct groups *groups, struct item *item, const char *name, const char *password)
{
    const struct account_row *row = g_hash_table_lookup(groups->gshadow, name);
    bool shadowed = g_str_equal(password, "x");
    if (!shadowed)
        item_set_string(item, "password", accounts_password_state(password));
    else if (groups->gshadow_error)
        item_unread_error(item, "password", groups->gshadow_error);
    else
        item_set_string(item, "password", row ? accounts_password_state(accounts_field(row, 1)) : "none");
}

static void add_group(struct groups *groups, const struct account_row *row, uint32_t gid)
{
    const char *name = accounts_field(row, 0);
    g_autofree char *id = g_strdup_printf("%u", gid);
    struct item *item = items_add(groups->items, name);
    item_source_path(item, group_path, accounts_line(row));
    item_set_string(item, "name", name);
    item_set_int(item, "gid", gid);
    item_set_bool(item, "duplicate_name", GPOINTER_TO_UINT(g_hash_table_lookup(groups->names, name)) > 1);
    item_set_bool(item, "duplicate_gid", GPOINTER_TO_UINT(g_hash_table_lookup(groups->ids, id)) > 1);
    set_password(groups, item, name, accounts_field(row, 1));
    set_members(groups, item, accounts_field(row, 3), gid);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct groups groups = {.items = items};
    const char *name = object_string(object, "name", NULL);
    const json_object *wanted = tree_member(object, "gid");
    for (size_t i = 0, n = groups_init(&groups, context->host) ? groups.rows->len : 0; i < n; i++) {
        const struct account_row *row = g_ptr_array_index(groups.rows, i);
        uint32_t gid = 0;
        if (!items_room(items, 1, "groups"))
            break;
        if (accounts_id(row, 3, 2, group_path, &gid, items->problems) &&
            (!name || name_matches(name, accounts_field(row, 0))) && (!wanted || json_object_get_int64(wanted) == gid))
            add_group(&groups, row, gid);
    }
    groups_clear(&groups);
}

const struct probe probe_group = {
    .name = "group",
    .summary = "Local groups: group and gshadow joined with primary members",
    .object = {"group", "groups"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
