/* The test command's engine, on a module of one rule of each kind. */
#include "engine/ruletest.h"

#include "engine/ruletest_case.h"
#include "engine_test.h"

static char *folder;
static struct content *content;

static int open_content(void **state)
{
    (void)state;
    folder = folder_new();
    g_free(folder_write(folder, "cloud/m.yaml",
                        MODULE("m", "cloud") "values:\n  want: {default: \"yes\", title: V}\nrules:\n" RULE(
                            "one", "high",
                            "  check: {config: {path: /etc/a.conf, format: keyvalue, key: A}, expect: {value: "
                            "$want}}\n") RULE("asked", "low",
                                              "  check: {config: {path: /etc/a.conf, format: keyvalue, key: A}}\n  "
                                              "manual: So?\n") "families:\n- family: f\n  template:\n    id: "
                                                               "\"v-{n}\"\n    title: T\n    severity: low\n    "
                                                               "rationale: R\n"
                                                               "    fix: {text: F}\n    check: {config: {path: "
                                                               "/etc/a.conf, format: keyvalue, key: \"{n}\"}, expect: "
                                                               "{value: \"{want}\"}, absent: fail}\n"
                                                               "  variants: [{n: x, want: a, bad: b}, {n: y, want: c, "
                                                               "bad: d}]\n"));
    g_free(folder_write(folder, "cloud/broken.yaml", MODULE("broken", "cloud") "rules: 5\n"));
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

static struct ruletest_report *run_text(const char *text, const struct ruletest_options *options)
{
    g_autofree char *path = folder_write(folder, "test.yaml", text);
    const char *const files[] = {path, NULL};
    return ruletest_run(content, files, options);
}

static char *failures_text(const struct ruletest_report *report)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < report->failures->len; i++) {
        const struct ruletest_failure *failure = g_ptr_array_index(report->failures, i);
        g_string_append_printf(out, "%u", failure->line);
        if (failure->column)
            g_string_append_printf(out, ":%u", failure->column);
        g_string_append_printf(out, " %s [%s] %s\n", failure->rule ? failure->rule : "-",
                               failure->name ? failure->name : "-", failure->message);
    }
    return g_string_free(out, FALSE);
}

#define A(value) "host: {files: {/etc/a.conf: \"A=" value "\\n\"}}"

static const char complete[] =
    "module: m\nhosts:\n  base: {files: {/etc/a.conf: \"A=yes\\n\", /etc/b: b}}\ncases:\n"
    "- {rule: one, name: good, base: base, expect: pass, evidence: {subject: /etc/a.conf, path: /etc/a.conf, line: 1, "
    "observed: {value: \"yes\"}}}\n"
    "- {rule: one, name: bad, base: base, host: {files: {/etc/a.conf: \"A=no\\n\"}}, expect: fail, evidence: "
    "{observed: {value: \"no\"}, expected: value is yes}}\n"
    "- {rule: one, name: gone, base: base, host: {files: {/etc/a.conf: null}}, expect: fail, absence: true, evidence: "
    "{reason: has no such setting}}\n"
    "- {rule: one, name: set, base: base, set: {want: \"no\"}, expect: fail}\n"
    "- {rule: asked, name: gathers, base: base, expect: notchecked}\n"
    "- {family: f, name: \"{n} is {want}\", host: {files: {/etc/a.conf: \"{n}={want}\\n\"}}, expect: pass}\n"
    "- {family: f, name: \"{n} is {bad}\", host: {files: {/etc/a.conf: \"{n}={bad}\\n\"}}, expect: fail, evidence: "
    "{observed: {value: \"{bad}\"}}}\n"
    "- {family: f, name: absent, host: {}, expect: fail, absence: true}\n";

static void complete_file(void **state)
{
    (void)state;
    pl_auto(ruletest_report) report = run_text(complete, NULL);
    g_autofree char *text = failures_text(report);
    assert_string_equal(text, "");
    assert_int_equal(report->files, 1);
    assert_int_equal(report->rules, 4);
    assert_int_equal(report->cases, 11);
    assert_int_equal(report->passed, 11);
    assert_int_equal(report->failed, 0);
}

static void chosen_rules(void **state)
{
    (void)state;
    const char *const globs[] = {"v-*", NULL};
    const struct ruletest_options options = {.rules = globs, .threads = 2};
    pl_auto(ruletest_report) report = run_text(complete, &options);
    assert_int_equal(report->failures->len, 0);
    assert_int_equal(report->rules, 2);
    assert_int_equal(report->cases, 6);
}

static void wrong_verdict(void **state)
{
    (void)state;
    const char *const globs[] = {"one", NULL};
    const struct ruletest_options options = {.rules = globs};
    pl_auto(ruletest_report) report =
        run_text("module: m\ncases:\n- {rule: one, name: x, " A("no") ", expect: pass}\n", &options);
    assert_int_equal(report->failed, 1);
    g_autofree char *text = failures_text(report);
    assert_contains(text, "1 one [-] the rule lacks cases: one that expects fail, one with absence: true");
    assert_contains(text, "3 one [x] expected pass, got fail");
    const struct ruletest_failure *failure = g_ptr_array_index(report->failures, 1);
    assert_string_equal(failure->expected, "pass");
    assert_string_equal(failure->got, "fail");
    assert_contains(failure->items, "fail: ");
    assert_contains(failure->items, "\"value\":\"no\"");
    assert_contains(failure->items, "at /etc/a.conf:1, expected: value is yes");
}

static void failure_names_containers(void **state)
{
    (void)state;
    const char *const globs[] = {"one", NULL};
    const struct ruletest_options options = {.rules = globs};
    pl_auto(ruletest_report) report = run_text(
        "module: m\ncases:\n- {rule: one, name: x, host: {containers: [{name: shop, uid: 7}, {}]}, expect: pass}\n",
        &options);
    assert_int_equal(report->failed, 1);
    const struct ruletest_failure *failure = g_ptr_array_index(report->failures, 1);
    assert_contains(failure->items,
                    "container shop of docker: {\"name\":\"shop\",\"uid\":7}\ncontainer web2 of docker: {}");
}

static void wrong_evidence(void **state)
{
    (void)state;
    static const char *const demands[] = {
        "{subject: /etc/x}",
        "{observed: {value: \"yess\"}}",
        "{observed: {nope: 1}}",
        "{path: /etc/x}",
        "{line: 2}",
        "{reason: none}",
        "{expected: absent}",
        "{process: x}",
        "{api: x}",
        "{verdict: fail}",
        "{path: /etc/a.conf, line: 7}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(demands); i++) {
        g_autofree char *text = g_strdup_printf(
            "module: m\ncases:\n- {rule: one, name: x, " A("yes") ", expect: pass, evidence: %s}\n", demands[i]);
        pl_auto(ruletest_report) report = run_text(text, NULL);
        g_autofree char *said = failures_text(report);
        assert_contains(said, "3 one [x] no item shows the evidence {");
        assert_int_equal(report->failed, 1);
        if (i == 0)
            assert_contains(said, "; the subjects are ");
        if (i == 2)
            assert_contains(said, "; no item shows the field \"nope\": it is not among those that the rule judges");
    }
}

static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"modul: m\ncases: []\n", "a test file has no member \"modul\" (did you mean module?)"},
        {"cases: []\n", "\"module\" is missing"},
        {"module: n\ncases: []\n", "no module \"n\" is loaded"},
        {"module: broken\ncases: []\n", "module broken was refused: "},
        {"module: m\n", "\"cases\" must be a list"},
        {"module: m\ncases: [5]\n", "a case must be a mapping"},
        {"module: m\ncases:\n- {rle: one}\n", "3:4 - [-] a case has no member \"rle\" (did you mean rule?)"},
        {"module: m\ncases:\n- {name: x}\n", "a case names one rule or one family"},
        {"module: m\ncases:\n- {rule: one, family: f, name: x}\n", "a case names one rule or one family"},
        {"module: m\ncases:\n- {rule: oen, name: x, expect: pass}\n",
         "module m has no rule \"oen\" (did you mean one?)"},
        {"module: m\ncases:\n- {family: g, name: x, expect: pass}\n", "module m has no family \"g\""},
        {"module: m\ncases:\n- {rule: one, expect: pass}\n", "\"name\" is missing"},
        {"module: m\ncases:\n- {rule: one, name: x}\n", "\"expect\" is missing"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pas}\n", "\"pas\" is no verdict (did you mean pass?)"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, absence: 1}\n", "\"absence\" must be true or false"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, base: b}\n", "no host \"b\" under hosts"},
        {"module: m\nhosts: {base: {}}\ncases:\n- {rule: one, name: x, expect: pass, base: bsae}\n",
         "did you mean base?"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, set: {wnat: x}}\n", "module m has no value \"wnat\""},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, set: {want: 5}}\n", "\"want\" must be text"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, set: 5}\n", "\"set\" must map names to values"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, host: {flies: {}}}\n", "flies"},
        {"module: m\ncases:\n- {rule: one, name: x, " A("yes") ", expect: pass, evidence: {subjct: x}}\n",
         "evidence has no member \"subjct\""},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, evidence: {observed: 5}}\n", "must map fields"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, evidence: {line: x}}\n", "must be a number"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, evidence: {reason: [x]}}\n",
         "\"reason\" must be text"},
        {"module: m\ncases:\n- {rule: one, name: x, expect: pass, evidence: 5}\n", "evidence must be a mapping"},
        {"module: m\ncases:\n- {family: f, name: \"{nope}\", expect: pass}\n", "the variant has no column \"nope\""},
        {"module: [\n", "2:1 - [-] "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(ruletest_report) report = run_text(rows[i].text, NULL);
        g_autofree char *said = failures_text(report);
        if (!strstr(said, rows[i].message))
            fail_msg("row %zu wanted: %s\nsaid:\n%s", i, rows[i].message, said);
        assert_int_equal(report->passed, 0);
    }
}

static void every_mistake_is_told_once(void **state)
{
    (void)state;
    static const char text[] =
        "module: m\n"
        "host: {}\n"
        "hosts: {b: {procesess: [], files: {/x: {moed: '0600', content: a, onwer: root}}}}\n"
        "cases:\n"
        "- {rule: one, name: x, expect: pas, base: b, hots: 1}\n"
        "- {rule: one, name: y, expect: pass, base: b}\n"
        "- {rule: one, name: z, expect: pass, host: {processes: [{cmm: a, caps: {efective: all}},"
        " {agrv: []}], http: {u: {jsn: 1}}}, set: {wnat: x}}\n"
        "- {rule: one, nam: z, expect: pass}\n";
    static const char *const wanted[] = {
        "2:1 - [-] a test file has no member \"host\" (did you mean hosts?)",
        "3:13 - [-] a host has no member \"procesess\" (did you mean processes?)",
        "3:41 - [-] a file has no member \"moed\" (did you mean mode?)",
        "a file has no member \"onwer\" (did you mean owner?)",
        "5:32 - [-] \"pas\" is no verdict (did you mean pass?)",
        "5:46 - [-] a case has no member \"hots\" (did you mean host?)",
        "7:58 - [-] a process has no member \"cmm\" (did you mean comm?)",
        "capabilities has no member \"efective\" (did you mean effective?)",
        "a process has no member \"agrv\" (did you mean argv?)",
        "an answer has no member \"jsn\" (did you mean json?)",
        "module m has no value \"wnat\" (did you mean want?)",
        "8:15 - [-] a case has no member \"nam\" (did you mean name?)",
        "8:3 - [-] \"name\" is missing",
    };
    pl_auto(ruletest_report) report = run_text(text, NULL);
    g_autofree char *said = failures_text(report);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const char *first = strstr(said, wanted[i]);
        if (!first || strstr(first + 1, wanted[i]))
            fail_msg("%s once in:\n%s", wanted[i], said);
    }
    assert_int_equal(report->passed, 0);
    assert_int_equal(report->failed, 4);
}

static void missing_file(void **state)
{
    (void)state;
    const char *const files[] = {"/nonexistent/t.yaml", NULL};
    pl_auto(ruletest_report) report = ruletest_run(content, files, NULL);
    assert_int_equal(report->failures->len, 1);
    pl_auto(ruletest_report) nothing = ruletest_run(content, NULL, NULL);
    assert_int_equal(nothing->failures->len, 0);
}

static void merging(void **state)
{
    (void)state;
    static const struct {
        const char *base, *over, *out;
    } rows[] = {
        {"{a: 1}", "{b: 2}", "{\"a\":1,\"b\":2}"},
        {"{a: 1}", "{a: 2}", "{\"a\":2}"},
        {"{a: {b: 1, c: 2}}", "{a: {b: null}}", "{\"a\":{\"c\":2}}"},
        {"{a: [1]}", "{a: [2]}", "{\"a\":[2]}"},
        {"{a: text}", "{a: {b: 1}}", "{\"a\":{\"b\":1}}"},
        {"{a: {b: 1}}", "{a: text}", "{\"a\":\"text\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_autojson json_object *base = yaml(rows[i].base);
        pl_autojson json_object *over = yaml(rows[i].over);
        pl_autojson json_object *merged = test_merge(base, over);
        g_autofree char *out = tree_canonical(merged);
        assert_string_equal(out, rows[i].out);
    }
    pl_autojson json_object *base = yaml("{a: 1}");
    pl_autojson json_object *same = test_merge(base, NULL);
    assert_true(tree_equal(base, same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_file),
        cmocka_unit_test(chosen_rules),
        cmocka_unit_test(wrong_verdict),
        cmocka_unit_test(failure_names_containers),
        cmocka_unit_test(wrong_evidence),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(every_mistake_is_told_once),
        cmocka_unit_test(missing_file),
        cmocka_unit_test(merging),
    };
    return cmocka_run_group_tests(tests, open_content, close_content);
}
