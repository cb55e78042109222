/* Values of settings: bools as Go and systemd write them, durations in seconds, sizes in bytes, lists and maps from
 * separated texts. A text that is not of the key's type is said so, never taken for a default. */
#include "facts/setting/value.h"

#include "model/secret.h"
#include "model/tree.h"

#include <math.h>
#include <string.h>

static bool parse_bool(const char *text, bool *out)
{
    static const char *const yes[] = {"1", "t", "true", "yes", "y", "on", NULL};
    static const char *const no[] = {"0", "f", "false", "no", "n", "off", NULL};
    g_autofree char *lower = g_ascii_strdown(text, -1);
    *out = g_strv_contains(yes, lower);
    return *out || g_strv_contains(no, lower);
}

static json_object *number_node(double value)
{
    if (value == floor(value) && fabs(value) < 9e15)
        return json_object_new_int64((int64_t)value);
    return json_object_new_double(value);
}

static json_object *parse_number(const char *text)
{
    int64_t whole = 0;
    if (value_parse_i64(text, &whole))
        return json_object_new_int64(whole);
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    return end != text && *end == '\0' && isfinite(value) ? json_object_new_double(value) : NULL;
}

static json_object *parse_scalar(enum value_type type, const char *text)
{
    bool flag = false;
    uint64_t size = 0;
    double seconds = 0;
    unsigned mode = 0;
    if (type == VALUE_BOOL)
        return parse_bool(text, &flag) ? json_object_new_boolean(flag) : NULL;
    if (type == VALUE_NUMBER)
        return parse_number(text);
    if (type == VALUE_SIZE)
        return value_parse_size(text, &size) && size <= INT64_MAX ? json_object_new_int64((int64_t)size) : NULL;
    if (type == VALUE_DURATION)
        return value_parse_duration(text, &seconds) ? number_node(seconds) : NULL;
    if (type == VALUE_MODE && !value_parse_mode(text, &mode))
        return NULL;
    return json_object_new_string(text);
}

static json_object *map_member(const char *text)
{
    if (g_ascii_strcasecmp(text, "true") == 0 || g_ascii_strcasecmp(text, "false") == 0)
        return json_object_new_boolean(g_ascii_strcasecmp(text, "true") == 0);
    return json_object_new_string(text);
}

static json_object *parse_map(const struct daemon_key *key, const char *text, struct problem **why)
{
    json_object *map = json_object_new_object();
    g_auto(GStrv) parts = key->separator ? g_strsplit(text, key->separator, -1) : g_strsplit(text, "\n", 1);
    for (char **part = parts; *part; part++) {
        g_strstrip(*part);
        char *equals = strchr(*part, '=');
        if (!**part)
            continue;
        if (!equals) {
            *why = problem_damaged("\"%s\" has no \"=\"", *part);
            json_object_put(map);
            return NULL;
        }
        *equals = '\0';
        json_object_object_add(map, *part, map_member(equals + 1));
    }
    return map;
}

static json_object *parse_list(const struct daemon_key *key, const char *text)
{
    json_object *list = json_object_new_array();
    g_auto(GStrv) parts = key->separator ? g_strsplit(text, key->separator, -1) : g_strsplit(text, "\n", 1);
    for (char **part = parts; *part; part++) {
        g_strstrip(*part);
        if (**part)
            json_object_array_add(list, json_object_new_string(*part));
    }
    return list;
}

static struct problem *wrong_type(const struct daemon_key *key, const char *text)
{
    if (secret_name(key->name))
        return problem_damaged("what is set is no %s", value_type_name(key->type));
    g_autofree char *shown = g_strndup(text, 80);
    g_autofree char *valid = g_utf8_make_valid(shown, -1);
    return problem_damaged("\"%s\" is no %s", valid, value_type_name(key->type));
}

json_object *setting_value_text(const struct daemon_key *key, const char *text, struct problem **why)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    if (key->type == VALUE_MAP)
        return parse_map(key, valid, why);
    if (key->type == VALUE_LIST || key->type == VALUE_SET)
        return parse_list(key, valid);
    if (key->type == VALUE_STRING || key->type == VALUE_ANY)
        return json_object_new_string(valid);
    if (!*valid)
        return NULL;
    json_object *value = parse_scalar(key->type, valid);
    if (!value)
        *why = wrong_type(key, valid);
    return value;
}

/* A list of "k=v" texts. */
static json_object *map_of_texts(const struct daemon_key *key, const json_object *list, struct problem **why)
{
    json_object *map = json_object_new_object();
    for (size_t i = 0; map && i < json_object_array_length(list); i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(list, i));
        json_object *more = parse_map(key, text, why);
        if (more)
            map = setting_value_join(map, more);
        else
            g_clear_pointer(&map, json_object_put);
    }
    return map;
}

/* A list of tables, each under its name. Of two with one name the last counts. */
static json_object *map_of_tables(const struct daemon_key *key, const json_object *list)
{
    json_object *map = json_object_new_object();
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *table = json_object_array_get_idx(list, i);
        const char *name = NULL;
        for (char **by = key->by; *by && !(name && *name); by++)
            name = tree_string(table, *by);
        g_autofree char *number = g_strdup_printf("#%" G_GSIZE_FORMAT, i + 1);
        json_object_object_add(map, name && *name ? name : number, tree_copy(table));
    }
    return map;
}

static json_object *array_value(const struct daemon_key *key, const json_object *node, struct problem **why)
{
    if (key->type == VALUE_LIST || key->type == VALUE_SET) {
        /* Formats that only know texts keep a repeated key as a list of texts, each of which may be a list. */
        if (!key->separator)
            return tree_copy(node);
        json_object *list = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(node); i++) {
            g_autofree char *text = tree_text(json_object_array_get_idx(node, i));
            list = setting_value_join(list, parse_list(key, text));
        }
        return list;
    }
    if (key->type == VALUE_MAP)
        return key->by ? map_of_tables(key, node) : map_of_texts(key, node, why);
    size_t n = json_object_array_length(node);
    return n ? setting_value(key, json_object_array_get_idx(node, n - 1), why) : NULL;
}

json_object *setting_value(const struct daemon_key *key, const json_object *node, struct problem **why)
{
    if (!node)
        return NULL;
    if (json_object_is_type(node, json_type_array))
        return array_value(key, node, why);
    if (json_object_is_type(node, json_type_object)) {
        if (key->type == VALUE_MAP || key->type == VALUE_ANY)
            return tree_copy(node);
        *why = wrong_type(key, "a mapping");
        return NULL;
    }
    bool number = json_object_is_type(node, json_type_int) || json_object_is_type(node, json_type_double);
    if (number && (key->type == VALUE_NUMBER || key->type == VALUE_DURATION || key->type == VALUE_SIZE))
        return tree_copy(node);
    g_autofree char *text = tree_text(node);
    return setting_value_text(key, text, why);
}

bool setting_value_is_zero(const json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return true;
    case json_type_boolean:
        return !json_object_get_boolean(value);
    case json_type_int:
        return json_object_get_int64(value) == 0;
    case json_type_double:
        return fpclassify(json_object_get_double(value)) == FP_ZERO;
    case json_type_string:
        return json_object_get_string_len(value) == 0;
    case json_type_array:
        return json_object_array_length(value) == 0;
    case json_type_object:
        return json_object_object_length(value) == 0;
    }
    return false;
}

json_object *setting_value_join(json_object *value, json_object *more)
{
    if (!value || !more)
        return value ? value : more;
    if (json_object_is_type(value, json_type_array) && json_object_is_type(more, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(more); i++)
            json_object_array_add(value, tree_copy(json_object_array_get_idx(more, i)));
        json_object_put(more);
        return value;
    }
    if (json_object_is_type(value, json_type_object) && json_object_is_type(more, json_type_object)) {
        json_object_object_foreach (more, name, member)
            json_object_object_add(value, name, tree_copy(member));
        json_object_put(more);
        return value;
    }
    json_object_put(value);
    return more;
}

/* Copies without a parent: a member that is there keeps being owned by `value` while it is merged into. */
json_object *setting_value_merge(json_object *value, const json_object *more)
{
    bool maps = json_object_is_type(value, json_type_object) && json_object_is_type(more, json_type_object);
    if (!maps) {
        json_object_put(value);
        return tree_copy(more);
    }
    json_object_object_foreach (more, name, member) {
        const json_object *old = tree_member(value, name);
        json_object *merged = old ? setting_value_merge(tree_copy(old), member) : tree_copy(member);
        json_object_object_add(value, name, merged);
    }
    return value;
}
