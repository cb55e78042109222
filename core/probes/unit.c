/* systemd units, from the files alone: what facts/system/units.h knows, one item a unit. */
#include "facts/system/unit_condition.h"
#include "facts/system/units.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <fnmatch.h>
#include <string.h>

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_SET, .required = true, .text = "unit names or globs (sshd.service, *.timer)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the unit"},
    {"path", VALUE_STRING, "its main file, null when it has none"},
    {"enabled", VALUE_STRING, "enabled enabled-runtime disabled masked static indirect alias generated"},
    {"masked", VALUE_BOOL, "linked to /dev/null or empty"},
    {"active", VALUE_BOOL, "processes in its cgroup, or mounted, or socket bound; unread when that cannot be told"},
    {"starts", VALUE_BOOL,
     "would start at boot or on demand: enabled, wanted by an enabled unit, or its socket or timer is; unread where "
     "one "
     "of its conditions does not hold now or cannot be judged"},
    {"properties.*", VALUE_ANY,
     "merged value by \"Section.Key\" (properties.Service.User); a list when the key may repeat"},
    {"dropins", VALUE_LIST, "drop-in files in force"},
    {"triggers", VALUE_SET, "sockets, timers and paths that start it and are enabled"},
    {.name = NULL},
};

static void append_value(json_object *array, const char *key, const char *text)
{
    if (!unit_key_is_words(key)) {
        json_object_array_add(array, tree_new_text(text));
        return;
    }
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    for (char **word = words; *word; word++)
        if (**word)
            json_object_array_add(array, tree_new_text(*word));
}

static json_object *values_of_key(const char *key, const GPtrArray *values)
{
    const struct unit_value *last = values->pdata[values->len - 1];
    if (!unit_key_repeats(key))
        return tree_new_text(last->text);
    json_object *array = json_object_new_array();
    for (guint i = 0; i < values->len; i++)
        append_value(array, key, ((const struct unit_value *)values->pdata[i])->text);
    return array;
}

static json_object *section_of(json_object *properties, const char *section)
{
    json_object *found = NULL;
    if (json_object_object_get_ex(properties, section, &found))
        return found;
    found = json_object_new_object();
    json_object_object_add(properties, section, found);
    return found;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static json_object *properties_of(const struct unit_config *config)
{
    json_object *properties = json_object_new_object();
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(config->values), compare_names);
    for (const GList *name = names; name; name = name->next) {
        const char *dot = strrchr(name->data, '.');
        g_autofree char *section = g_strndup(name->data, (gsize)(dot - (const char *)name->data));
        g_autofree char *section_valid = g_utf8_make_valid(section, -1);
        g_autofree char *key = g_utf8_make_valid(dot + 1, -1);
        json_object *value = values_of_key(dot + 1, g_hash_table_lookup(config->values, name->data));
        json_object_object_add(section_of(properties, section_valid), key, value);
    }
    return properties;
}

static void set_properties(struct item *item, const struct unit_config *config)
{
    item_set_strv(item, "dropins", (const char *const *)config->dropins);
    if (config->error)
        item_unread_error(item, "properties", config->error);
    else
        item_set(item, "properties", properties_of(config));
}

static void set_enabled(struct host *host, struct item *item, const char *name)
{
    g_autoptr(GError) error = NULL;
    const char *enabled = unit_enabled(host, name, &error);
    if (enabled)
        item_set_string(item, "enabled", enabled);
    else
        item_unread_error(item, "enabled", error);
}

static void set_active(struct host *host, struct item *item, const char *name)
{
    static const char *const asked[] = {"active", NULL};
    pl_auto(problem) why = NULL;
    struct host_noting noted = host_notes_begin();
    enum unit_activity activity = unit_active(host, name, &why);
    if (activity == UNIT_ACTIVITY_UNKNOWN)
        item_unread_problem(item, "active", why);
    else
        item_set_bool(item, "active", activity == UNIT_ACTIVE);
    noted_end(&noted, item, asked);
}

/* What is active now has been started under its conditions. */
static void set_starts(struct host *host, struct item *item, const char *name)
{
    static const char *const asked[] = {"starts", NULL};
    pl_auto(problem) why = NULL, *why_inactive = NULL;
    bool starts = unit_starts(host, name);
    struct host_noting noted = host_notes_begin();
    enum unit_condition condition = starts ? unit_condition(host, name, &why) : UNIT_CONDITION_HOLDS;
    bool active = condition == UNIT_CONDITION_UNKNOWN && unit_active(host, name, &why_inactive) == UNIT_ACTIVE;
    if (condition == UNIT_CONDITION_HOLDS || active)
        item_set_bool(item, "starts", starts);
    else
        item_unread_problem(item, "starts", why);
    noted_end(&noted, item, asked);
}

static void add_item(struct host *host, const char *name, struct items *items)
{
    const struct units *units = units_get(host);
    g_autofree char *real = units_real_name(units, name);
    const struct unit *unit = units_find(units, real);
    /* A link that leads to no unit file is no unit, unless it is there to mask. */
    if (!unit || (unit->target && !units_is_masked(host, unit) && !host_exists(host, unit->path)))
        return;
    struct item *item = items_add(items, name);
    item_source_path(item, unit->path, 0);
    item_set_string(item, "name", name);
    item_set_string(item, "path", unit->path);
    item_set_bool(item, "masked", units_is_masked(host, unit));
    set_starts(host, item, real);
    set_enabled(host, item, name);
    set_active(host, item, real);
    set_properties(item, unit_config_get(host, real));
    g_auto(GStrv) triggers = unit_triggers(host, real);
    item_set_strv(item, "triggers", (const char *const *)triggers);
}

static void take_matching(GHashTable *found, const char *pattern, const char *name)
{
    if (fnmatch(pattern, name, 0) == 0)
        g_hash_table_add(found, g_strdup(name));
}

static void collect_pattern(struct host *host, const char *pattern, struct items *items)
{
    const struct units *units = units_get(host);
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key = NULL;
    g_hash_table_iter_init(&iter, units->by_name);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        take_matching(found, pattern, key);
    for (guint i = 0; i < units->links->len; i++)
        take_matching(found, pattern, ((const struct unit_link *)units->links->pdata[i])->name);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(found), compare_names);
    for (const GList *name = names; name; name = name->next)
        add_item(host, name->data, items);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct units *units = units_get(context->host);
    /* What a directory would have held may mask, enable or replace any unit. */
    for (guint i = 0; i < units->errors->len; i++)
        items_doubt_from_error(items, units->errors->pdata[i]);
    g_auto(GStrv) names = object_strv(object, "name");
    for (char **name = names; *name; name++) {
        bool pattern = strpbrk(*name, "*?[") != NULL;
        g_autofree char *full =
            pattern || units_valid_name(*name) ? g_strdup(*name) : g_strconcat(*name, ".service", NULL);
        if (pattern)
            collect_pattern(context->host, full, items);
        else
            add_item(context->host, full, items);
    }
}

const struct probe probe_unit = {
    .name = "unit",
    .summary = "systemd units: enablement, state, properties with drop-ins, without D-Bus",
    .object = {"unit", "units"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
