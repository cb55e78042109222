/* Families: placeholders, types, defaults, what is left out and what is refused. */
#include "engine/load.h"
#include "engine_test.h"

static char *expand(const char *template, const char *row, const char *defaults)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    struct complaints to = {.file = g_intern_static_string("t"), .list = list};
    g_autofree char *wrapped = g_strdup_printf("t: %s\nr: %s\nd: %s\n", template, row, defaults ? defaults : "{}");
    pl_autojson json_object *tree = yaml(wrapped);
    pl_autojson json_object *out =
        family_expand(tree_member(tree, "t"), tree_member(tree, "r"), tree_member(tree, "d"), &to);
    if (list->len)
        return diagnostic_text(g_ptr_array_index(list, 0));
    return tree_canonical(out);
}

static void expansion(void **state)
{
    (void)state;
    static const struct {
        const char *template, *row, *defaults, *out;
    } rows[] = {
        {"'a {x} b'", "{x: 1}", NULL, "\"a 1 b\""},
        {"'{x}'", "{x: 1}", NULL, "1"},
        {"'{x}'", "{x: true}", NULL, "true"},
        {"'{x}'", "{x: {at-least: 1}}", NULL, "{\"at-least\":1}"},
        {"'{x}'", "{x: [1, a]}", NULL, "[1,\"a\"]"},
        {"'{x}{y}'", "{x: a, y: b}", NULL, "\"ab\""},
        {"'{{x}}'", "{x: 1}", NULL, "\"{x}\""},
        {"'a{{3}}$'", "{}", NULL, "\"a{3}$\""},
        {"'{{{x}}}'", "{x: 1}", NULL, "\"{1}\""},
        {"{a: '{x}', b: 1}", "{x: null}", NULL, "{\"b\":1}"},
        {"{a: '{x}', b: 1}", "{}", "{x: null}", "{\"b\":1}"},
        {"{a: '{x}'}", "{}", "{x: 5}", "{\"a\":5}"},
        {"{a: '{x}'}", "{x: 6}", "{x: 5}", "{\"a\":6}"},
        {"['{x}', 2]", "{x: null}", NULL, "[2]"},
        {"{'{k}.x': '{v}'}", "{k: a, v: 1}", NULL, "{\"a.x\":1}"},
        {"{a: null, b: 1.5}", "{}", NULL, "{\"a\":null,\"b\":1.5}"},
        {"'{x}'", "{x: '{y}'}", NULL, "\"{y}\""},
        {"plain", "{}", NULL, "\"plain\""},
        {"''", "{}", NULL, "\"\""},
        {"'{x}'", "{y: 1}", NULL, "t:1:4: the variant has no column \"x\""},
        {"'a {expct}'", "{expect: 1}", NULL, "did you mean expect?"},
        {"'a {x}'", "{}", "{xx: 1}", "no column \"x\""},
        {"'a {x}'", "{x: null}", NULL, "column \"x\" is null: it cannot stand inside a text"},
        {"'a {x}'", "{x: [1]}", NULL, "column \"x\" is a list"},
        {"'a {x'", "{x: 1}", NULL, "a single {"},
        {"'a } b'", "{x: 1}", NULL, "a single }"},
        {"'a{3}'", "{}", NULL, "no column \"3\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = expand(rows[i].template, rows[i].row, rows[i].defaults);
        if (!strstr(out, rows[i].out))
            fail_msg("row %zu: %s instead of %s", i, out, rows[i].out);
    }
}

static void too_deep(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append_c(text, '[');
    for (int i = 0; i < 40; i++)
        g_string_append_c(text, ']');
    g_autofree char *out = expand(text->str, "{}", NULL);
    assert_contains(out, "nested too deeply");
}

#define TEMPLATE                                                                                                       \
    "  template:\n    id: \"s-{name}\"\n    title: \"{title}\"\n    severity: \"{severity}\"\n    rationale: R\n"      \
    "    fix: {text: \"Set {key}\", shell: \"{shell}\"}\n    tags: \"{tags}\"\n"                                       \
    "    ability: \"{ability}\"\n"                                                                                     \
    "    check: {sysctl: {name: \"{key}\"}, expect: {value: \"{expect}\"}}\n"

static char *load_text(const char *text, struct content **out)
{
    g_autofree char *folder = folder_new();
    g_free(folder_write(folder, "cloud/m.yaml", text));
    *out = folder_load(folder);
    remove_tree(folder);
    return diagnostics_text(*out);
}

static void members(void **state)
{
    (void)state;
    pl_auto(content) content = NULL;
    g_autofree char *said = load_text(
        MODULE("m", "cloud") "families:\n- family: f\n  defaults: {severity: medium, shell: null, tags: null, ability: "
                             "null}\n" TEMPLATE
                             "  variants:\n  - {name: a, key: k.a, title: A, expect: {at-least: 1}, good: 2}\n"
                             "  - {name: b, key: k.b, title: B, expect: 0, severity: high, shell: run, tags: [x], "
                             "ability: fly}\n",
        &content);
    assert_string_equal(said, "");
    const struct rule *a = content_rule(content, "s-a"), *b = content_rule(content, "s-b");
    assert_string_equal(a->family, "f");
    assert_null(((struct rule_fix *)g_ptr_array_index(a->fixes, 0))->words.shell);
    assert_null(a->ability);
    assert_string_equal(b->ability, "fly");
    assert_int_equal(a->tags->len, 0);
    assert_int_equal(a->severity, SEVERITY_MEDIUM);
    assert_int_equal(b->severity, SEVERITY_HIGH);
    assert_string_equal(((struct rule_fix *)g_ptr_array_index(b->fixes, 0))->words.shell, "run");
    assert_int_equal(b->tags->len, 1);
    g_autofree char *row = tree_canonical(a->variant);
    assert_contains(row, "\"good\":2");
    assert_contains(row, "\"severity\":\"medium\"");
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *family, *message;
    } rows[] = {
        {"- {family: f}\n", "\"template\" must be a rule"},
        {"- {family: f, template: {}, variants: []}\n", "\"variants\" must be a list of rows that is not empty"},
        {"- {family: f, template: {}, variants: [5], defaults: 5}\n", "\"defaults\" must be a mapping"},
        {"- {family: f, template: {}, variants: [5]}\n", "a variant must be a mapping of columns"},
        {"- {template: {}, variants: [{}]}\n", "\"family\" is missing"},
        {"- {family: f, templat: {}, variants: [{}]}\n", "a family has no member \"templat\" (did you mean template?)"},
        {"- 5\n", "a family must be a mapping"},
        {"- family: f\n  defaults: {tags: null, ability: null}\n" TEMPLATE
         "  variants:\n  - {name: a, key: k, title: A, expect: 1}\n",
         "no column \"severity\"; a literal brace is written twice (variant in line 17 of family f)"},
        {"- family: f\n  defaults: {shell: null, tags: null, ability: null, severity: low}\n" TEMPLATE
         "  variants:\n  - {name: a, key: k, title: A, expect: {at-lest: 1}}\n",
         "m.yaml:17:42: unknown operator \"at-lest\" for value (did you mean at-least?) (rule s-a of family f)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(content) content = NULL;
        g_autofree char *text = g_strconcat(MODULE("m", "cloud") "families:\n", rows[i].family, NULL);
        g_autofree char *said = load_text(text, &content);
        assert_contains(said, rows[i].message);
        assert_int_equal(content->rules->len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(expansion), cmocka_unit_test(too_deep),
                                       cmocka_unit_test(members), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
