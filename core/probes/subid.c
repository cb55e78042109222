/* Ranges of subordinate ids. A source of ranges other than the files (nsswitch.conf) is a problem, since it hides them.
 */
#include "facts/account/subid.h"
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

/* In all items of one object: hostile files could make each range meet each other one. */
#define OVERLAPS_MAX 20000U

struct subid_query {
    struct host *host;
    struct items *items;
    const GPtrArray *ranges; /* struct subid_range */
    guint overlaps;
};

static uint64_t minimum(struct host *host, const char *file)
{
    const json_object *defs = format_read(host, "/etc/login.defs", format_find("login-defs"), NULL);
    const char *text = tree_string(defs, g_str_equal(file, SUBID_UIDS) ? "SUB_UID_MIN" : "SUB_GID_MIN");
    uint64_t value = 0;
    return text && value_parse_u64(text, G_MAXUINT32, &value) ? value : 100000;
}

static bool one_user(const struct subid_range *a, const struct subid_range *b)
{
    return g_str_equal(a->user, b->user) || (a->uid >= 0 && a->uid == b->uid);
}

static void set_overlaps(struct subid_query *query, const struct subid_range *range, struct item *item)
{
    json_object *texts = json_object_new_array();
    for (guint i = 0; i < query->ranges->len; i++) {
        const struct subid_range *other = g_ptr_array_index(query->ranges, i);
        if (other == range || !g_str_equal(other->file, range->file) || one_user(range, other) || !other->count ||
            !range->count)
            continue;
        if (other->start >= range->start + range->count || range->start >= other->start + other->count)
            continue;
        if (++query->overlaps > OVERLAPS_MAX)
            break;
        g_autofree char *text =
            g_strdup_printf("%s:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, other->user, other->start, other->count);
        json_object_array_add(texts, json_object_new_string(text));
    }
    item_set(item, "overlaps", texts);
}

/* Accounts, or groups for the other file, that a container of this user could become. */
static void set_accounts(struct subid_query *query, const struct subid_range *range, struct item *item)
{
    const char *path = g_str_equal(range->file, SUBID_UIDS) ? "/etc/passwd" : "/etc/group";
    g_autoptr(GError) error = NULL;
    const GPtrArray *rows = accounts_read(query->host, path, &error);
    if (error) {
        item_unread_error(item, "accounts", error);
        return;
    }
    json_object *names = json_object_new_array();
    for (size_t i = 0; rows && i < rows->len; i++) {
        const struct account_row *row = g_ptr_array_index(rows, i);
        uint64_t id = 0;
        if (!value_parse_u64(accounts_field(row, 2), G_MAXUINT32, &id) || id < range->start ||
            id >= range->start + range->count || query->overlaps++ > OVERLAPS_MAX)
            continue;
        g_autofree char *name = g_utf8_make_valid(accounts_field(row, 0), -1);
        json_object_array_add(names, json_object_new_string(name));
    }
    item_set(item, "accounts", names);
}

static void add_range_item(struct subid_query *query, const struct subid_range *range)
{
    g_autofree char *subject = g_strdup_printf("%s in %s", range->user, range->file);
    struct item *item = items_add(query->items, subject);
    item_source_path(item, range->file, range->line);
    item_set_string(item, "file", range->file);
    item_set_string(item, "user", range->user);
    item_set(item, "uid", range->uid >= 0 ? json_object_new_int64(range->uid) : NULL);
    item_set_int(item, "start", (gint64)range->start);
    item_set_int(item, "count", (gint64)range->count);
    set_overlaps(query, range, item);
    set_accounts(query, range, item);
    item_set_bool(item, "below_minimum", range->start < minimum(query->host, range->file));
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    (void)object;
    const struct subid_ranges *ranges = subid_ranges_get(context->host);
    if (ranges->foreign) {
        items_add_problem(items, ranges->foreign);
        return;
    }
    struct subid_query query = {.host = context->host, .items = items, .ranges = ranges->list};
    problems_copy(items->problems, ranges->problems);
    for (guint i = 0; i < ranges->list->len; i++)
        add_range_item(&query, g_ptr_array_index(ranges->list, i));
    if (query.overlaps > OVERLAPS_MAX)
        items_problem(items, PROBLEM_ERROR, NULL, "more than %u overlaps of subordinate ids", OVERLAPS_MAX);
}

const struct probe probe_subid = {
    .name = "subid",
    .summary = "Ranges of subordinate user and group ids that users may map into their user namespaces",
    .object = {"subordinate id range", "subordinate id ranges"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
