/* The names in a `host:` mapping, by the tables of host/inline_words.h: all that are wrong, not only the first. */
#include "engine/ruletest_case.h"

#include "host/inline_words.h"

#include <string.h>

static const struct vocabulary *find_vocabulary(const char *name)
{
    size_t n = 0;
    const struct vocabulary *all = inline_vocabularies(&n);
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(all[i].name, name))
            return &all[i];
    return NULL;
}

/* No table leads back to itself, so that the depth is theirs. */
static void check_node(struct complaints *to, const json_object *node, const char *kind);

/* A mapping whose members are those of a table. */
static void check_members(struct complaints *to, const json_object *node, const char *name)
{
    const struct vocabulary *vocabulary = find_vocabulary(name);
    if (!vocabulary)
        return;
    members_check(to, node, vocabulary->text, vocabulary->members);
    json_object_object_foreach (node, key, value) {
        const struct member *member = member_find(vocabulary->members, key);
        g_auto(GStrv) kinds = g_strsplit(member ? member->type : "", " or ", -1);
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
