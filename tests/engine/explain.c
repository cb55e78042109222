/* Checks in words. */
#include "engine/explain.h"

#include "engine_test.h"

static char *explain(const char *check, const char *applies)
{
    g_autofree char *folder = folder_new();
    g_autofree char *text = g_strdup_printf("%svalues:\n  most: {default: 4, title: V}\n  names: {default: [k.a, k.b], "
                                            "title: V}\nrules:\n%s  check: %s\n%s%s%s",
                                            MODULE("m", "cloud"), RULE("r", "low", ""), check,
                                            applies ? "  applies: " : "", applies ? applies : "", applies ? "\n" : "");
    g_free(folder_write(folder, "cloud/m.yaml", text));
    pl_auto(content) content = folder_load(folder);
    const struct rule *rule = content_rule(content, "r");
    if (!rule) {
        g_autofree char *said = diagnostics_text(content);
        fail_msg("%s", said);
    }
    GString *out = g_string_new(NULL);
    explain_check(rule, rule->check, 2, out);
    g_autofree const char **probes = explain_probes(rule);
    for (size_t i = 0; probes[i]; i++)
        g_string_append_printf(out, "[%s]", probes[i]);
    g_autoptr(GPtrArray) objects = explain_objects(rule);
    for (guint i = 0; i < objects->len; i++)
        g_string_append_printf(out, "(%s)", (char *)g_ptr_array_index(objects, i));
    remove_tree(folder);
    return g_string_free(out, FALSE);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *check, *words;
    } rows[] = {
        {"{sysctl: {name: k.a}, expect: {value: 1}}", "  sysctl k.a: value is 1\n[sysctl](k.a)"},
        {"{sysctl: {name: [k.a, k.b]}, expect: {value: {at-most: $most}}}",
         "  sysctl k.a, k.b: value is at most $most (4)\n"},
        {"{sysctl: {name: k.a}, expect: {value: $most}}", "value is $most (4)\n"},
        {"{sysctl: {name: $names}, expect: {value: {at-least: 1, not: 7}}}",
         "  sysctl $names ([\"k.a\",\"k.b\"]): value is at least 1 and is not 7\n"},
        {"{file: {path: /x, follow: false}, expect: {mode: {mode-at-most: \"0640\"}, owner: root}}",
         "  file /x follow=false: mode is at most 0640 and owner is root\n"},
        {"{file: {path: /x}}", "  file /x: exists\n"},
        {"{file: {path: /x}, existence: none}", "  file /x: nothing of the kind\n"},
        {"{file: {path: /x}, existence: any}", "  file /x\n"},
        {"{file: {path: /x}, existence: only-one}", "  file /x: exactly one exists\n"},
        {"{file: {path: [/x, /y]}, existence: all}", "  file /x, /y: every one exists\n"},
        {"{file: {path: /x}, existence: none, expect: {uid: 0}}", "  file /x: nothing with uid is 0\n"},
        {"{file: {path: /x}, existence: any, expect: {uid: 0}}", "  file /x: uid is 0; absent is fine\n"},
        {"{file: {path: /x}, match: any, expect: {uid: 0}}", "  file /x: at least one with uid is 0\n"},
        {"{file: {path: /x}, match: none, expect: {uid: 0}}", "  file /x: none with uid is 0\n"},
        {"{file: {path: /x}, match: only-one, expect: {uid: 0}}", "  file /x: exactly one with uid is 0\n"},
        {"{file: {path: /x}, absent: pass, expect: {uid: 0}}", "  file /x: uid is 0; absent is fine\n"},
        {"{file: {path: /x}, absent: fail, expect: {uid: 0}}", "; absent fails\n"},
        {"{file: {path: /x}, absent: notapplicable, expect: {uid: 0}}", "; absent means not applicable\n"},
        {"{file: {path: /x}, expect: {owner: null, group: {exists: true}}}", "owner is absent and group is there\n"},
        {"{file: {path: /x}, expect: {owner: \"\"}}", "owner is empty\n"},
        {"{file: {path: /x}, expect: {attributes: {matches: i, contains-all: [a, b], excludes: c, subset-of: []}}}",
         "attributes has a member that matches i and contains all of a, b and contains none of c and has nothing but "
         "the "
         "empty list\n"},
        {"{file: {path: /x}, expect: {owner: {in: [a, b], not-in: [c]}, mode: {bits-clear: \"0022\"}}}",
         "owner is one of a, b and is none of c and mode has none of the bits 0022\n"},
        {"{host: {}, expect: {os: debian}}", "  host: os is debian\n[host]"},
        {"{any: [{file: {path: /x}}, {none: [{file: {path: /y}}, {all: [{sysctl: {name: k.x}}]}]}]}",
         "  at least one of\n    file /x: exists\n    none of\n      file /y: exists\n      all of\n        sysctl "
         "k.x: "
         "exists\n[file][sysctl](/x)(/y)(k.x)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = explain(rows[i].check, NULL);
        assert_contains(text, rows[i].words);
    }
}

static void also_applies(void **state)
{
    (void)state;
    g_autofree char *text = explain("{sysctl: {name: k.x}}", "{file: {path: /z}}");
    assert_contains(text, "[file][sysctl](k.x)");
}

static void long_lists(void **state)
{
    (void)state;
    g_autofree char *text =
        explain("{file: {path: /x}, expect: {owner: {in: [a, b, c, d, e, f, g, h, i, j, k, l, m, n]}}}", NULL);
    assert_contains(text, "k, l and 2 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(also_applies),
                                       cmocka_unit_test(long_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
