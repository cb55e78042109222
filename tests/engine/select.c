/* Selection: profiles, narrowing, values, and what a typo gets told. */
#include "engine/select.h"
#include "engine_test.h"

#define CHECK "  check: {sysctl: {name: k.x}, expect: {value: $most}}\n"

static char *folder;
static struct content *content;

static int open_content(void **state)
{
    (void)state;
    folder = folder_new();
    g_free(folder_write(
        folder, "cloud/kernel.yaml",
        MODULE("kernel", "cloud") "values:\n  most: {default: 4, title: V}\n  on: {default: true, title: V}\n"
                                  "  names: {default: [a], title: V}\n  word: {default: x, title: V}\n"
                                  "  map: {default: {a: 1}, title: V}\nrules:\n" RULE(
                                      "kernel-a", "high",
                                      CHECK "  tags: [net]\n  references: {cis-x-1.0: [\"1.1 L1\", \"1.10 L2\"]}\n")
                                      RULE("kernel-b", "low", CHECK "  references: {cis-x-1.0: 1.2.1 L2}\n")));
    g_free(folder_write(
        folder, "container/docker.yaml",
        MODULE("docker",
               "container") "families:\n- family: f\n  template:\n    id: \"d-{n}\"\n    title: T\n"
                            "    severity: critical\n    rationale: R\n    fix: {text: F}\n    tags: [net, x]\n"
                            "    check: {sysctl: {name: k.x}}\n  variants: [{n: a}, {n: b}]\n"));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    g_free(folder_write(
        folder, "profiles/strict.yaml",
        "id: strict\ntitle: A\ninclude: ['layer:cloud']\nexclude: ['kernel-b']\nvalues: {most: 2, word: y}\n"));
    g_free(folder_write(folder, "profiles/more.yaml", "id: more\ntitle: A\ninclude: ['d-a']\nvalues: {most: 1}\n"));
    content = folder_load(folder);
    return 0;
}

static int close_content(void **state)
{
    (void)state;
    content_free(content);
    remove_tree(folder);
    g_free(folder);
    return 0;
}

static char *ids(const struct chosen *chosen)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < chosen->rules->len; i++)
        g_string_append_printf(out, "%s%s", i ? " " : "", ((struct rule *)g_ptr_array_index(chosen->rules, i))->id);
    return g_string_free(out, FALSE);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void chosen_rules(void **state)
{
    (void)state;
    const struct {
        struct selection selection;
        const char *ids;
        unsigned of; /* rules of the layers asked for; 0: all */
    } rows[] = {
        {{0}, "d-a d-b kernel-a kernel-b"},
        {{.profiles = LIST("strict")}, "kernel-a"},
        {{.profiles = LIST("strict", "more")}, "d-a kernel-a"},
        {{.layers = LIST("cloud")}, "kernel-a kernel-b", 2},
        {{.layers = LIST("cloud"), .skip = LIST("*-a")}, "kernel-b", 2},
        {{.layers = LIST("cloud", "container")}, "d-a d-b kernel-a kernel-b"},
        {{.rules = LIST("kernel-*")}, "kernel-a kernel-b"},
        {{.rules = LIST("d-a", "kernel-b")}, "d-a kernel-b"},
        {{.skip = LIST("d-*")}, "kernel-a kernel-b"},
        {{.tags = LIST("net")}, "d-a d-b kernel-a"},
        {{.tags = LIST("x")}, "d-a d-b"},
        {{.references = LIST("cis-x-1.0")}, "kernel-a kernel-b"},
        {{.references = LIST("cis-x-*:1.1")}, "kernel-a"},
        {{.references = LIST("cis-x-1.0:1.*")}, "kernel-a kernel-b"},
        {{.references = LIST("cis-x-1.0 L1")}, "kernel-a"},
        {{.references = LIST("cis-x-1.0:1.2.1 L2")}, "kernel-b"},
        {{.references = LIST("cis-x-1.0:1.1 L2")}, "kernel-a"}, /* level 2 holds level 1 */
        {{.severity = "high"}, "kernel-a"},
        {{.severity = "high.."}, "d-a d-b kernel-a"},
        {{.severity = "..medium"}, "kernel-b"},
        {{.severity = "high..low"}, "kernel-a kernel-b"},
        {{.severity = "HIGH,Critical"}, "d-a d-b kernel-a"},
        {{.severity = "low, critical.."}, "d-a d-b kernel-b"},
        {{.modules = LIST("kernel")}, "kernel-a kernel-b"},
        {{.modules = LIST("Cloud/KERNEL")}, "kernel-a kernel-b"},
        {{.modules = LIST("container/*")}, "d-a d-b"},
        {{.rules = LIST("cloud/kernel", "d-a")}, "d-a kernel-a kernel-b"},
        {{.skip = LIST("*/docker")}, "kernel-a kernel-b"},
        {{.rules = LIST("KERNEL-A", "D-?")}, "d-a d-b kernel-a"},
        {{.tags = LIST("NET")}, "d-a d-b kernel-a"},
        {{.references = LIST("CIS-X-1.0:1.1")}, "kernel-a"},
        {{.references = LIST("cis-x:1.1")}, "kernel-a"},
        {{.references = LIST("cis")}, "kernel-a kernel-b"},
        {{.references = LIST("cis-x-1.0 l1")}, "kernel-a"},
        {{.profiles = LIST("Stri")}, "kernel-a"},
        {{.severity = "critical", .tags = LIST("x"), .skip = LIST("d-b")}, "d-a"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        pl_auto(chosen) chosen = select_rules(content, &rows[i].selection, &error);
        if (!chosen)
            fail_msg("row %zu: %s", i, error->message);
        g_autofree char *text = ids(chosen);
        assert_string_equal(text, rows[i].ids);
        assert_int_equal(chosen->left_out + chosen->rules->len, rows[i].of ? rows[i].of : 4);
    }
    pl_auto(chosen) all = select_rules(content, NULL, NULL);
    assert_int_equal(all->rules->len, 4);
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        bool a, d; /* kernel-a, d-a */
    } rows[] = {
        {"*", true, true},
        {"kernel-?", true, false},
        {"layer:cloud", true, false},
        {"layer:c*", true, true},
        {"module:docker", false, true},
        {"family:f", false, true},
        {"tag:net", true, true},
        {"level:1", true, false},
        {"severity:high..", true, true},
        {"severity:odd", false, false},
        {"reference:cis-x-1.0", true, false},
        {"reference:cis-x-1.0:1.10", true, false},
        {"reference:cis-x-1.0 L2", true, false},
        {"nonsense:x", false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(select_pattern_covers(rows[i].pattern, content_rule(content, "kernel-a")), rows[i].a);
        assert_int_equal(select_pattern_covers(rows[i].pattern, content_rule(content, "d-a")), rows[i].d);
    }
}

static void values(void **state)
{
    (void)state;
    const struct {
        struct selection selection;
        const char *name, *value;
    } rows[] = {
        {{.profiles = LIST("strict")}, "most", "2"},
        {{.profiles = LIST("strict", "more")}, "most", "1"},
        {{.profiles = LIST("more", "strict")}, "most", "2"},
        {{.profiles = LIST("strict"), .sets = LIST("most=7")}, "most", "7"},
        {{.sets = LIST("most=1.5")}, "most", "1.5"},
        {{.sets = LIST("on=false")}, "on", "false"},
        {{.sets = LIST("on=true")}, "on", "true"},
        {{.sets = LIST("names=a, b,,c")}, "names", "[\"a\",\"b\",\"c\"]"},
        {{.sets = LIST("word=a=b")}, "word", "a=b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(chosen) chosen = select_rules(content, &rows[i].selection, NULL);
        g_autofree char *text = tree_text(tree_member(chosen->values, rows[i].name));
        assert_string_equal(text, rows[i].value);
    }
}

static void typos(void **state)
{
    (void)state;
    const struct {
        struct selection selection;
        const char *message;
    } rows[] = {
        {{.profiles = LIST("strickt")}, "--profile strickt: no such profile (did you mean strict?)"},
        {{.layers = LIST("clod")}, "--layer clod: no such layer (did you mean cloud?)"},
        {{.rules = LIST("kernle-a")}, "--rule kernle-a: no rule has it (did you mean kernel-a?)"},
        {{.skip = LIST("zzz*")}, "--skip zzz*: no rule has it"},
        {{.tags = LIST("nte")}, "--tag nte: no rule has it (did you mean net?)"},
        {{.references = LIST("cis-y-1.0")}, "--reference cis-y-1.0: no rule has it (did you mean cis-x-1.0?)"},
        {{.skip = LIST("kern")}, "--skip kern: no rule has it (did you mean 'kern*'?)"},
        {{.rules = LIST("kernel")}, "--rule kernel: no rule has it (did you mean 'kernel*', or --module kernel?)"},
        {{.rules = LIST("docker")}, "--rule docker: no rule has it (did you mean --module docker?)"},
        {{.rules = LIST("net")}, "--rule net: no rule has it (did you mean --tag net?)"},
        {{.rules = LIST("")}, "--rule : no rule has it"},
        {{.modules = LIST("kernle")},
         "--module kernle: no rule has it (did you mean kernel?); there are docker, kernel"},
        {{.references = LIST("1.1")}, "--reference 1.1: no rule has it (did you mean '*:1.1'?)"},
        {{.references = LIST("cis-x:9")}, "--reference cis-x-1.0:9: no rule has it"},
        {{.modules = LIST("d")}, "--module d: no rule has it (did you mean docker?)"},
        {{.profiles = LIST("list")}, "there are auto, more, strict"},
        {{.profiles = LIST("")}, "no such profile"},
        {{.profiles = LIST("cis-x")}, "no such profile (did you mean --reference cis-x-1.0?); there are"},
        {{.severity = "high,,low"}, "not a severity or range"},
        {{.severity = ""}, "not a severity or range"},
        {{.severity = "hihg"}, "--severity hihg: not a severity or range (did you mean high?)"},
        {{.severity = "low..hihg"}, "not a severity or range"},
        {{.sets = LIST("mst=1")}, "--set mst: no rule has a value of that name (did you mean most?)"},
        {{.sets = LIST("most")}, "--set most: want NAME=VALUE"},
        {{.sets = LIST("=1")}, "want NAME=VALUE"},
        {{.sets = LIST("most=many")}, "--set most: \"many\" is not a number"},
        {{.sets = LIST("most=")}, "is not a number"},
        {{.sets = LIST("most=1.2.3")}, "is not a number"},
        {{.sets = LIST("on=maybe")}, "is not true or false"},
        {{.sets = LIST("map=x")}, "is not a mapping"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(select_rules(content, &rows[i].selection, &error));
        assert_int_equal(error->code, PL_ERROR_USAGE);
        assert_contains(error->message, rows[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chosen_rules), cmocka_unit_test(patterns),
                                       cmocka_unit_test(values), cmocka_unit_test(typos)};
    return cmocka_run_group_tests(tests, open_content, close_content);
}
