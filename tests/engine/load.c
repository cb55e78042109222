/* Loading: every mistake is said with its place; a broken module is refused whole and the rest stands. */
#include "engine/load.h"
#include "engine_test.h"

#define HEAD  MODULE("m", "cloud")
#define CHECK "  check: {sysctl: {name: kernel.x}, expect: {value: 1}}\n"
#define GOOD  RULE("r-1", "high", CHECK)

static char *load_text(const char *text, guint *rules)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "cloud/m.yaml", text);
    pl_auto(content) content = folder_load(folder);
    char *said = diagnostics_text(content);
    if (rules)
        *rules = content->rules->len;
    remove_tree(folder);
    (void)path;
    return said;
}

static void good_module(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_autofree char *path = folder_write(
        folder, "cloud/m.yaml",
        HEAD "values:\n  most: {default: 4, title: V}\n  other: {default: $most, title: V}\n"
             "applies: {sysctl: {name: kernel.a}}\nrules:\n"
             "- id: r-3\n  title: T\n  severity: high\n  ability: load kernel modules\n  rationale: R\n"
             "  fix: {text: F}\n  check: {sysctl: {name: k.a}}\n"
             "- id: r-2\n  title: T\n  severity: critical\n  tags: [x, y]\n"
             "  references: {cis-x-1.0: [\"2.2 L1\", \"2.10 L2\", 5], nist: AC-6}\n  rationale: R\n"
             "  manual: Is it?\n  fix: {text: F, shell: S, ansible: A}\n"
             "  check:\n    any:\n    - sysctl: {name: [k.a, k.b]}\n      expect: {value: {at-most: $other}}\n"
             "      existence: all\n      match: any\n      absent: notapplicable\n"
             "    - none: [{file: {path: /x}, existence: none}]\n"
             "  applies: {sysctl: {name: kernel.b}}\n" GOOD);
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_string_equal(said, "");
    assert_int_equal(content->rules->len, 3);
    assert_string_equal(content_rule(content, "r-3")->ability, "load kernel modules");
    const struct rule *rule = content_rule(content, "r-2");
    assert_null(rule->ability);
    assert_int_equal(rule->severity, SEVERITY_CRITICAL);
    assert_int_equal(rule->tags->len, 2);
    assert_int_equal(rule->references->len, 4);
    const struct reference *reference = g_ptr_array_index(rule->references, 1);
    assert_string_equal(reference->control, "2.10");
    assert_int_equal(reference->level, 2);
    assert_string_equal(rule->manual, "Is it?");
    assert_string_equal(((struct rule_fix *)g_ptr_array_index(rule->fixes, 0))->words.ansible, "A");
    assert_int_equal(rule->check->kind, CHECK_ANY);
    const struct check *first = g_ptr_array_index(rule->check->children, 0);
    assert_int_equal(first->test->existence, EXISTENCE_ALL);
    assert_int_equal(first->test->match, MATCH_ANY);
    assert_true(first->test->has_absent);
    assert_int_equal(first->test->absent, VERDICT_NOTAPPLICABLE);
    assert_string_equal(tree_string(rule->applies->test->object, "name"), "kernel.b");
    assert_string_equal(tree_string(content_rule(content, "r-1")->applies->test->object, "name"), "kernel.a");
    assert_non_null(content_module(content, "m"));
    assert_null(content_module(content, "n"));
    assert_non_null(content_value(content, "most"));
    assert_null(content_value(content, "least"));
    assert_null(content_profile(content, "auto"));
    remove_tree(folder);
}

/* One mistake each, and what is said about it. */
static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {HEAD "rulez: []\nrules:\n" GOOD, "m.yaml:4:1: a module has no member \"rulez\" (did you mean rules?)"},
        {"module: n\nlayer: cloud\ntitle: M\nrules:\n" GOOD,
         "1:9: \"module\" is \"n\", but the file lies in the place of \"m\""},
        {"module: m\nlayer: code\ntitle: M\nrules:\n" GOOD, "2:8: \"layer\" is \"code\""},
        {"module: m\nlayer: cloud\nrules:\n" GOOD, "\"title\" is missing"},
        {"module: m\nlayer: cloud\ntitle: 5\nrules:\n" GOOD, "\"title\" must be text: quote it"},
        {"[]\n", "a module must be a mapping"},
        {"a: [\n", "m.yaml:2:1: "},
        {HEAD, "the module has no rules"},
        {HEAD "rules: 5\n", "\"rules\" must be a list"},
        {HEAD "rules: [5]\n", "a rule must be a mapping"},
        {HEAD "rules:\n" RULE("R 1", "high", CHECK), "5:7: \"R 1\" is no rule id"},
        {HEAD "rules:\n" RULE("r", "hihg", CHECK),
         "7:13: \"hihg\" is no severity: critical, high, medium, low or info (did you mean high?)"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  severty: low\n"),
         "11:3: a rule has no member \"severty\" (did you mean severity?)"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  tags: x\n"), "\"tags\" must be a list of texts"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  tags: [1]\n"), "quote this one"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  informational: yes\n"), "\"informational\" must be true or false"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  each: dockerd\n  informational: true\n"),
         "\"each\" is for rules that are judged"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  each: dockred\n"),
         "no test of the rule asks for the daemon \"dockred\""},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  settles: true\n"), "\"settles\" is for rules with a question"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  ability: [x]\n"), "\"ability\" must be text"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  ability: twenty-nine characters are too\n"),
         "11:12: \"ability\" is longer than 28 characters"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  ability: two  blanks\n"), "\"ability\" must be on one line"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  ability: \"two\\nlines\"\n"), "\"ability\" must be on one line"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  ability: fly\n  informational: true\n"),
         "a rule that never fails can have no \"ability\""},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  references: [x]\n"), "references must map benchmarks to controls"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  references: {cis: 2.10}\n"),
         "11:21: a control of cis must be text: quote it"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  references: {cis: \" L1\"}\n"), "must be 1 to 64 characters"},
        {HEAD "rules:\n" RULE("r", "high", CHECK "  references: {\"CIS X\": \"1\"}\n"),
         "\"CIS X\" is no benchmark name"},
        {HEAD "rules:\n" RULE("r", "high", ""), "\"check\" is missing"},
        {HEAD "rules:\n- {id: r, title: T, severity: low, rationale: R, check: {sysctl: {name: k.x}}}\n",
         "\"fix\" is missing"},
        {HEAD
         "rules:\n- {id: r, title: \" \", severity: low, rationale: R, fix: {text: F}, check: {sysctl: {name: k.x}}}\n",
         "\"title\" is empty"},
        {HEAD "rules:\n- {id: r, title: T, severity: low, rationale: R, fix: {txt: F}, check: {sysctl: {name: k.x}}}\n",
         "fix has no member \"txt\" (did you mean text?)"},
        {HEAD
         "rules:\n- {id: r, title: T, severity: low, rationale: R, fix: {shell: F}, check: {sysctl: {name: k.x}}}\n",
         "\"text\" is missing"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysclt: {name: k.x}}\n"),
         "10:11: unknown probe or member \"sysclt\" (did you mean sysctl?)"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, expct: {value: 1}}\n"),
         "10:32: unknown probe or member \"expct\" (did you mean expect?)"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {expect: {value: 1}}\n"), "no probe: a test names one"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, file: {path: /x}}\n"),
         "this is a second one beside sysctl"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {nmae: x}}\n"),
         "10:20: probe sysctl takes no \"nmae\" (did you mean name?)"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {}}\n"), "probe sysctl needs \"name\""},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: x}\n"), "probe sysctl wants a mapping"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: 5}}\n"),
         "10:26: name of sysctl must be a text or a list of texts"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: []}}\n"), "must be a text or a list of texts"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {file: {path: /x, follow: 1}}\n"),
         "follow of file must be true or false"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {process: {uid: 1.5}}\n"),
         "uid of process must be a whole number"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {filesystem-scan: {find: setuidd}}\n"),
         "must be one of: setuid setgid"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {filesystem-scan: {find: setuidd}}\n"), "did you mean setuid?"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, expect: {vlaue: 1}}\n"),
         "10:41: probe sysctl has no field \"vlaue\" (did you mean value?)"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {container: {stopped: true}, expect: {image: x, pid: 1}}\n"),
         "\"pid\" is known only of what runs: leave out stopped"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, expect: 5}\n"),
         "expect must map fields to values"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, existence: some}\n"),
         "existence must be one of: at-least-one, any, all, none, only-one, not \"some\""},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, match: al, expect: {value: 1}}\n"),
         "did you mean all?"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, match: any}\n"), "there is no expect"},
        {HEAD "rules:\n" RULE("r", "high",
                              "  check: {sysctl: {name: k.x}, existence: none, match: any, expect: {value: 1}}\n"),
         "match means nothing beside existence: none"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, live: true}\n"),
         "nothing is left to decide; put it into an all or any"},
        {HEAD "rules:\n" RULE(
             "r", "high", "  check: {all: [{sysctl: {name: k.x}, live: true}, {sysctl: {name: k.y}, live: true}]}\n"),
         "nothing is left of \"all\" to decide"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, live: 1}\n"),
         "\"live\" must be true or false"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, absent: maybe}\n"),
         "absent must be one of: pass, fail, notapplicable"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {all: []}\n"),
         "\"all\" must be a list of checks that is not empty"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {all: [{sysctl: {name: k.x}}], sysctl: {name: y}}\n"),
         "\"all\" stands alone"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {any: [5]}\n"), "a check must be a mapping"},
        {HEAD "rules:\n" RULE("r", "high",
                              "  check: {all: [{all: [{all: [{all: [{all: [{all: [{all: [{all: [{all: [{all: [{sysctl: "
                              "{name: k.x}}]}]}]}]}]}]}]}]}]}]}\n"),
         "nested too deeply"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, expect: {value: $nope}}\n"),
         "10:48: no value \"$nope\" is declared"},
        {HEAD "values: {nopa: {default: 1, title: V}}\nrules:\n" RULE(
             "r", "high", "  check: {sysctl: {name: k.x}, expect: {value: $nope}}\n"),
         "did you mean nopa?"},
        {HEAD "values: {a: {default: $b, title: V}, b: {default: $a, title: V}}\nrules:\n" GOOD,
         "4:23: the value \"a\" refers to itself through \"$b\""},
        {HEAD "values: {a: {default: $c, title: V}}\nrules:\n" GOOD, "no value \"$c\" is declared"},
        {HEAD "values: {a: {title: V}}\nrules:\n" GOOD, "the value \"a\" has no default"},
        {HEAD "values: {a: {default: 1}}\nrules:\n" GOOD, "\"title\" is missing"},
        {HEAD "values: {A: {default: 1, title: V}}\nrules:\n" GOOD, "\"A\" is no name for a value"},
        {HEAD "values: {a: {default: 1, title: V, x: 1}}\nrules:\n" GOOD, "the value \"a\" has no member \"x\""},
        {HEAD "values: [1]\nrules:\n" GOOD, "\"values\" must map names"},
        {HEAD "rules:\n" GOOD GOOD, "rule id \"r-1\" is taken already, at "},
        {HEAD "applies: {sysclt: {name: k.x}}\nrules:\n" GOOD, "4:11: unknown probe"},
        {HEAD "rules:\n" RULE("r", "high", "  check: {setting: {daemon: nosuch, key: x}}\n"), "nosuch"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint rules = 0;
        g_autofree char *said = load_text(rows[i].text, &rules);
        if (!strstr(said, rows[i].message) || rules)
            fail_msg("row %zu, %u rules; wanted: %s\nsaid:\n%s", i, rules, rows[i].message, said);
        assert_contains(said, "module m is refused");
    }
}

static void warnings(void **state)
{
    (void)state;
    guint rules = 0;
    g_autofree char *said = load_text(HEAD "values: {a: {default: 1, title: V}}\nrules:\n" GOOD, &rules);
    assert_contains(said, "m.yaml:4:23: warning: no rule uses the value \"a\"");
    assert_int_equal(rules, 1);
}

/* `$$x` is the text "$x". */
static void literal_dollar(void **state)
{
    (void)state;
    guint rules = 0;
    g_autofree char *said = load_text(
        HEAD "rules:\n" RULE("r", "high", "  check: {sysctl: {name: k.x}, expect: {value: [$$a, $HOME, $]}}\n"),
        &rules);
    assert_string_equal(said, "");
    assert_int_equal(rules, 1);
}

static void many_mistakes(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(HEAD "rules:\n");
    for (int i = 0; i < 300; i++)
        g_string_append(text, "- {}\n");
    g_autofree char *said = load_text(text->str, NULL);
    assert_contains(said, "more errors in this file");
}

static void directories(void **state)
{
    (void)state;
    g_autofree char *one = folder_new();
    g_autofree char *two = folder_new();
    g_free(folder_write(one, "cloud/m.yaml", HEAD "rules:\n" GOOD));
    g_free(folder_write(one, "cloud/n.yaml", MODULE("n", "cloud") "rules:\n" RULE("n-1", "low", CHECK)));
    g_free(folder_write(one, "cloud/b.yaml", MODULE("b", "cloud") "rules: 5\n"));
    g_free(folder_write(one, "cloud/late.yml", ""));
    g_free(folder_write(one, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    g_free(folder_write(two, "cloud/m.yaml", HEAD "replaces: m\nrules:\n" RULE("m-2", "low", CHECK)));
    g_free(folder_write(two, "code/n.yaml", MODULE("n", "code") "rules:\n" RULE("n-1", "low", CHECK)));
    g_free(folder_write(two, "clout/x.yaml", ""));
    g_free(folder_write(
        two, "profiles/auto.yaml",
        "id: auto\ntitle: A\nreplaces: auto\ninclude: ['*', nothing-*, 'layer:cloud']\nvalues: {none: 1}\n"));
    const char *const dirs[] = {one, two, two, NULL};
    pl_auto(content) content = content_load(dirs, NULL);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "note: replaces the module \"cloud/m\" of an earlier directory");
    assert_contains(said, "note: replaces the profile \"auto\"");
    assert_contains(said, "\"rules\" must be a list");
    assert_contains(said, "module b is refused");
    assert_contains(said, "late.yml:1:1: warning: not loaded: rule files end in .yaml");
    assert_contains(said, "the folder \"clout\" is not loaded (did you mean cloud?)");
    assert_contains(said, "the pattern \"nothing-*\" meets no rule");
    assert_contains(said, "no module declares the value \"none\"");
    assert_contains(said, "rule id \"n-1\" is taken already");
    assert_int_equal(content_count(content, DIAGNOSTIC_ERROR), 2);
    assert_int_equal(content_count(content, DIAGNOSTIC_WARNING), 4);
    assert_null(content_rule(content, "r-1"));
    assert_non_null(content_rule(content, "m-2"));
    assert_int_equal(content->modules->len, 2);
    remove_tree(one);
    remove_tree(two);
}

/* A name that clashes does not silence what had it: the earlier one stays, and the exit code tells. */
static void clashes(void **state)
{
    (void)state;
    g_autofree char *one = folder_new();
    g_autofree char *two = folder_new();
    g_free(folder_write(one, "cloud/m.yaml", HEAD "rules:\n" GOOD));
    g_free(folder_write(one, "cloud/o.yaml", MODULE("o", "cloud") "rules:\n" RULE("o-1", "low", CHECK)));
    g_free(folder_write(one, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    g_free(folder_write(one, "benchmarks/b.yaml", "id: b\ntitle: B\ncontrols: []\n"));
    g_free(folder_write(one, "daemons/d.yaml",
                        "daemon: d\ntitle: First\nprograms: [{comm: [d]}]\nkeys: {k: {type: string}}\n"));
    g_free(folder_write(two, "cloud/m.yaml", HEAD "rules:\n" RULE("m-2", "low", CHECK)));
    g_free(folder_write(two, "cloud/o.yaml", MODULE("o", "cloud") "replaces: m\nrules:\n" RULE("o-2", "low", CHECK)));
    g_free(folder_write(two, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: [m-2]\n"));
    g_free(folder_write(two, "benchmarks/b.yaml", "id: b\ntitle: B\ncontrols: []\n"));
    g_free(folder_write(two, "daemons/d.yaml",
                        "daemon: d\ntitle: Second\nprograms: [{comm: [d]}]\nkeys: {k: {type: string}}\n"));
    const char *const dirs[] = {one, two, NULL};
    pl_auto(content) content = content_load(dirs, NULL);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "an earlier directory has a module \"cloud/m\", which stays: choose another name, or say "
                          "\"replaces: m\"");
    assert_contains(said, "module m is refused: none of its rules runs");
    assert_contains(said, "replaces \"m\", but a file replaces what has its own name, \"o\"");
    assert_contains(said, "has a profile \"auto\", which stays");
    assert_contains(said, "has a benchmark \"b\", which stays");
    assert_contains(said, "has a daemon \"d\", which stays");
    assert_int_equal(content_count(content, DIAGNOSTIC_ERROR), 5);
    assert_non_null(content_rule(content, "r-1"));
    assert_non_null(content_rule(content, "o-1"));
    assert_int_equal(content->rules->len, 2);
    assert_string_equal(daemons_find(content->daemons, "d")->title, "First");
    remove_tree(one);
    remove_tree(two);
}

/* Whoever asks for layers gets those, and hears nothing of what may be in the others. */
static void layers(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_free(folder_write(folder, "cloud/m.yaml", HEAD "rules:\n" GOOD));
    g_free(folder_write(folder, "cloud/b.yaml", MODULE("b", "cloud") "rules: 5\n"));
    g_free(folder_write(folder, "code/n.yaml", MODULE("n", "code") "rules:\n" RULE("n-1", "low", CHECK)));
    g_free(folder_write(folder, "profiles/auto.yaml",
                        "id: auto\ntitle: A\ninclude: [n-1, r-1]\nexclude: ['layer:cloud']\nvalues: {none: 1}\n"));
    const char *const dirs[] = {folder, NULL}, *const code[] = {"code", NULL}, *const both[] = {"code", "cloud", NULL},
                      *const typo[] = {"code", "clout", NULL}, *const none[] = {NULL};
    pl_auto(content) one = content_load_from(&(struct content_sources){.dirs = dirs, .layers = code}, NULL);
    assert_int_equal(one->modules->len, 1);
    assert_int_equal(one->profiles->len, 1);
    assert_non_null(content_rule(one, "n-1"));
    assert_int_equal(one->diagnostics->len, 0);
    const char *const *const whole[] = {both, typo, none, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(whole); i++) {
        pl_auto(content) content = content_load_from(&(struct content_sources){.dirs = dirs, .layers = whole[i]}, NULL);
        assert_non_null(content_rule(content, "r-1"));
        assert_int_equal(content_count(content, DIAGNOSTIC_ERROR), 1);
    }
    remove_tree(folder);
}

static void unreadable(void **state)
{
    (void)state;
    const char *const dirs[] = {"/nonexistent/plumbline", NULL};
    g_autoptr(GError) error = NULL;
    assert_null(content_load(dirs, &error));
    assert_int_equal(error->code, PL_ERROR_ABSENT);
    g_autofree char *folder = folder_new();
    g_autofree char *dir = g_build_filename(folder, "cloud", "d.yaml", NULL);
    g_mkdir_with_parents(dir, 0755);
    g_free(folder_write(folder, "profiles", "a file"));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "not a regular file");
    assert_contains(said, "profiles: ");
    remove_tree(folder);
    g_autofree char *empty = folder_new();
    pl_auto(content) nothing = folder_load(empty);
    g_autofree char *silence = diagnostics_text(nothing);
    assert_contains(silence, "holds none of the folders");
    remove_tree(empty);
}

static void large_file(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_autofree char *path = folder_write(folder, "cloud/m.yaml", "");
    assert_int_equal(truncate(path, 9 << 20), 0);
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "larger than 8 MiB");
    remove_tree(folder);
}

static void profiles(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"id: q\ntitle: P\ninclude: [a]\n", "1:5: the id is \"q\", but the file is called p.yaml"},
        {"id: p\ntitle: P\n", "the profile includes nothing"},
        {"id: p\ntitle: P\ninclude: ['*']\nexlude: []\n", "a profile has no member \"exlude\" (did you mean exclude?)"},
        {"id: p\ntitle: P\ninclude: ['*']\nvalues: 5\n", "\"values\" must map names to values"},
        {"id: p\ntitle: P\ninclude: ['*']\nvalues: {most: x}\n",
         "the value \"most\" must be a number, as its default is"},
        {"[1]\n", "a profile must be a mapping"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = folder_new();
        g_free(folder_write(folder, "cloud/m.yaml",
                            HEAD "values: {most: {default: 1, title: V}}\nrules:\n" RULE(
                                "r", "low", "  check: {sysctl: {name: k.x}, expect: {value: $most}}\n")));
        g_free(folder_write(folder, "profiles/p.yaml", rows[i].text));
        pl_auto(content) content = folder_load(folder);
        g_autofree char *said = diagnostics_text(content);
        assert_contains(said, rows[i].message);
        remove_tree(folder);
    }
}

static void benchmarks(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_free(folder_write(folder, "benchmarks/cis-x-1.0.yaml",
                        "id: cis-x-1.0\ntitle: B\ncontrols:\n- {id: \"1.1\", title: A, level: 1, kind: automated}\n"
                        "- {id: \"1.2\", title: A, kind: manual, met: By hand.}\n"
                        "- {id: \"1.4\", title: A, level: 2, as: \"1.1\"}\n"));
    g_free(folder_write(folder, "benchmarks/twice.yaml",
                        "id: twice\ntitle: B\ncontrols: [{id: \"1\", title: A}, {id: \"1\", title: A}]\n"));
    g_free(folder_write(folder, "benchmarks/round.yaml",
                        "id: round\ntitle: B\ncontrols: [{id: a, title: A, as: b}, {id: b, title: A, as: a}]\n"));
    g_free(
        folder_write(folder, "benchmarks/astray.yaml", "id: astray\ntitle: B\ncontrols: [{id: a, title: A, as: z}]\n"));
    g_free(
        folder_write(folder, "profiles/level.yaml",
                     "id: level\ntitle: L\ninclude: [\"reference:cis-x-1.0 L1\", \"reference:cis-x-1.0:1.2 L1\"]\n"));
    g_free(folder_write(folder, "benchmarks/bad.yaml", "id: bad\ntitle: B\ncontrols: 5\n"));
    g_free(folder_write(folder, "benchmarks/worse.yaml",
                        "id: worse\ntitle: B\ncontrols: [{id: \"1\", level: x, kind: odd}, {x: 1}]\n"));
    g_free(folder_write(
        folder, "cloud/m.yaml",
        HEAD "rules:\n" RULE(
            "r", "low",
            CHECK "  references: {cis-x-1.0: [\"1.1\", \"1.3 L1\", \"1.4 L1\", \"1.2 L2\"], free: x, cis-x-1: a, "
                  "cisx-1.0: b, cis-x-1.0.0: c, cis-y-2.0: d}\n")));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "rule r: cis-x-1.0 has no control 1.3");
    assert_contains(said, "rule r: cis-x-1.0 1.4 is of level 2, not 1");
    assert_contains(said, "rule r: cis-x-1.0 1.2 has no level");
    assert_contains(said, "control 1 is listed twice");
    assert_contains(said, "control a is judged as b, which is no control here with rules of its own");
    assert_contains(said, "control a is judged as z, which is no control here");
    assert_null(strstr(said, "the pattern \"reference:cis-x-1.0 L1\""));
    assert_contains(said, "\"controls\" must be a list");
    assert_contains(said, "level must be a number");
    assert_contains(said, "kind is automated or manual, not \"odd\"");
    assert_contains(said, "a control has no member \"x\"");
    assert_null(strstr(said, "no control 1.1"));
    assert_contains(said, "no benchmark is called cis-x-1 (did you mean cis-x-1.0?)");
    assert_contains(said, "no benchmark is called cisx-1.0 (did");
    assert_contains(said, "no benchmark is called cis-x-1.0.0 (did");
    assert_null(strstr(said, "cis-y-2.0"));
    assert_null(strstr(said, "called free"));
    const struct benchmark *benchmark = content_benchmark(content, "cis-x-1.0");
    assert_true(benchmark_control(benchmark, "1.2")->manual);
    assert_string_equal(benchmark_control(benchmark, "1.2")->met, "By hand.");
    assert_string_equal(benchmark_control(benchmark, "1.4")->as, "1.1");
    const struct reference *first = g_ptr_array_index(content_rule(content, "r")->references, 0);
    assert_int_equal(first->level, 1); /* stated by the list alone */
    assert_null(content_benchmark(content, "bad"));
    remove_tree(folder);
}

/* Speed: two thousand rules load in tens of milliseconds; here only that it is not seconds, even under a sanitizer. */
static void two_thousand(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(HEAD "rules:\n");
    for (int i = 0; i < 2000; i++)
        g_string_append_printf(text,
                               "- {id: r-%d, title: T, severity: low, rationale: R, fix: {text: F}, "
                               "check: {sysctl: {name: kernel.x%d}, expect: {value: {at-least: 1}}}}\n",
                               i, i);
    gint64 start = g_get_monotonic_time();
    guint rules = 0;
    g_autofree char *said = load_text(text->str, &rules);
    assert_string_equal(said, "");
    assert_int_equal(rules, 2000);
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_module),    cmocka_unit_test(mistakes),      cmocka_unit_test(warnings),
        cmocka_unit_test(literal_dollar), cmocka_unit_test(many_mistakes), cmocka_unit_test(directories),
        cmocka_unit_test(clashes),        cmocka_unit_test(layers),        cmocka_unit_test(unreadable),
        cmocka_unit_test(large_file),     cmocka_unit_test(profiles),      cmocka_unit_test(benchmarks),
        cmocka_unit_test(two_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
