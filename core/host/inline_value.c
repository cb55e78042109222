#include "host/inline_value.h"

#include "host/inline_words.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

bool inline_error(GError **error, const json_object *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    struct tree_mark mark = tree_mark(at);
    if (mark.line)
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%u:%u: host: %s", mark.line, mark.column, message);
    else
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "host: %s", message);
    return false;
}

char *inline_scalar(const json_object *value, const char *what, GError **error)
{
    switch (json_object_get_type(value)) {
    case json_type_boolean:
        return g_strdup(json_object_get_boolean(value) ? "1" : "0");
    case json_type_string:
    case json_type_int:
    case json_type_double:
        return tree_text(value);
    case json_type_null:
    case json_type_object:
    case json_type_array:
        break;
    }
    inline_error(error, value, "%s: a text or number is needed", what);
    return NULL;
}

/* The place of a key: that of its value, with the key's own line where it is known. */
static bool unknown_key(GError **error, const json_object *object, const json_object *value, const char *what,
                        const char *key, const struct member *known)
{
    struct tree_mark mark = tree_mark(value);
    g_autofree char *near = member_suggest(known, key), *names = member_names(known);
    g_autofree char *whose = g_str_equal(what, "host") ? g_strdup("") : g_strconcat(what, ": ", NULL);
    g_autofree char *clause = *near ? g_strdup(near) : g_strconcat("; known: ", names, NULL);
    if (!mark.key_line)
        return inline_error(error, value ? value : object, "%sunknown key \"%s\"%s", whose, key, clause);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%u:%u: host: %sunknown key \"%s\"%s", mark.key_line,
                mark.key_column, whose, key, clause);
    return false;
}

bool inline_keys(const json_object *object, const char *what, const struct member *known, GError **error)
{
    if (!json_object_is_type(object, json_type_object))
        return inline_error(error, object, "%s: a mapping is needed", what);
    json_object_object_foreach (object, key, value) {
        if (!member_find(known, key))
            return unknown_key(error, object, value, what, key, known);
    }
    return true;
}

bool inline_int(const json_object *object, const char *key, gint64 low, gint64 high, gint64 *out, GError **error)
{
    const json_object *value = tree_member(object, key);
    if (!value)
        return true;
    gint64 number = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : low - 1;
    if (number < low || number > high)
        return inline_error(error, value, "%s: a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is needed",
                            key, low, high);
    *out = number;
    return true;
}

bool inline_bool(const json_object *object, const char *key, bool *out, GError **error)
{
    const json_object *value = tree_member(object, key);
    if (!value)
        return true;
    if (!json_object_is_type(value, json_type_boolean))
        return inline_error(error, value, "%s: true or false is needed", key);
    *out = json_object_get_boolean(value);
    return true;
}

/* Kinds that a value is by its type in YAML. */
static const struct yaml_kind {
    const char *name;
    unsigned types; /* 1 << enum json_type */
} yaml_kinds[] = {
    {"text", 1U << json_type_string},
    {"number", 1U << json_type_int},
    {"decimal", 1U << json_type_int | 1U << json_type_double},
    {"bool", 1U << json_type_boolean},
    {"null", 1U << json_type_null},
    {"mapping", 1U << json_type_object},
    {"scalar", 1U << json_type_string | 1U << json_type_int | 1U << json_type_double | 1U << json_type_boolean},
};

static bool is_word(const json_object *value, const char *words)
{
    if (json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array) || !value)
        return false;
    g_autofree char *text = tree_text(value);
    g_auto(GStrv) all = g_strsplit(words, " ", -1);
    return g_strv_contains((const char *const *)all, text);
}

static bool fits(const json_object *value, const char *kind)
{
    if (g_str_has_prefix(kind, "list of "))
        return json_object_is_type(value, json_type_array);
    if (g_str_has_prefix(kind, "map of ") || *kind == '@')
        return json_object_is_type(value, json_type_object);
    if (g_str_has_prefix(kind, "one of "))
        return is_word(value, kind + strlen("one of "));
    for (size_t i = 0; i < G_N_ELEMENTS(yaml_kinds); i++)
        if (g_str_equal(yaml_kinds[i].name, kind))
            return yaml_kinds[i].types & 1U << json_object_get_type(value);
    return true;
}

/* Of the words that the value may be, the one that is near; an empty text. */
static char *near_word(const json_object *value, char *const *kinds)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_auto(GStrv) words = NULL;
    for (; *kinds && !words; kinds++)
        words = g_str_has_prefix(*kinds, "one of ") ? g_strsplit(*kinds + strlen("one of "), " ", -1) : NULL;
    for (char **word = words; word && *word; word++)
        g_ptr_array_add(names, *word);
    const char *text = tree_string_of(value);
    return text ? suggest_clause_in(text, names) : g_strdup("");
}

char *inline_misfit(const json_object *value, const char *type)
{
    g_auto(GStrv) kinds = g_strsplit(type, " or ", -1);
    for (char **kind = kinds; *kind; kind++)
        if (fits(value, *kind))
            return NULL;
    g_autofree char *words = inline_type_words(type), *clause = near_word(value, kinds);
    return g_strdup_printf("%s is needed%s", words, clause);
}

bool inline_members(const json_object *object, const char *what, const struct member *known, GError **error)
{
    if (!inline_keys(object, what, known, error))
        return false;
    for (; known->name; known++) {
        json_object *value = NULL;
        bool stated = json_object_object_get_ex(object, known->name, &value);
        if (!stated && known->required)
            return inline_error(error, object, "%s: \"%s\" is missing", what, known->name);
        g_autofree char *fault = stated ? inline_misfit(value, known->type) : NULL;
        if (fault)
            return inline_error(error, value ? value : object, "%s: %s: %s", what, known->name, fault);
    }
    return true;
}
