/* It knows nothing about what the members mean. */
#include "facts/daemon/member.h"

#include "model/error.h"

#include <string.h>

bool daemon_refuse(const char *file, struct tree_mark mark, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%s:%u:%u: %s", file, mark.key_line ? mark.key_line : mark.line,
                mark.key_line ? mark.key_column : mark.column, message);
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

static bool fill_member(const char *file, const struct daemon_member *member, const json_object *value, void *out,
                        GError **error)
{
    char *at = (char *)out + member->offset;
    switch (member->kind) {
    case MEMBER_TEXT:
        *(char **)(void *)at = daemon_text(value);
        return *(char **)(void *)at ||
               daemon_refuse(file, tree_mark(value), error, "\"%s\" must be a text", member->name);
    case MEMBER_TEXTS:
        *(char ***)(void *)at = daemon_texts(value);
        return *(char ***)(void *)at ||
               daemon_refuse(file, tree_mark(value), error, "\"%s\" must be a text or a list of texts", member->name);
    case MEMBER_BOOL:
        if (!json_object_is_type(value, json_type_boolean))
            return daemon_refuse(file, tree_mark(value), error, "\"%s\" must be true or false", member->name);
        *(bool *)(void *)at = json_object_get_boolean(value);
        return true;
    case MEMBER_OTHER:
        return true;
    }
    return true;
}

static const struct daemon_member *member_find(const struct daemon_member *members, const char *name)
{
    for (; members->name; members++)
        if (g_str_equal(members->name, name))
            return members;
    return NULL;
}

static char *member_names(const struct daemon_member *members)
{
    GString *names = g_string_new(NULL);
    for (; members->name; members++)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", members->name);
    return g_string_free(names, FALSE);
}

bool daemon_fill(const char *file, const char *what, const json_object *node, const struct daemon_member *members,
                 void *out, GError **error)
{
    if (!json_object_is_type(node, json_type_object))
        return daemon_refuse(file, tree_mark(node), error, "%s must be a mapping", what);
    json_object_object_foreach (node, name, value) {
        const struct daemon_member *member = member_find(members, name);
        g_autofree char *known = member_names(members);
        if (!member)
            return daemon_refuse(file, tree_mark(value ? value : node), error, "%s has no member \"%s\"; known: %s",
                                 what, name, known);
        if (!fill_member(file, member, value, out, error))
            return false;
    }
    for (const struct daemon_member *member = members; member->name; member++)
        if (member->required && !json_object_object_get_ex(node, member->name, NULL))
            return daemon_refuse(file, tree_mark(node), error, "%s needs \"%s\"", what, member->name);
    return true;
}

static bool version_condition_valid(const char *condition)
{
    size_t n = strspn(condition, "<>=");
    g_autofree char *op = g_strndup(condition, n);
    static const char *const ops[] = {">=", "<=", "<", ">", "=", NULL};
    return g_strv_contains(ops, op) && g_ascii_isdigit(condition[n]);
}

bool daemon_conditions_valid(const char *file, const json_object *node, char **conditions, GError **error)
{
    for (; conditions && *conditions; conditions++)
        if (!version_condition_valid(*conditions))
            return daemon_refuse(file, tree_mark(node), error, "\"%s\" is no version condition such as \">=1.27\"",
                                 *conditions);
    return true;
}
