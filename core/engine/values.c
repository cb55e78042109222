/* Knows what a reference looks like and what it stands for. Knows nothing of where values are used. */
#include "engine/values.h"

#include "model/error.h"
#include "model/suggest.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

#define FOLLOW_MAX  16
#define VALUE_DEPTH 32

const char *value_reference(const json_object *node)
{
    if (!json_object_is_type(node, json_type_string))
        return NULL;
    const char *text = json_object_get_string((json_object *)(uintptr_t)node);
    if (text[0] != '$' || !(g_ascii_islower(text[1]) || text[1] == '_'))
        return NULL;
    for (const char *p = text + 1; *p; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '_')
            return NULL;
    return text + 1;
}

static const struct value_declaration *declared(const GPtrArray *declarations, const char *name)
{
    for (guint i = 0; i < declarations->len; i++) {
        const struct value_declaration *declaration = g_ptr_array_index(declarations, i);
        if (g_str_equal(declaration->name, name))
            return declaration;
    }
    return NULL;
}

static const json_object *written(const struct value_declaration *declaration, const json_object *overrides)
{
    const json_object *override = overrides ? tree_member(overrides, declaration->name) : NULL;
    return override ? override : declaration->fallback;
}

static void complain_unknown(const GPtrArray *declarations, const json_object *node, const char *name,
                             struct complaints *to)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < declarations->len; i++)
        g_ptr_array_add(names, ((struct value_declaration *)g_ptr_array_index(declarations, i))->name);
    g_autofree char *clause = suggest_clause_in(name, names);
    complain(to, node, "no value \"$%s\" is declared under values%s", name, clause);
}

/* Follows references from one declaration to a plain value; NULL after a complaint. */
static const json_object *follow(const struct value_declaration *from, const GPtrArray *declarations,
                                 const json_object *overrides, struct complaints *to)
{
    const json_object *value = written(from, overrides);
    for (unsigned step = 0;; step++) {
        const char *name = value_reference(value);
        if (!name)
            return value;
        const struct value_declaration *next = declared(declarations, name);
        if (!next) {
            complain_unknown(declarations, value, name, to);
            return NULL;
        }
        if (next == from || step >= FOLLOW_MAX) {
            complain(to, from->fallback, "the value \"%s\" refers to itself through \"$%s\"", from->name,
                     value_reference(written(from, overrides)));
            return NULL;
        }
        value = written(next, overrides);
    }
}

json_object *values_environment(const GPtrArray *declarations, const json_object *overrides, struct complaints *to)
{
    json_object *environment = json_object_new_object();
    for (guint i = 0; i < declarations->len; i++) {
        const struct value_declaration *declaration = g_ptr_array_index(declarations, i);
        const json_object *value = follow(declaration, declarations, overrides, to);
        if (value)
            json_object_object_add(environment, declaration->name, tree_copy(value));
    }
    return environment;
}

struct values_substitution {
    const json_object *environment;
    GHashTable *used;
    struct complaints *to;
};

static json_object *put_in(const struct values_substitution *substitution, const json_object *node, unsigned depth);

static json_object *unknown_name(const struct values_substitution *substitution, const json_object *node,
                                 const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    json_object_object_foreach (substitution->environment, key, value) {
        (void)value;
        g_ptr_array_add(names, key);
    }
    g_autofree char *clause = suggest_clause_in(name, names);
    complain(substitution->to, node, "no value \"$%s\" is declared under values%s", name, clause);
    return tree_copy(node);
}

static json_object *put_scalar(const struct values_substitution *substitution, const json_object *node)
{
    const char *name = value_reference(node);
    if (name) {
        const json_object *value = tree_member(substitution->environment, name);
        if (!value)
            return unknown_name(substitution, node, name);
        if (substitution->used)
            g_hash_table_add(substitution->used, g_strdup(name));
        json_object *copy = tree_copy(value);
        /* Messages about the operand point to where it is used. */
        tree_set_mark(copy, tree_mark(node));
        return copy;
    }
    bool escaped = json_object_is_type(node, json_type_string) &&
                   g_str_has_prefix(json_object_get_string((json_object *)(uintptr_t)node), "$$");
    if (!escaped)
        return tree_copy(node);
    json_object *literal = json_object_new_string(json_object_get_string((json_object *)(uintptr_t)node) + 1);
    tree_set_mark(literal, tree_mark(node));
    return literal;
}

static json_object *put_object(const struct values_substitution *substitution, const json_object *node, unsigned depth)
{
    json_object *copy = json_object_new_object();
    json_object_object_foreach (node, key, value)
        json_object_object_add(copy, key, put_in(substitution, value, depth + 1));
    return copy;
}

static json_object *put_array(const struct values_substitution *substitution, const json_object *node, unsigned depth)
{
    json_object *copy = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(node); i++)
        json_object_array_add(copy, put_in(substitution, json_object_array_get_idx(node, i), depth + 1));
    return copy;
}

static json_object *put_in(const struct values_substitution *substitution, const json_object *node, unsigned depth)
{
    bool container = json_object_is_type(node, json_type_object) || json_object_is_type(node, json_type_array);
    if (!container)
        return put_scalar(substitution, node);
    if (depth > VALUE_DEPTH) {
        complain(substitution->to, node, "nested too deeply");
        return NULL;
    }
    json_object *copy = json_object_is_type(node, json_type_object) ? put_object(substitution, node, depth)
                                                                    : put_array(substitution, node, depth);
    tree_set_mark(copy, tree_mark(node));
    return copy;
}

json_object *values_put_in(const json_object *tree, const json_object *environment, GHashTable *used,
                           struct complaints *to)
{
    struct values_substitution substitution = {.environment = environment, .used = used, .to = to};
    return put_in(&substitution, tree, 0);
}

bool values_same_kind(const json_object *a, const json_object *b)
{
    return (tree_is_number(a) && tree_is_number(b)) || json_object_get_type(a) == json_object_get_type(b);
}

const char *values_kind(const json_object *node)
{
    switch (json_object_get_type(node)) {
    case json_type_null:
        return "null";
    case json_type_boolean:
        return "true or false";
    case json_type_double:
    case json_type_int:
        return "a number";
    case json_type_object:
        return "a mapping";
    case json_type_array:
        return "a list";
    case json_type_string:
        break;
    }
    return "text";
}

static json_object *parse_number(const char *text)
{
    gint64 whole = 0;
    if (value_parse_i64(text, &whole))
        return json_object_new_int64(whole);
    if (!*text || strspn(text, "-.0123456789") != strlen(text))
        return NULL;
    char *end = NULL;
    double value = g_ascii_strtod(text, &end);
    return *end ? NULL : json_object_new_double(value);
}

static json_object *parse_list(const char *text)
{
    json_object *list = json_object_new_array();
    g_auto(GStrv) words = g_strsplit(text, ",", 10000);
    for (char **word = words; *word; word++)
        if (*g_strstrip(*word))
            json_object_array_add(list, json_object_new_string(*word));
    return list;
}

static json_object *parse_bool(const char *text)
{
    if (g_str_equal(text, "true"))
        return json_object_new_boolean(true);
    return g_str_equal(text, "false") ? json_object_new_boolean(false) : NULL;
}

json_object *values_parse_like(const json_object *fallback, const char *name, const char *text, GError **error)
{
    json_object *value = NULL;
    if (tree_is_number(fallback))
        value = parse_number(text);
    else if (json_object_is_type(fallback, json_type_boolean))
        value = parse_bool(text);
    else if (json_object_is_type(fallback, json_type_array))
        value = parse_list(text);
    else if (json_object_is_type(fallback, json_type_string))
        value = json_object_new_string(text);
    if (!value)
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--set %s: \"%s\" is not %s", name, text, values_kind(fallback));
    return value;
}

void value_free(gpointer node)
{
    json_object_put(node);
}
