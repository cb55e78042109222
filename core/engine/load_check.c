/* Check trees: all, any, none over tests. */
#include "engine/load.h"
#include "engine/members.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

static const enum verdict absent_verdicts[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_NOTAPPLICABLE};

/* What a file says is never changed once it was read, and one thread alone understands a file. */
static json_object *share(const json_object *node)
{
    return json_object_get((json_object *)(uintptr_t)node);
}

/* The index of a member's text among `words`; -1 when it is absent or wrong (then with a complaint). */
static int choice(const json_object *tree, const char *key, const char *const *words, struct complaints *to)
{
    const char *text = member_text(to, tree, key, false);
    if (!text)
        return -1;
    for (int i = 0; words[i]; i++)
        if (g_str_equal(words[i], text))
            return i;
    g_autofree char *all = g_strjoinv(", ", (char **)(uintptr_t)words);
    g_autofree char *clause = suggest_clause(text, words);
    complain(to, tree_member(tree, key), "%s must be one of: %s, not \"%s\"%s", key, all, text, clause);
    return -1;
}

static void complain_probe(const char *key, const json_object *value, struct complaints *to)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t count = 0;
    const struct probe *const *probes = probe_all(&count);
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)probes[i]->name);
    for (const struct member *member = test_members; member->name; member++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)member->name);
    g_autofree char *clause = suggest_clause_in(key, names);
    complain_key(to, value, "unknown probe or member \"%s\"%s", key, clause);
}

/* The test's probe and its object; NULL after a complaint. */
static const struct probe *find_probe(const json_object *tree, json_object **object, struct complaints *to)
{
    const struct probe *found = NULL;
    bool wrong = false;
    json_object_object_foreach (tree, key, value) {
        const struct probe *probe = probe_find(key);
        if (!probe && member_find(test_members, key))
            continue;
        if (!probe) {
            complain_probe(key, value, to);
            wrong = true;
        } else if (found) {
            complain_key(to, value, "a test has one probe; this is a second one beside %s (use all or any)",
                         found->name);
        } else {
            found = probe;
            *object = value;
        }
    }
    if (!found && !wrong)
        complain(to, tree, "no probe: a test names one, as in \"sysctl: {name: kernel.kptr_restrict}\"");
    return found;
}

/* The param by which the object takes in what does not run; NULL. */
static const char *dormant_param(const struct test *test)
{
    for (const struct probe_param *param = test->probe->params; param->name; param++)
        if (param->dormant && json_object_get_boolean(tree_member(test->object, param->name)))
            return param->name;
    return NULL;
}

/* Else such a rule were unknown wherever something is stopped. */
static void check_dormant(const struct test *test, struct complaints *to)
{
    const char *param = dormant_param(test);
    if (!param || !json_object_is_type(test->expect, json_type_object))
        return;
    json_object_object_foreach (test->expect, path, demand) {
        const struct probe_field *field = probe_field_find(test->probe, path);
        if (field && !(field->traits & FIELD_KEPT))
            complain_key(to, demand, "\"%s\" is known only of what runs: leave out %s", path, param);
    }
}

static struct test *load_test(const json_object *tree, struct complaints *to)
{
    json_object *object = NULL;
    const struct probe *probe = find_probe(tree, &object, to);
    int existence = choice(tree, "existence", existence_words, to);
    int match = choice(tree, "match", match_words, to);
    int absent = choice(tree, "absent", absent_words, to);
    if (!probe)
        return NULL;
    struct test *test = g_new0(struct test, 1);
    test->probe = probe;
    test->object = object ? json_object_get(object) : json_object_new_object();
    test->expect = share(tree_member(tree, "expect"));
    test->existence = existence < 0 ? EXISTENCE_AT_LEAST_ONE : (enum existence)existence;
    test->match = match < 0 ? MATCH_ALL : (enum match)match;
    test->has_absent = absent >= 0;
    test->absent = absent < 0 ? VERDICT_FAIL : absent_verdicts[absent];
    test->live = member_flag(to, tree, "live");
    test->finding = g_strdup(member_text(to, tree, "finding", false));
    test->missing = g_strdup(member_text(to, tree, "missing", false));
    test->at = complaints_position(to, tree);
    check_dormant(test, to);
    if (match >= 0 && !test->expect)
        complain(to, tree_member(tree, "match"),
                 "match says how many items must satisfy expect, and there is no expect");
    if (match >= 0 && test->existence == EXISTENCE_NONE)
        complain(to, tree_member(tree, "match"), "match means nothing beside existence: none");
    return test;
}

static const char *tree_word(const json_object *tree)
{
    for (const struct member *member = tree_members; member->name; member++)
        if (json_object_object_get_ex(tree, member->name, NULL))
            return member->name;
    return NULL;
}

static bool is_live(const struct check *check)
{
    return check->test && check->test->live;
}

static struct check *load_node(const json_object *tree, unsigned depth, struct complaints *to);

static void load_children(struct check *check, const json_object *tree, const char *word, unsigned depth,
                          struct complaints *to)
{
    const json_object *list = tree_member(tree, word);
    check->children = g_ptr_array_new_with_free_func(check_free);
    if (json_object_object_length(tree) > 1)
        complain(to, tree, "\"%s\" stands alone: put the rest into its list", word);
    if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0) {
        complain(to, list ? list : tree, "\"%s\" must be a list of checks that is not empty", word);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(list); i++)
        g_ptr_array_add(check->children, load_node(json_object_array_get_idx(list, i), depth + 1, to));
    guint live = 0;
    for (guint i = 0; i < check->children->len; i++)
        live += is_live(g_ptr_array_index(check->children, i));
    if (live && live == check->children->len)
        complain(to, list, "live: on a mounted root nothing is left of \"%s\" to decide", word);
}

static struct check *load_node(const json_object *tree, unsigned depth, struct complaints *to)
{
    static const enum check_kind kinds[] = {CHECK_ALL, CHECK_ANY, CHECK_NONE};
    struct check *check = g_new0(struct check, 1);
    check->kind = CHECK_ALL;
    if (!json_object_is_type(tree, json_type_object) || depth > CHECK_DEPTH_MAX) {
        complain(to, tree, depth > CHECK_DEPTH_MAX ? "checks are nested too deeply" : "a check must be a mapping");
        check->children = g_ptr_array_new_with_free_func(check_free);
        return check;
    }
    const json_object *before = to->near;
    to->near = tree;
    const char *word = tree_word(tree);
    for (size_t i = 0; word && i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(tree_members[i].name, word))
            check->kind = kinds[i];
    if (word)
        load_children(check, tree, word, depth, to);
    else if ((check->test = load_test(tree, to)))
        check->kind = CHECK_TEST;
    else
        check->children = g_ptr_array_new_with_free_func(check_free);
    to->near = before;
    return check;
}

struct check *load_check(const json_object *tree, struct complaints *to)
{
    struct check *check = load_node(tree, 0, to);
    if (is_live(check))
        complain(to, tree_member(tree, "live"),
                 "live: on a mounted root nothing is left to decide; put it into an all or any");
    return check;
}

static struct test *test_copy(const struct test *test)
{
    struct test *copy = g_memdup2(test, sizeof *test);
    copy->object = share(test->object);
    copy->expect = share(test->expect);
    copy->finding = g_strdup(test->finding);
    copy->missing = g_strdup(test->missing);
    return copy;
}

struct check *check_copy(const struct check *check)
{
    if (!check)
        return NULL;
    struct check *copy = g_new0(struct check, 1);
    copy->kind = check->kind;
    if (check->test)
        copy->test = test_copy(check->test);
    if (!check->children)
        return copy;
    copy->children = g_ptr_array_new_with_free_func(check_free);
    for (guint i = 0; i < check->children->len; i++)
        g_ptr_array_add(copy->children, check_copy(g_ptr_array_index(check->children, i)));
    return copy;
}
