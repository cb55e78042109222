/* Files that a configuration names: programs, hooks, keys, profiles. The name comes from a daemon's setting or from a
 * value in configuration files, and what is looked at is the file behind it. */
#include "facts/account/homes.h"
#include "facts/daemon/daemon.h"
#include "facts/daemon/trust.h"
#include "facts/file/file_kind.h"
#include "facts/file/members.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/ids.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

extern const struct probe probe_setting, probe_config;

static const struct probe_param params[] = {
    {.name = "daemon", .type = VALUE_STRING, .text = "the setting of this daemon names them"},
    {.name = "member",
     .type = VALUE_STRING,
     .text = "with daemon: dotted path inside the setting's value, with * for one level"},
    {.name = "path",
     .type = VALUE_SET,
     .text = "instead of daemon: configuration files, as the probe config takes them",
     .subject = true},
    {.name = "format", .type = VALUE_STRING, .text = "with path: their format"},
    {.name = "key",
     .type = VALUE_STRING,
     .required = true,
     .text = "the setting, or the dotted path to the value in the files"},
    {.name = "below",
     .type = VALUE_STRING,
     .text = "glob: the files of this name in the directory that is named, instead of it"},
    {.name = "missing",
     .type = VALUE_BOOL,
     .text = "an item with exists: false for files that are not there (default true)"},
    {.name = "inner_format", .type = VALUE_STRING, .text = "format of the named file itself"},
    {.name = "inner_key", .type = VALUE_STRING, .text = "with inner_format: dotted path to the value shown as inner"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the named file"},
    {"named_by", VALUE_STRING, "key that names it"},
    {"user", VALUE_STRING, "account whose own configuration names it; null for the system's"},
    {"set", VALUE_BOOL, "somebody set the name; false: a default", FIELD_TOLD},
    {"exists", VALUE_BOOL, "it is there"},
    {"type", VALUE_STRING, "file directory symlink socket fifo char block; null when not there"},
    {"mode", VALUE_MODE, "permission bits; null when not there"},
    {"uid", VALUE_NUMBER, "owner id; null when not there"},
    {"owner", VALUE_STRING, "owner name; null when there is none", .number = "uid"},
    {"group", VALUE_STRING, "group name; null when there is none", .number = "gid"},
    {"trusted", VALUE_BOOL,
     "it and every directory above belong to root (or to the account whose configuration names it), and nobody else "
     "may "
     "write them; null when not there"},
    {"untrusted", VALUE_STRING, "the first path that breaks that; null when none does"},
    {"inner", VALUE_ANY, "value at inner_key; null when the file has none"},
    {.name = NULL},
};

/* One collect(). */
struct named_file_query {
    struct host *host;
    struct items *items;
    const char *below, *inner_format, *inner_key;
    bool missing;
    GHashTable *seen; /* user and path */
};

/* Where a name comes from. */
struct naming {
    const struct item *item; /* of the probe setting or config */
    const char *user;        /* NULL: the system */
    uid_t owner;
};

static void set_inner(struct named_file_query *query, const char *path, struct item *item)
{
    g_autoptr(GError) error = NULL;
    const json_object *tree = format_read(query->host, path, format_find(query->inner_format), &error);
    if (!tree) {
        item_unread_error(item, "inner", error);
        return;
    }
    g_autoptr(GPtrArray) members = members_find(tree, query->inner_key);
    const struct member_found *member = members->len ? g_ptr_array_index(members, 0) : NULL;
    item_set(item, "inner", member ? tree_copy(member->value) : NULL);
}

static void set_trust(struct named_file_query *query, const char *path, uid_t owner, struct item *item)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *unsafe = trust_first_unsafe(query->host, path, owner, &error);
    if (!unsafe) {
        item_unread_error(item, "trusted", error);
        item_unread_error(item, "untrusted", error);
        return;
    }
    item_set_bool(item, "trusted", !*unsafe);
    item_set_string(item, "untrusted", *unsafe ? unsafe : NULL);
}

static void set_absent(struct item *item, bool inner)
{
    static const char *const names[] = {"type", "mode", "uid", "owner", "group", "trusted", "untrusted"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        item_set(item, names[i], NULL);
    if (inner)
        item_set(item, "inner", NULL);
}

static void set_there(struct named_file_query *query, const char *path, const struct host_stat *st, struct item *item)
{
    item_set_string(item, "type", file_kind_name(st->mode));
    item_set_mode(item, "mode", st->mode & 07777);
    item_set_int(item, "uid", st->uid);
    item_set_user(item, "owner", query->host, st->uid);
    item_set_group(item, "group", query->host, st->gid);
    if (query->inner_key)
        set_inner(query, path, item);
}

static void add_file(struct named_file_query *query, const char *path, const struct naming *naming)
{
    struct host_stat st = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *identity = g_strdup_printf("%s\n%s", naming->user ? naming->user : "", path);
    if (!g_hash_table_add(query->seen, g_steal_pointer(&identity)))
        return;
    bool there = host_stat(query->host, path, &st, &error);
    if (!there && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        items_problem_from_error(query->items, error);
        return;
    }
    if (!there && !query->missing)
        return;
    if (!items_room(query->items, 1, "named files"))
        return;
    struct item *item = items_add(query->items, path);
    source_copy(&item->source, &naming->item->source);
    item_set_string(item, "path", path);
    const char *key = tree_string(naming->item->fields, "key");
    item_set_string(item, "named_by", key);
    item_set_string(item, "user", naming->user);
    json_object *set = tree_member(naming->item->fields, "set");
    item_set_bool(item, "set", !set || json_object_get_boolean(set));
    item_set_bool(item, "exists", there);
    if (!there) {
        set_absent(item, query->inner_key != NULL);
        return;
    }
    set_there(query, path, &st, item);
    set_trust(query, path, naming->owner, item);
}

static void add_name(struct named_file_query *query, const char *name, const struct naming *naming)
{
    if (name[0] != '/')
        return;
    if (!query->below) {
        add_file(query, name, naming);
        return;
    }
    g_autofree char *quoted = host_glob_quote(name);
    g_autofree char *pattern = g_build_filename(quoted, query->below, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) paths = host_glob(query->host, pattern, &error);
    items_problem_from_error(query->items, error);
    for (char **path = paths; path && *path; path++)
        add_file(query, *path, naming);
}

static void add_value(struct named_file_query *query, const json_object *value, const struct naming *naming)
{
    if (json_object_is_type(value, json_type_string)) {
        g_autofree char *name = tree_text(value);
        add_name(query, name, naming);
        return;
    }
    for (size_t i = 0; json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++) {
        const json_object *element = json_object_array_get_idx(value, i);
        g_autofree char *name = json_object_is_type(element, json_type_string) ? tree_text(element) : NULL;
        if (name)
            add_name(query, name, naming);
    }
}

static const struct home *home_of(const struct homes *homes, const char *user, const char *path)
{
    for (guint i = 0; i < homes->list->len; i++) {
        const struct home *home = g_ptr_array_index(homes->list, i);
        size_t n = strlen(home->path);
        if (user ? g_str_equal(home->user, user) : path && strncmp(path, home->path, n) == 0 && path[n] == '/')
            return home;
    }
    return NULL;
}

static void add_naming(struct named_file_query *query, const struct item *item, bool from_config)
{
    const char *user = tree_string(item->fields, "user");
    struct naming naming = {.item = item, .user = user};
    bool in_home = from_config && item->source.path && strstr(item->source.path, "/.config/");
    const struct home *home = user || in_home ? home_of(homes_find(query->host), user, item->source.path) : NULL;
    if (home) {
        naming.user = home->user;
        naming.owner = home->uid;
    }
    const struct problem *why = item_hindrance(item, "value");
    if (why)
        items_add_problem(query->items, why);
    else
        add_value(query, tree_member(item->fields, "value"), &naming);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct named_file_query query = {.host = context->host,
                                     .items = items,
                                     .below = object_string(object, "below", NULL),
                                     .inner_format = object_string(object, "inner_format", NULL),
                                     .inner_key = object_string(object, "inner_key", NULL),
                                     .missing = object_bool(object, "missing", true),
                                     .seen = seen};
    bool from_config = !object_string(object, "daemon", NULL);
    pl_auto(items) names = items_new();
    (from_config ? &probe_config : &probe_setting)->collect(context, object, names);
    items_copy_problems(items, names);
    for (guint i = 0; i < names->list->len; i++)
        add_naming(&query, g_ptr_array_index(names->list, i), from_config);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const char *daemon = object_string(object, "daemon", NULL), *inner = object_string(object, "inner_format", NULL);
    bool path = tree_member(object, "path") != NULL;
    if (!daemon == !path || path != (object_string(object, "format", NULL) != NULL)) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "named-file takes \"daemon\", or \"path\" with \"format\"");
        return false;
    }
    if (inner && !format_named(inner, error))
        return false;
    if (!inner != !object_string(object, "inner_key", NULL)) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "\"inner_format\" and \"inner_key\" need each other");
        return false;
    }
    return (daemon ? &probe_setting : &probe_config)->check(object, daemons, error);
}

const struct probe probe_named_file = {
    .name = "named-file",
    .summary = "Files that a daemon's setting or a value in configuration files names",
    .object = {"file", "files"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
