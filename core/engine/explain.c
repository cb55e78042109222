/* Checks in words, with `$name` shown beside its default. */
#include "engine/explain.h"

#include "engine/plan.h"
#include "engine/values.h"
#include "engine/words.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

/* The tree with every reference shown as "$name (4)". */
static json_object *show_references(const json_object *tree, const json_object *environment)
{
    const char *name = value_reference(tree);
    if (name) {
        g_autofree char *value = tree_text(tree_member(environment, name));
        g_autofree char *text = g_strdup_printf("$%s (%s)", name, value);
        return json_object_new_string(text);
    }
    if (json_object_is_type(tree, json_type_array)) {
        json_object *copy = json_object_new_array();
        for (size_t i = 0; i < json_object_array_length(tree); i++)
            json_object_array_add(copy, show_references(json_object_array_get_idx(tree, i), environment));
        return copy;
    }
    if (!json_object_is_type(tree, json_type_object))
        return tree_copy(tree);
    json_object *copy = json_object_new_object();
    json_object_object_foreach (tree, key, value)
        json_object_object_add(copy, key, show_references(value, environment));
    return copy;
}

/* What stands in the rule file for matcher number `index` of a field; NULL when nothing does. Borrowed. */
static const json_object *written_operand(const json_object *written, bool single, guint index)
{
    if (single || !json_object_is_type(written, json_type_object))
        return written;
    guint at = 0;
    json_object_object_foreach (written, name, value) {
        (void)name;
        if (at++ == index)
            return value;
    }
    return written;
}

/* Puts the written operands, with their names, in the place of the values that were compiled. */
static void show_operands(const GPtrArray *expectations, const json_object *expect)
{
    for (guint i = 0; i < expectations->len; i++) {
        const struct expectation *expectation = g_ptr_array_index(expectations, i);
        const json_object *written = tree_member(expect, expectation->field);
        bool single = expectation->matchers->len == 1 && !json_object_is_type(written, json_type_object);
        for (guint j = 0; j < expectation->matchers->len; j++) {
            struct matcher *matcher = g_ptr_array_index(expectation->matchers, j);
            const json_object *operand = written_operand(written, single, j);
            if (matcher->op == OP_EXISTS || !operand)
                continue;
            json_object_put(matcher->operand);
            matcher->operand = tree_copy(operand);
        }
    }
}

static json_object *defaults_of(const struct rule *rule, struct complaints *to)
{
    return values_environment(rule->values, NULL, to);
}

char *explain_test(const struct rule *rule, const struct test *test)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    struct complaints to = {.file = rule->at.file, .list = list};
    struct check single = {.kind = CHECK_TEST, .test = (struct test *)(uintptr_t)test};
    pl_autojson json_object *environment = defaults_of(rule, &to);
    pl_auto(bound_check) bound = check_bind(&single, environment, NULL, NULL, &to);
    pl_autojson json_object *object = show_references(test->object, environment);
    pl_autojson json_object *expect = test->expect ? show_references(test->expect, environment) : NULL;
    if (expect)
        show_operands(bound->test->expectations, expect);
    return words_test(test, object, bound->test->expectations);
}

void explain_check(const struct rule *rule, const struct check *check, unsigned indent, GString *out)
{
    static const char *const heads[] = {
        [CHECK_TEST] = "", [CHECK_ALL] = "all of", [CHECK_ANY] = "at least one of", [CHECK_NONE] = "none of"};
    if (check->kind == CHECK_TEST) {
        g_autofree char *line = explain_test(rule, check->test);
        g_string_append_printf(out, "%*s%s\n", (int)indent, "", line);
        return;
    }
    g_string_append_printf(out, "%*s%s\n", (int)indent, "", heads[check->kind]);
    for (guint i = 0; i < check->children->len; i++)
        explain_check(rule, g_ptr_array_index(check->children, i), indent + 2, out);
}

typedef void (*visit_test)(const struct test *test, gpointer data);

static void visit(const struct check *check, visit_test call, gpointer data)
{
    if (!check)
        return;
    if (check->test)
        call(check->test, data);
    for (guint i = 0; check->children && i < check->children->len; i++)
        visit(g_ptr_array_index(check->children, i), call, data);
}

static void add_once(GPtrArray *list, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
        g_ptr_array_add(list, g_strdup(text));
}

static void add_probe(const struct test *test, gpointer data)
{
    GPtrArray *list = data;
    for (guint i = 0; i < list->len; i++)
        if (g_ptr_array_index(list, i) == (gpointer)(uintptr_t)test->probe->name)
            return;
    g_ptr_array_add(list, (gpointer)(uintptr_t)test->probe->name);
}

const char **explain_probes(const struct rule *rule)
{
    GPtrArray *list = g_ptr_array_new();
    visit(rule_applies(rule), add_probe, list);
    visit(rule_check(rule), add_probe, list);
    g_ptr_array_sort(list, value_order_texts);
    g_ptr_array_add(list, NULL);
    return (const char **)(void *)g_ptr_array_free(list, FALSE);
}

struct object_texts {
    const json_object *environment;
    GPtrArray *list;
};

static void add_object(const struct test *test, gpointer data)
{
    struct object_texts *texts = data;
    pl_autojson json_object *object = show_references(test->object, texts->environment);
    g_autofree char *text = words_object(test->probe, object);
    if (*text)
        add_once(texts->list, text);
}

GPtrArray *explain_objects(const struct rule *rule)
{
    g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(diagnostic_free);
    struct complaints to = {.file = rule->at.file, .list = complaints};
    pl_autojson json_object *environment = defaults_of(rule, &to);
    struct object_texts texts = {.environment = environment, .list = g_ptr_array_new_with_free_func(g_free)};
    visit(rule_check(rule), add_object, &texts);
    return texts.list;
}
