/* Names and kinds in a `host:` mapping, by the tables of host/inline_words.h: all that are wrong, not only the first.
 */
#include "engine/ruletest_case.h"

#include "host/inline_value.h"
#include "host/inline_words.h"
#include "model/tree.h"

#include <string.h>

/* No table leads back to itself, so that the depth is theirs. */
static void check_node(struct complaints *to, const json_object *node, const char *kind);

/* Null takes a member of a base away, and a column of a family may stand for any value. */
static bool stands_for_other(const json_object *value)
{
    const char *text = tree_string_of(value);
    return !value || (text && strchr(text, '{') && strchr(text, '}'));
}

static bool check_kind(struct complaints *to, const json_object *value, const char *what, const char *type)
{
    g_autofree char *fault = stands_for_other(value) ? NULL : inline_misfit(value, type);
    if (fault)
        complain(to, value, "%s: %s", what, fault);
    return !fault;
}

/* "A or @b" for "list of A or list of @b or map of C": what the members of a list (or map) may be. NULL: it is none of
 * these. Caller frees. */
static char *members_type(const char *type, const char *head)
{
    g_auto(GStrv) kinds = g_strsplit(type, " or ", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (char **kind = kinds; *kind; kind++)
        if (g_str_has_prefix(*kind, head))
            g_string_append_printf(out, "%s%s", out->len ? " or " : "", *kind + strlen(head));
    return out->len ? g_strdup(out->str) : NULL;
}

/* The members of a list or map by their kinds. */
static void check_inside(struct complaints *to, const json_object *value, const char *what, const char *type)
{
    bool object = json_object_is_type(value, json_type_object), array = json_object_is_type(value, json_type_array);
    g_autofree char *inner = object ? members_type(type, "map of ") : array ? members_type(type, "list of ") : NULL;
    for (size_t i = 0; inner && array && i < json_object_array_length(value); i++)
        check_kind(to, json_object_array_get_idx(value, i), what, inner);
    if (!inner || !object)
        return;
    json_object_object_foreach (value, key, one) {
        g_autofree char *name = g_strconcat(what, ": ", key, NULL);
        check_kind(to, one, name, inner);
    }
}

static void check_required(struct complaints *to, const json_object *node, const struct vocabulary *vocabulary)
{
    for (const struct member *member = vocabulary->members; member->name; member++)
        if (member->required && !json_object_object_get_ex(node, member->name, NULL))
            complain(to, node, "%s: \"%s\" is missing", vocabulary->text, member->name);
}

/* A mapping whose members are those of a table. */
static void check_members(struct complaints *to, const json_object *node, const char *name)
{
    const struct vocabulary *vocabulary = inline_vocabulary(name);
    if (!vocabulary)
        return;
    members_check(to, node, vocabulary->text, vocabulary->members);
    check_required(to, node, vocabulary);
    json_object_object_foreach (node, key, value) {
        const struct member *member = member_find(vocabulary->members, key);
        if (!member || !check_kind(to, value, key, member->type))
            continue;
        check_inside(to, value, key, member->type);
        g_auto(GStrv) kinds = g_strsplit(member->type, " or ", -1);
        for (char **kind = kinds; *kind; kind++)
            check_node(to, value, *kind);
    }
}

static void check_list(struct complaints *to, const json_object *node, const char *kind)
{
    for (size_t i = 0; i < json_object_array_length(node); i++)
        check_node(to, json_object_array_get_idx(node, i), kind);
}

static void check_map(struct complaints *to, const json_object *node, const char *kind)
{
    json_object_object_foreach (node, key, value) {
        (void)key;
        check_node(to, value, kind);
    }
}

/* One of the kinds that the node may be; what is another one is no business of this lookup. */
static void check_node(struct complaints *to, const json_object *node, const char *kind)
{
    bool object = json_object_is_type(node, json_type_object), array = json_object_is_type(node, json_type_array);
    if (g_str_has_prefix(kind, "list of ") && array)
        check_list(to, node, kind + strlen("list of "));
    else if (g_str_has_prefix(kind, "map of ") && object)
        check_map(to, node, kind + strlen("map of "));
    else if (*kind == '@' && object)
        check_members(to, node, kind + 1);
}

void test_host_check(struct complaints *to, const json_object *host)
{
    check_node(to, host, "@host");
}
