/* Subordinate user and group ids of /etc/subuid and /etc/subgid: each line is a range of ids that one user may map into
 * its own user namespaces, which rootless containers need. Names are resolved by passwd; a source of ranges other than
 * these files (nsswitch.conf) is a problem, since it hides the files. */
#include "probes/subid.h"
#include "facts/account/accounts.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/probe.h"

#include <string.h>

static const struct probe_param params[] = {{.name = NULL}};
static const struct probe_field fields[] = {
    {"file", VALUE_STRING, "the file"},
    {"user", VALUE_STRING, "login name as the file writes it"},
    {"uid", VALUE_NUMBER, "the user's id; null when passwd does not know it"},
    {"start", VALUE_NUMBER, "first id of the range"},
    {"count", VALUE_NUMBER, "ids in the range"},
    {"overlaps", VALUE_SET, "ranges of other users that share ids with it, as user:start:count"},
    {"accounts", VALUE_SET, "login names or groups whose own id lies inside the range"},
    {"below_minimum", VALUE_BOOL, "it begins below SUB_UID_MIN or SUB_GID_MIN of login.defs (default 100000)"},
    {.name = NULL},
};

#define RANGES_MAX 4096U
/* In all items of one object: hostile files could make each range meet each other one. */
#define OVERLAPS_MAX 20000U

struct subid_range {
    const char *file;
    char *user;
    int64_t uid; /* -1: not known */
    uint64_t start, count;
    unsigned line;
};

struct subid_table {
    struct host *host;
    struct items *items;
    GPtrArray *ranges;   /* struct subid_range */
    GHashTable *by_name; /* passwd by user */
    guint overlaps;
};

static const char uid_path[] = "/etc/subuid", gid_path[] = "/etc/subgid";

static void range_free(gpointer data)
{
    struct subid_range *range = data;
    g_free(range->user);
    g_free(range);
}

static int64_t user_id(const struct subid_table *table, const char *name)
{
    uint64_t uid = 0;
    const struct account_row *row = g_hash_table_lookup(table->by_name, name);
    const char *text = row ? accounts_field(row, 2) : name; /* the files may hold the number itself */
    return value_parse_u64(text, G_MAXUINT32, &uid) ? (int64_t)uid : -1;
}

static void add_range(struct subid_table *table, const char *file, const struct account_row *row)
{
    uint64_t start = 0, count = 0;
    const char *user = accounts_field(row, 0);
    if (row->n != 3 || !*user || !value_parse_u64(accounts_field(row, 1), G_MAXUINT32, &start) ||
        !value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &count)) {
        items_problem(table->items, PROBLEM_ERROR, NULL, "%s:%u: not user:start:count", file, accounts_line(row));
        return;
    }
    struct subid_range *range = g_new0(struct subid_range, 1);
    range->file = file;
    range->user = g_utf8_make_valid(user, -1);
    range->uid = user_id(table, user);
    range->start = start;
    range->count = count;
    range->line = accounts_line(row);
    g_ptr_array_add(table->ranges, range);
}

static void read_file(struct subid_table *table, const char *path)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *rows = accounts_read(table->host, path, &error);
    items_problem_from_error(table->items, error);
    size_t n = rows ? rows->len : 0;
    if (n > RANGES_MAX)
        items_problem(table->items, PROBLEM_ERROR, NULL, "%s: more than %u ranges", path, RANGES_MAX);
    for (size_t i = 0; i < MIN(n, (size_t)RANGES_MAX); i++) {
        const struct account_row *row = g_ptr_array_index(rows, i);
        if (row->n > 1 || *accounts_field(row, 0))
            add_range(table, path, row);
    }
}

/* "subid: sss" and the like: then libsubid asks there, and these files say nothing. NULL when the files count. */
static char *foreign_source(struct host *host)
{
    g_autofree char *text = host_read_text(host, "/etc/nsswitch.conf", NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (!g_str_has_prefix(*line, "subid:"))
            continue;
        const char *source = *line + 6 + strspn(*line + 6, " \t");
        if (*source && !g_str_has_prefix(source, "files"))
            return g_strdup_printf("/etc/nsswitch.conf takes subordinate ids from \"%.40s\"", source);
    }
    return NULL;
}

static uint64_t minimum(struct host *host, const char *file)
{
    const json_object *defs = format_read(host, "/etc/login.defs", format_find("keyvalue"), NULL);
    const char *text = tree_string(defs, g_str_equal(file, uid_path) ? "SUB_UID_MIN" : "SUB_GID_MIN");
    uint64_t value = 0;
    return text && value_parse_u64(text, G_MAXUINT32, &value) ? value : 100000;
}

static bool one_user(const struct subid_range *a, const struct subid_range *b)
{
    return g_str_equal(a->user, b->user) || (a->uid >= 0 && a->uid == b->uid);
}

static void set_overlaps(struct subid_table *table, const struct subid_range *range, struct item *item)
{
    json_object *texts = json_object_new_array();
    for (guint i = 0; i < table->ranges->len; i++) {
        const struct subid_range *other = g_ptr_array_index(table->ranges, i);
        if (other == range || other->file != range->file || one_user(range, other) || !other->count || !range->count)
            continue;
        if (other->start >= range->start + range->count || range->start >= other->start + other->count)
            continue;
        if (++table->overlaps > OVERLAPS_MAX)
            break;
        g_autofree char *text =
            g_strdup_printf("%s:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, other->user, other->start, other->count);
        json_object_array_add(texts, json_object_new_string(text));
    }
    item_set(item, "overlaps", texts);
}

/* Accounts, or groups for the other file, that a container of this user could become. */
static void set_accounts(struct subid_table *table, const struct subid_range *range, struct item *item)
{
    const char *path = range->file == uid_path ? "/etc/passwd" : "/etc/group";
    g_autoptr(GError) error = NULL;
    const GPtrArray *rows = accounts_read(table->host, path, &error);
    if (error) {
        item_unread_error(item, "accounts", error);
        return;
    }
    json_object *names = json_object_new_array();
    for (size_t i = 0; rows && i < rows->len; i++) {
        const struct account_row *row = g_ptr_array_index(rows, i);
        uint64_t id = 0;
        if (!value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &id) || id < range->start ||
            id >= range->start + range->count || table->overlaps++ > OVERLAPS_MAX)
            continue;
        g_autofree char *name = g_utf8_make_valid(accounts_field(row, 0), -1);
        json_object_array_add(names, json_object_new_string(name));
    }
    item_set(item, "accounts", names);
}

static void add_range_item(struct subid_table *table, const struct subid_range *range)
{
    g_autofree char *subject = g_strdup_printf("%s in %s", range->user, range->file);
    struct item *item = items_add(table->items, subject);
    item_source_path(item, range->file, range->line);
    item_set_string(item, "file", range->file);
    item_set_string(item, "user", range->user);
    item_set(item, "uid", range->uid >= 0 ? json_object_new_int64(range->uid) : NULL);
    item_set_int(item, "start", (gint64)range->start);
    item_set_int(item, "count", (gint64)range->count);
    set_overlaps(table, range, item);
    set_accounts(table, range, item);
    item_set_bool(item, "below_minimum", range->start < minimum(table->host, range->file));
}

bool subid_count(struct host *host, const struct home *home, struct items *items, uint64_t *out, char **why)
{
    *why = foreign_source(host);
    if (*why)
        return false;
    g_autoptr(GPtrArray) ranges = g_ptr_array_new_with_free_func(range_free);
    struct subid_table table = {.host = host, .items = items, .ranges = ranges};
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) by_name = accounts_index(accounts_read(host, "/etc/passwd", &error));
    items_problem_from_error(items, error);
    table.by_name = by_name;
    read_file(&table, uid_path);
    read_file(&table, gid_path);
    uint64_t users = 0, groups = 0;
    for (guint i = 0; i < ranges->len; i++) {
        const struct subid_range *range = g_ptr_array_index(ranges, i);
        bool own = g_str_equal(range->user, home->user) || range->uid == (int64_t)home->uid;
        *(range->file == uid_path ? &users : &groups) += own ? range->count : 0;
    }
    *out = MIN(users, groups);
    return true;
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)object;
    g_autofree char *foreign = foreign_source(context->host);
    if (foreign) {
        items_problem(items, PROBLEM_UNKNOWN, NULL, "%s", foreign);
        return;
    }
    g_autoptr(GPtrArray) ranges = g_ptr_array_new_with_free_func(range_free);
    g_autoptr(GError) error = NULL;
    struct subid_table table = {.host = context->host, .items = items, .ranges = ranges};
    g_autoptr(GHashTable) by_name = accounts_index(accounts_read(context->host, "/etc/passwd", &error));
    table.by_name = by_name;
    items_problem_from_error(items, error);
    read_file(&table, uid_path);
    read_file(&table, gid_path);
    for (guint i = 0; i < ranges->len; i++)
        add_range_item(&table, g_ptr_array_index(ranges, i));
    if (table.overlaps > OVERLAPS_MAX)
        items_problem(items, PROBLEM_ERROR, NULL, "more than %u overlaps of subordinate ids", OVERLAPS_MAX);
}

const struct probe probe_subid = {
    .name = "subid",
    .summary = "Ranges of subordinate user and group ids that users may map into their user namespaces",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
