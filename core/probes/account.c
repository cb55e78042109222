/* Local users. passwd decides who exists; shadow (readable by root alone) adds the password and its ageing, group the
 * groups, and the home directory is looked at. Users of LDAP, SSSD and systemd-homed are not seen. */
#include "facts/account/accounts.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/name_glob.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/ids.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>
#include <sys/stat.h>

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on user names; default every user"},
    {.name = "uid", .type = VALUE_NUMBER, .text = "only this numeric id"},
    {.name = "system",
     .type = VALUE_BOOL,
     .text = "true: only uids below UID_MIN of login.defs; false: only those at or above it, and nobody left out"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "login name"},
    {"uid", VALUE_NUMBER, "numeric user id"},
    {"gid", VALUE_NUMBER, "primary group id"},
    {"group", VALUE_STRING, "name of the primary group; null when the group file has none"},
    {"groups", VALUE_SET, "supplementary groups"},
    {"gecos", VALUE_STRING, "comment field"},
    {"home", VALUE_STRING, "home directory"},
    {"shell", VALUE_STRING, "login shell"},
    {"system", VALUE_BOOL, "uid below UID_MIN of login.defs (default 1000), or the overflow uid"},
    {"login", VALUE_BOOL, "the shell lets people in: not nologin, false, sync, shutdown or halt"},
    {"password", VALUE_STRING,
     "state of the password: set, empty, locked, none (no usable hash: * or !) or shadowed elsewhere"},
    {"hash", VALUE_STRING,
     "scheme of the password hash: yescrypt, sha512, sha256, bcrypt, md5, des ...; null without a hash"},
    {"rounds", VALUE_NUMBER, "rounds or cost stated in the hash; null when the hash states none"},
    {"last_change_days", VALUE_NUMBER,
     "days since the password was changed; negative: in the future; null when not recorded"},
    {"min_days", VALUE_NUMBER, "shadow field 4; null when empty"},
    {"max_days", VALUE_NUMBER, "shadow field 5; -1 when empty or negative: no limit"},
    {"warn_days", VALUE_NUMBER, "shadow field 6; null when empty"},
    {"inactive_days", VALUE_NUMBER, "shadow field 7; -1 when empty: never"},
    {"expires_days", VALUE_NUMBER, "days until the account expires; null when it does not"},
    {"home_exists", VALUE_BOOL, "the home is a directory"},
    {"home_mode", VALUE_MODE, "permission bits of the home"},
    {"home_owner", VALUE_STRING, "owner of the home"},
    {"home_group", VALUE_STRING, "group of the home"},
    {"duplicate_name", VALUE_BOOL, "another line has this name"},
    {"duplicate_uid", VALUE_BOOL, "another account has this uid"},
    {.name = NULL},
};

#define OVERFLOW_UID 65534U
/* In the items of one object: a hostile pair of files could ask for thousands of millions. */
#define MEMBERSHIPS_MAX 500000U
#define DAY_SECONDS     86400

static const char passwd_path[] = "/etc/passwd", shadow_path[] = "/etc/shadow", group_path[] = "/etc/group";

/* Everything that is read once for all accounts. */
struct users {
    struct host *host;
    struct items *items;
    const GPtrArray *passwd, *shadow, *groups; /* NULL: absent or unreadable */
    GError *shadow_error, *group_error;
    GHashTable *shadow_rows; /* name -> row */
    GHashTable *names, *ids; /* name and uid text -> number of lines */
    GHashTable *memberships; /* user -> GPtrArray of group names, borrowed texts */
    guint listed;            /* memberships in all items so far */
    uint64_t uid_min;
    gint64 today; /* days since the epoch */
};

static void read_uid_min(struct users *users)
{
    g_autoptr(GError) error = NULL;
    const json_object *defs = format_read(users->host, "/etc/login.defs", format_find("login-defs"), &error);
    const char *text = tree_string(defs, "UID_MIN");
    users->uid_min = 1000;
    if (!defs)
        items_problem_from_error(users->items, error);
    if (text)
        value_parse_u64(text, G_MAXUINT32, &users->uid_min);
}

static void add_members(struct users *users, const char *group, const char *list)
{
    g_auto(GStrv) members = g_strsplit(list, ",", -1);
    for (char **member = members; *member; member++) {
        const char *name = g_strstrip(*member);
        GPtrArray *groups = g_hash_table_lookup(users->memberships, name);
        if (!*name)
            continue;
        if (!groups) {
            groups = g_ptr_array_new();
            g_hash_table_insert(users->memberships, g_strdup(name), groups);
        }
        if (!groups->len || g_ptr_array_index(groups, groups->len - 1) != group)
            g_ptr_array_add(groups, (gpointer)(uintptr_t)group);
    }
}

static void unref_array(gpointer array)
{
    g_ptr_array_unref(array);
}

static void read_groups(struct users *users)
{
    users->groups = accounts_read(users->host, group_path, &users->group_error);
    users->memberships = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    for (size_t i = 0; users->groups && i < users->groups->len; i++) {
        const struct account_row *row = g_ptr_array_index(users->groups, i);
        add_members(users, accounts_field(row, 0), accounts_field(row, 3));
    }
}

static void count_users(struct users *users)
{
    users->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    users->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) unused = problems_new();
    for (size_t i = 0; i < users->passwd->len; i++) {
        const struct account_row *row = g_ptr_array_index(users->passwd, i);
        uint32_t uid = 0;
        if (!accounts_id(row, 4, 2, passwd_path, &uid, unused))
            continue;
        g_autofree char *text = g_strdup_printf("%u", uid);
        accounts_count(users->names, accounts_field(row, 0));
        accounts_count(users->ids, text);
    }
}

static bool users_init(struct users *users)
{
    g_autoptr(GError) error = NULL;
    users->passwd = accounts_read(users->host, passwd_path, &error);
    items_problem_from_error(users->items, error);
    if (!users->passwd)
        return false;
    users->shadow = accounts_read(users->host, shadow_path, &users->shadow_error);
    users->shadow_rows = accounts_index(users->shadow);
    users->today = g_get_real_time() / G_USEC_PER_SEC / DAY_SECONDS;
    read_uid_min(users);
    read_groups(users);
    count_users(users);
    return true;
}

static void users_clear(struct users *users)
{
    g_clear_error(&users->shadow_error);
    g_clear_error(&users->group_error);
    g_clear_pointer(&users->shadow_rows, g_hash_table_unref);
    g_clear_pointer(&users->names, g_hash_table_unref);
    g_clear_pointer(&users->ids, g_hash_table_unref);
    g_clear_pointer(&users->memberships, g_hash_table_unref);
}

/* The shells that end at once; by full path, because a file of that name elsewhere may do anything. */
static bool lets_in(const char *shell)
{
    static const char *const closed[] = {
        "/usr/sbin/nologin",  "/sbin/nologin",  "/usr/bin/nologin", "/bin/nologin",   "/bin/false",
        "/usr/bin/false",     "/bin/sync",      "/usr/bin/sync",    "/sbin/shutdown", "/sbin/halt",
        "/usr/sbin/shutdown", "/usr/sbin/halt", "/usr/sbin/false",  "/sbin/false",    NULL,
    };
    return !g_strv_contains(closed, shell);
}

/* What an empty ageing field means. */
enum empty { EMPTY_NULL, EMPTY_NO_LIMIT };

static void set_days(struct item *item, const char *field, const char *text, enum empty empty)
{
    int64_t days = 0;
    if (!*text) {
        item_set(item, field, empty == EMPTY_NULL ? NULL : json_object_new_int64(-1));
        return;
    }
    if (!value_parse_i64(text, &days)) {
        item_damaged(item, field, "\"%s\" is no number of days", text);
        return;
    }
    if (days < 0 && empty == EMPTY_NO_LIMIT)
        days = -1;
    item_set_int(item, field, days);
}

/* Days between a field's day and today; `sign` 1 for the past, -1 for the future. 0 in field 3 asks for a new password
 * at the next login and is no date. */
static void set_distance(const struct users *users, struct item *item, const char *field, const char *text, int sign)
{
    int64_t day = 0;
    if (!*text || g_str_equal(text, "-1") || (sign > 0 && g_str_equal(text, "0")))
        item_set(item, field, NULL);
    else if (!value_parse_i64(text, &day) || day < 0 || day > G_MAXINT32)
        item_damaged(item, field, "\"%s\" is no day", text);
    else
        item_set_int(item, field, sign * (users->today - day));
}

static void set_password(struct item *item, const char *field)
{
    gint64 rounds = -1;
    item_set_string(item, "password", accounts_password_state(field));
    item_set_string(item, "hash", accounts_hash(field, &rounds));
    item_set(item, "rounds", rounds < 0 ? NULL : json_object_new_int64(rounds));
}

static const char *const shadow_fields[] = {"password", "hash",      "rounds",        "last_change_days", "min_days",
                                            "max_days", "warn_days", "inactive_days", "expires_days"};

static void set_shadow(const struct users *users, struct item *item, const struct account_row *row, bool shadowed)
{
    if (users->shadow_error) {
        for (size_t i = shadowed ? 0 : 3; i < G_N_ELEMENTS(shadow_fields); i++)
            item_unread_error(item, shadow_fields[i], users->shadow_error);
        return;
    }
    if (!row) {
        for (size_t i = shadowed ? 1 : 3; i < G_N_ELEMENTS(shadow_fields); i++)
            item_set(item, shadow_fields[i], NULL);
        if (shadowed)
            item_set_string(item, "password", "shadowed elsewhere");
        return;
    }
    if (shadowed)
        set_password(item, accounts_field(row, 1));
    set_distance(users, item, "last_change_days", accounts_field(row, 2), 1);
    set_days(item, "min_days", accounts_field(row, 3), EMPTY_NULL);
    set_days(item, "max_days", accounts_field(row, 4), EMPTY_NO_LIMIT);
    set_days(item, "warn_days", accounts_field(row, 5), EMPTY_NULL);
    set_days(item, "inactive_days", accounts_field(row, 6), EMPTY_NO_LIMIT);
    set_distance(users, item, "expires_days", accounts_field(row, 7), -1);
}

static void set_home(const struct users *users, struct item *item, const char *home)
{
    static const char *const details[] = {"home_mode", "home_owner", "home_group"};
    g_autoptr(GError) error = NULL;
    struct host_stat st = {0};
    item_set_string(item, "home", home);
    bool found = *home == '/' && host_stat(users->host, home, &st, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        item_unread_error(item, "home_exists", error);
        for (size_t i = 0; i < G_N_ELEMENTS(details); i++)
            item_unread_error(item, details[i], error);
        return;
    }
    found = found && S_ISDIR(st.mode);
    item_set_bool(item, "home_exists", found);
    for (size_t i = 0; i < G_N_ELEMENTS(details) && !found; i++)
        item_set(item, details[i], NULL);
    if (!found)
        return;
    item_set_mode(item, "home_mode", st.mode);
    item_set_user_or_id(item, "home_owner", users->host, st.uid);
    item_set_group_or_id(item, "home_group", users->host, st.gid);
}

static void set_groups(struct users *users, struct item *item, const char *name, uint32_t gid)
{
    if (users->group_error) {
        item_unread_error(item, "group", users->group_error);
        item_unread_error(item, "groups", users->group_error);
        return;
    }
    item_set_group(item, "group", users->host, gid);
    const GPtrArray *groups = g_hash_table_lookup(users->memberships, name);
    users->listed += groups ? groups->len : 0;
    if (users->listed > MEMBERSHIPS_MAX) {
        item_damaged(item, "groups", "%s: more than %u memberships", group_path, MEMBERSHIPS_MAX);
        return;
    }
    json_object *list = json_object_new_array();
    for (guint i = 0; groups && i < groups->len; i++)
        json_object_array_add(list, json_object_new_string(g_ptr_array_index(groups, i)));
    item_set(item, "groups", list);
}

static void add_account(struct users *users, const struct account_row *row, uint32_t uid, uint32_t gid, bool system)
{
    const char *name = accounts_field(row, 0), *password = accounts_field(row, 1), *shell = accounts_field(row, 6);
    g_autofree char *id = g_strdup_printf("%u", uid);
    struct item *item = items_add(users->items, name);
    item_source_path(item, passwd_path, accounts_line(row));
    item_set_string(item, "name", name);
    item_set_int(item, "uid", uid);
    item_set_int(item, "gid", gid);
    item_set_string(item, "gecos", accounts_field(row, 4));
    item_set_string(item, "shell", shell);
    item_set_bool(item, "system", system);
    item_set_bool(item, "login", lets_in(shell));
    item_set_bool(item, "duplicate_name", GPOINTER_TO_UINT(g_hash_table_lookup(users->names, name)) > 1);
    item_set_bool(item, "duplicate_uid", GPOINTER_TO_UINT(g_hash_table_lookup(users->ids, id)) > 1);
    bool shadowed = g_str_equal(password, "x");
    if (!shadowed)
        set_password(item, password);
    set_shadow(users, item, g_hash_table_lookup(users->shadow_rows, name), shadowed);
    set_groups(users, item, name, gid);
    set_home(users, item, accounts_field(row, 5));
}

/* What the object asks for. */
struct filter {
    const char *name;
    const json_object *uid, *system;
};

static void take_row(struct users *users, const struct filter *filter, const struct account_row *row)
{
    uint32_t uid = 0, gid = 0;
    if (!accounts_id(row, 4, 2, passwd_path, &uid, users->items->problems) ||
        !accounts_id(row, 4, 3, passwd_path, &gid, users->items->problems))
        return;
    bool below = uid < users->uid_min, nobody = uid == OVERFLOW_UID;
    if (filter->name && !name_matches(filter->name, accounts_field(row, 0)))
        return;
    if (filter->uid && json_object_get_int64(filter->uid) != uid)
        return;
    if (filter->system && (json_object_get_boolean(filter->system) ? !below : below || nobody))
        return;
    add_account(users, row, uid, gid, below || nobody);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct users users = {.host = context->host, .items = items};
    struct filter filter = {.name = object_string(object, "name", NULL)};
    filter.uid = tree_member(object, "uid");
    filter.system = tree_member(object, "system");
    for (size_t i = 0, n = users_init(&users) ? users.passwd->len : 0; i < n; i++) {
        if (!items_room(items, 1, "accounts"))
            break;
        take_row(&users, &filter, g_ptr_array_index(users.passwd, i));
    }
    users_clear(&users);
}

const struct probe probe_account = {
    .name = "account",
    .summary = "Local users: passwd, shadow and group joined",
    .object = {"account", "accounts"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
