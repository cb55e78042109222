/* A value inside configuration files: the path is walked through the tree of each, and with `merge` one file's value
 * beats the others'. Absent files and keys are no items; a file that cannot be read or parsed is a problem. */
#include "facts/file/members.h"
#include "formats/format.h"
#include "formats/json_names.h"
#include "model/error.h"
#include "model/secret.h"
#include "model/tree.h"
#include "probes/common/content_paths.h"
#include "probes/common/object.h"
#include "probes/common/path_from.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "path",
     .type = VALUE_SET,
     .text = "files: absolute paths or globs, read in this order; a leading ~/ means every account's home",
     .subject = true},
    PATH_FROM_PARAM,
    {.name = "format", .type = VALUE_STRING, .required = true, .text = "format name as plumbline probes shows it"},
    {.name = "key",
     .type = VALUE_STRING,
     .required = true,
     .text = "dotted path to the value; * stands for every member of one level; the empty text is the whole file"},
    {.name = "merge",
     .type = VALUE_STRING,
     .text = "each: an item for every file that has it; first or last: the one that wins over all files in order",
     .choices = "each first last"},
    {.name = "order",
     .type = VALUE_STRING,
     .text = "listed: as the list says (default); name: plain paths first, then what globs found by base name, where a "
             "file hides those of its name that later globs find",
     .choices = "listed name"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"key", VALUE_STRING, "the full key", FIELD_NAMES},
    {"value", VALUE_ANY, "the value", FIELD_TOLD | FIELD_VALUE},
    {"line", VALUE_NUMBER, "line in the file"},
    {"losing", VALUE_LIST, "earlier or later settings of the same key that do not count, as \"path:line value\"",
     FIELD_TOLD | FIELD_LOST},
    {.name = NULL},
};

struct config_query {
    struct host *host;
    struct items *items;
    const struct format *format;
    GPtrArray *found;   /* struct config_found, in the order of the files */
    const char *path;   /* of the file that is walked */
    GHashTable *losers; /* key -> GPtrArray of struct config_found, all borrowed from `found`; NULL when nobody loses */
};

/* One value somewhere. */
struct config_found {
    char *path, *key;
    const json_object *value; /* borrowed from the host */
    unsigned line;
    bool loses, secret;
};

static void found_free(gpointer data)
{
    struct config_found *found = data;
    g_free(found->path);
    g_free(found->key);
    g_free(found);
}

static void add_found(struct config_query *query, const char *key, const json_object *value, unsigned line)
{
    struct config_found *found = g_new0(struct config_found, 1);
    struct tree_mark mark = tree_mark(value);
    found->path = g_strdup(query->path);
    found->key = g_strdup(key);
    found->value = value;
    found->line = mark.line ? mark.line : mark.key_line;
    if (!found->line)
        found->line = line;
    g_ptr_array_add(query->found, found);
}

/* The list that a key leads into, NULL when it leads into none. */
static const json_object *list_around(const json_object *tree, const char *key)
{
    const char *dot = strrchr(key, '.');
    g_autofree char *outer = g_strndup(key, dot ? (gsize)(dot - key) : 0);
    json_object *node = NULL;
    return tree_get(tree, outer, &node) && json_object_is_type(node, json_type_array) ? node : NULL;
}

/* What is shown of one word no longer tells that it came behind --password. */
static void mark_secrets(const struct config_query *query, const json_object *tree, guint from)
{
    const json_object *list = NULL;
    pl_autojson json_object *hidden = NULL;
    for (guint i = from; i < query->found->len; i++) {
        struct config_found *found = g_ptr_array_index(query->found, i);
        const json_object *around = list_around(tree, found->key);
        const char *text = around ? tree_string_of(found->value) : NULL;
        if (!text)
            continue;
        if (around != list) {
            json_object_put(hidden);
            hidden = secret_hide_tree(around, NULL);
            list = around;
        }
        const char *dot = strrchr(found->key, '.');
        size_t at = (size_t)g_ascii_strtoull(dot ? dot + 1 : found->key, NULL, 10);
        found->secret = g_strcmp0(tree_string_of(json_object_array_get_idx(hidden, at)), text) != 0;
    }
}

static void add_members(struct config_query *query, const json_object *tree, const char *key)
{
    g_autoptr(GPtrArray) members = members_find(tree, key);
    guint before = query->found->len;
    for (guint i = 0; i < members->len; i++) {
        const struct member_found *member = g_ptr_array_index(members, i);
        add_found(query, member->key, member->value, 0);
    }
    mark_secrets(query, tree, before);
}

/* Formats whose members are arrays because a key may repeat: with a winner asked for, each value stands for itself. */
static void spread_repeats(struct config_query *query)
{
    if (query->format->repeats == REPEATS_ONE)
        return;
    g_autoptr(GPtrArray) old = query->found;
    query->found = g_ptr_array_new_with_free_func(found_free);
    for (guint i = 0; i < old->len; i++) {
        const struct config_found *found = g_ptr_array_index(old, i);
        bool array = json_object_is_type(found->value, json_type_array);
        query->path = found->path;
        for (size_t j = 0; array && j < json_object_array_length(found->value); j++)
            add_found(query, found->key, json_object_array_get_idx(found->value, j), found->line);
        if (!array)
            add_found(query, found->key, found->value, found->line);
    }
}

static json_object *losers_of(const struct config_query *query, const struct config_found *winner)
{
    json_object *texts = json_object_new_array();
    const GPtrArray *losers = query->losers ? g_hash_table_lookup(query->losers, winner->key) : NULL;
    for (guint i = 0; losers && i < losers->len; i++) {
        const struct config_found *other = g_ptr_array_index(losers, i);
        g_autofree char *value = tree_text(other->value);
        g_autofree char *text = g_strdup_printf("%s:%u %s", other->path, other->line, value);
        json_object_array_add(texts, tree_new_text(text));
    }
    return texts;
}

static void unref_array(gpointer array)
{
    g_ptr_array_unref(array);
}

static void mark_losers(struct config_query *query, bool last)
{
    g_autoptr(GHashTable) winners = g_hash_table_new(g_str_hash, g_str_equal);
    query->losers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref_array);
    for (guint i = 0; i < query->found->len; i++) {
        struct config_found *found = g_ptr_array_index(query->found, last ? query->found->len - 1 - i : i);
        found->loses = !g_hash_table_add(winners, found->key);
        if (!found->loses)
            continue;
        GPtrArray *losers = g_hash_table_lookup(query->losers, found->key);
        if (!losers) {
            losers = g_ptr_array_new();
            g_hash_table_insert(query->losers, found->key, losers);
        }
        g_ptr_array_add(losers, found);
    }
}

/* An empty assignment gives a setting its default back, as if nobody had set it. */
static bool is_reset(const struct config_query *query, const struct config_found *found)
{
    return query->format->repeats == REPEATS_RESET && json_object_is_type(found->value, json_type_string) &&
           json_object_get_string_len(found->value) == 0;
}

static void report(struct config_query *query, bool each)
{
    for (guint i = 0; i < query->found->len; i++) {
        const struct config_found *found = g_ptr_array_index(query->found, i);
        if (found->loses || (!each && is_reset(query, found)))
            continue;
        if (!items_room(query->items, 1, "settings"))
            return;
        struct item *item = items_add(query->items, found->path);
        item_source_path(item, found->path, found->line);
        item->secret = found->secret;
        item_set_string(item, "path", found->path);
        item_set_string(item, "key", found->key);
        item_set(item, "value", tree_copy(found->value));
        item_set(item, "line", found->line ? json_object_new_int64(found->line) : NULL);
        item_set(item, "losing", each ? json_object_new_array() : losers_of(query, found));
    }
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct config_query query = {.host = context->host, .items = items};
    query.format = format_find(object_string(object, "format", ""));
    if (!query.format) {
        items_problem(items, PROBLEM_ERROR, NULL, "config: no such format");
        return;
    }
    g_auto(GStrv) patterns = path_from_paths(context, object, items);
    const char *merge = object_string(object, "merge", "each");
    bool by_name = g_str_equal(object_string(object, "order", "listed"), "name");
    bool each = g_str_equal(merge, "each");
    g_autoptr(GPtrArray) paths = content_paths(context->host, (const char *const *)patterns, by_name, items);
    query.found = g_ptr_array_new_with_free_func(found_free);
    for (guint i = 0; i < paths->len; i++) {
        const struct content_path *path = g_ptr_array_index(paths, i);
        g_autoptr(GError) error = NULL;
        const json_object *tree = format_read(context->host, path->path, query.format, &error);
        query.path = path->path;
        g_autofree char *respelled =
            tree && query.format->folds ? json_names_respelled(tree, object_string(object, "key", "")) : NULL;
        if (respelled)
            items_problem(items, PROBLEM_ERROR, NULL,
                          "%s: the key \"%s\" is another one only by case, and programs may take it", path->path,
                          respelled);
        if (tree)
            add_members(&query, tree, object_string(object, "key", ""));
        else
            content_path_problem(context->host, path, error, items);
    }
    if (!each) {
        spread_repeats(&query);
        mark_losers(&query, g_str_equal(merge, "last"));
    }
    report(&query, each);
    g_clear_pointer(&query.losers, g_hash_table_unref);
    g_ptr_array_unref(query.found);
}

/* Can a path lead to anything in such a tree? Lists are walked by * alone. */
static bool key_fits(const struct format *format, const char *key)
{
    static const char *const of_element[] = {"name", "attributes", "text", "children", "*"};
    g_autofree char *first = g_strndup(key, strcspn(key, "."));
    if (!*key || format->shape == FORMAT_MAPPING || format->shape == FORMAT_SECTIONS)
        return true;
    if (format->shape == FORMAT_LIST)
        return g_str_equal(first, "*");
    for (size_t i = 0; i < G_N_ELEMENTS(of_element); i++)
        if (g_str_equal(first, of_element[i]))
            return true;
    return false;
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    const char *name = object_string(object, "format", "");
    if (!path_from_check(object, daemons, error))
        return false;
    const struct format *format = format_named(name, error);
    if (!format || key_fits(format, object_string(object, "key", "")))
        return format != NULL;
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "no key \"%s\" can be in the format \"%s\": %s",
                object_string(object, "key", ""), name, format->summary);
    return false;
}

const struct probe probe_config = {
    .name = "config",
    .summary = "A value at a path inside configuration files of any known format",
    .object = {"setting", "settings", .by_place = true, .absent = "{} has no such setting",
               .absent_all = "none of these has such a setting: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
