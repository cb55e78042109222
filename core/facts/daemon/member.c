/* It knows nothing about what the members mean. */
#include "facts/daemon/member.h"

#include "model/error.h"

#include <string.h>

bool daemon_refuse(struct daemon_faults *to, struct tree_mark mark, const char *format, ...)
{
    if (!to->list)
        return false;
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    GError *error =
        g_error_new(PL_ERROR, PL_ERROR_CONTENT, "%s:%u:%u: %s", to->file, mark.key_line ? mark.key_line : mark.line,
                    mark.key_line ? mark.key_column : mark.column, message);
    g_ptr_array_add(to->list, error);
    return false;
}

char *daemon_text(const json_object *node)
{
    bool scalar = node && !json_object_is_type(node, json_type_object) && !json_object_is_type(node, json_type_array);
    return scalar ? tree_text(node) : NULL;
}

char **daemon_texts(const json_object *node)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    bool array = json_object_is_type(node, json_type_array);
    size_t n = array ? json_object_array_length(node) : 1;
    for (size_t i = 0; i < n; i++) {
        char *text = daemon_text(array ? json_object_array_get_idx(node, i) : node);
        if (!text)
            return NULL;
        g_ptr_array_add(list, text);
    }
    if (!list->len)
        return NULL;
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_steal(list, NULL);
}

static bool fill_member(struct daemon_faults *to, const struct member *member, const json_object *value,
                        struct tree_mark mark, void *out)
{
    char *at = (char *)out + member->offset;
    if (g_str_equal(member->type, "text")) {
        char *text = daemon_text(value);
        *(char **)(void *)at = text;
        return text || daemon_refuse(to, mark, "\"%s\" must be a text", member->name);
    }
    if (g_str_equal(member->type, "texts")) {
        char **texts = daemon_texts(value);
        *(char ***)(void *)at = texts;
        return texts || daemon_refuse(to, mark, "\"%s\" must be a text or a list of texts", member->name);
    }
    if (!json_object_is_type(value, json_type_boolean))
        return daemon_refuse(to, mark, "\"%s\" must be true or false", member->name);
    *(bool *)(void *)at = json_object_get_boolean(value);
    return true;
}

static bool unknown_member(struct daemon_faults *to, const char *what, const char *name, struct tree_mark mark,
                           const struct member *members)
{
    g_autofree char *clause = member_suggest(members, name);
    g_autofree char *known = member_names(members);
    if (*clause)
        return daemon_refuse(to, mark, "%s has no member \"%s\"%s", what, name, clause);
    return daemon_refuse(to, mark, "%s has no member \"%s\"; known: %s", what, name, known);
}

bool daemon_fill(struct daemon_faults *to, const char *what, const json_object *node, const struct member *members,
                 void *out)
{
    bool good = true;
    if (!json_object_is_type(node, json_type_object))
        return daemon_refuse(to, tree_mark(node), "%s must be a mapping", what);
    json_object_object_foreach (node, name, value) {
        const struct member *member = member_find(members, name);
        struct tree_mark mark = tree_mark(value ? value : node);
        if (!member)
            good = unknown_member(to, what, name, mark, members);
        else if (member->offset != MEMBER_APART)
            good &= fill_member(to, member, value, mark, out);
    }
    for (const struct member *member = members; member->name; member++)
        if (member->required && !json_object_object_get_ex(node, member->name, NULL))
            good = daemon_refuse(to, tree_mark(node), "%s needs \"%s\"", what, member->name);
    return good;
}

static bool version_condition_valid(const char *condition)
{
    size_t n = strspn(condition, "<>=");
    g_autofree char *op = g_strndup(condition, n);
    static const char *const ops[] = {">=", "<=", "<", ">", "=", NULL};
    return g_strv_contains(ops, op) && g_ascii_isdigit(condition[n]);
}

bool daemon_conditions_valid(struct daemon_faults *to, const json_object *node, char **conditions)
{
    bool good = true;
    for (; conditions && *conditions; conditions++)
        if (!version_condition_valid(*conditions))
            good = daemon_refuse(to, tree_mark(node), "\"%s\" is no version condition such as \">=1.27\"", *conditions);
    return good;
}
