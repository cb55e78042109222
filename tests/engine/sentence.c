/* Sentences with values in them: what is put in, what is bounded, what is refused. */
#include "engine/sentence.h"

#include "engine_test.h"

static json_object *value_of(const void *data, const char *name)
{
    return tree_copy(tree_member(data, name));
}

static void filling(void **state)
{
    (void)state;
    static const struct {
        const char *text, *out;
    } rows[] = {
        {"plain", "plain"},
        {"`{path}` is {mode}", "`/a` is 0666"},
        {"{on} {n} {half}", "true 3 0.5"},
        {"{gone}", "not set"},
        {"{empty}", "empty"},
        {"{{path}} {{}}", "{path} {}"},
        {"{list}", "a, b"},
        {"{long}", "1, 2, 3, 4, 5 and 2 more"},
        {"{none}", "none"},
        {"{ticks}", "'x'"},
        {"{map}", "{\"k\":1}"},
    };
    pl_autojson json_object *values = yaml(
        "{path: /a, mode: '0666', 'on': true, n: 3, half: 0.5, empty: '', list: [a, b], long: [1, 2, 3, 4, 5, 6, 7],"
        " none: [], ticks: '`x`', map: {k: 1}}");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = sentence_fill(rows[i].text, value_of, values);
        if (!g_str_equal(out, rows[i].out))
            fail_msg("%s: %s", rows[i].text, out);
    }
    assert_null(sentence_fill(NULL, value_of, values));
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    g_autofree char *text = g_strnfill(3000, 'x');
    g_autoptr(GString) letters = g_string_new(NULL);
    for (int i = 0; i < 200; i++)
        g_string_append(letters, "\u20ac");
    pl_autojson json_object *values = json_object_new_object();
    json_object_object_add(values, "x", json_object_new_string(text));
    json_object_object_add(values, "e", json_object_new_string(letters->str));
    g_autofree char *out = sentence_fill("{x}|{e}", value_of, values);
    assert_true(strlen(out) < 400);
    assert_true(g_utf8_validate(out, -1, NULL));
    assert_contains(out, "...|");
}

/* A value that a user set cannot name a field. */
static void values_are_put_in_first(void **state)
{
    (void)state;
    pl_autojson json_object *environment = yaml("{most: 90, odd: '{path}'}");
    pl_autojson json_object *values = yaml("{days: 100, path: /secret}");
    g_autofree char *text = sentence_put_values("{days} of {$most} {{x}} {$odd}", environment);
    g_autofree char *out = sentence_fill(text, value_of, values);
    assert_string_equal(out, "100 of 90 {x} {path}");
}

static char *said_of(const char *words)
{
    g_autofree char *folder = folder_new();
    g_autofree char *text = g_strconcat(MODULE("m", "cloud") "values: {most: {default: 1, title: T}}\nrules:\n" RULE(
                                            "r", "low", "  check: {file: {path: /a}, expect: {uid: $most}}\n  "),
                                        words, "\n", NULL);
    g_autofree char *file = folder_write(folder, "cloud/m.yaml", text);
    pl_auto(content) content = folder_load(folder);
    remove_tree(folder);
    return diagnostics_text(content);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *words, *message; /* NULL: nothing is wrong */
    } rows[] = {
        {"finding: '`{path}` of {subject}, {owner} {$most} {{x}}'", NULL},
        {"finding: '{modes}'", "the probe file has no such field (did you mean mode?)"},
        {"finding: '{path'", "a single brace"},
        {"finding: 'a}'", "a single brace"},
        {"finding: '{$least}'", "the module has no value \"least\""},
        {"missing: '{path}'", "nothing was found"},
        {"expected: '{path}'", "nothing was found"},
        {"missing: 'at most {$most}'", NULL},
        {"because: [r]", "a circle"},
        {"because: [q]", "no rule is called \"q\""},
        {"because: q", "must be a list"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *said = said_of(rows[i].words);
        if (rows[i].message ? !strstr(said, rows[i].message) : *said != '\0')
            fail_msg("%s: %s", rows[i].words, said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(values_are_put_in_first),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
