/* Subjects by abilities: the worst of the items, whatever is capped; and the whole way from rule files. */
#include "engine/ability.h"

#include "engine_test.h"

static struct result *result_with(const char *rule, const char *ability, enum severity severity)
{
    struct result *result = result_new();
    result->rule = g_strdup(rule);
    result->ability = g_strdup(ability);
    result->severity = severity;
    result->verdict = VERDICT_FAIL;
    return result;
}

static struct item_result *add(struct result *result, const char *subject, enum verdict verdict)
{
    struct item_result *item = item_result_new();
    item->subject = g_strdup(subject);
    item->verdict = verdict;
    g_ptr_array_add(result->items, item);
    result_count(result);
    return item;
}

static void take(struct audit *audit, struct abilities *abilities, struct result *result, guint max)
{
    g_ptr_array_add(audit->results, result);
    abilities_take(abilities, result, max, max);
}

static const struct ability_row *row_at(const struct audit *audit, guint i, const char *subject)
{
    assert_true(i < audit->abilities.rows->len);
    const struct ability_row *row = g_ptr_array_index(audit->abilities.rows, i);
    assert_string_equal(row->subject, subject);
    assert_int_equal(row->cells->len, audit->abilities.columns->len);
    return row;
}

static void assert_cell(const struct ability_row *row, guint column, const char *grade, const char *rule, int item)
{
    const struct ability_cell *cell = ability_row_cell(row, column);
    assert_non_null(cell);
    assert_string_equal(ability_grade_name(cell->grade), grade);
    assert_int_equal(g_strcmp0(cell->rule, rule), 0);
    assert_int_equal(cell->item, item);
}

static void the_worst_of_all_rules(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    struct result *first = result_with("logs", "write host files", SEVERITY_MEDIUM);
    add(first, "both", VERDICT_FAIL);
    add(first, "logs", VERDICT_FAIL);
    add(first, "none", VERDICT_PASS);
    add(first, "answered", VERDICT_FAIL)->waived = waiver_note_new("r", "o", "2030-01-01");
    add(first, "unseen", VERDICT_PASS);
    struct result *second = result_with("etc", "write host files", SEVERITY_CRITICAL);
    add(second, "none", VERDICT_PASS);
    add(second, "both", VERDICT_FAIL);
    add(second, "unseen", VERDICT_ERROR);
    add(second, "answered", VERDICT_PASS);
    struct result *third = result_with("modules", "load kernel modules", SEVERITY_HIGH);
    add(third, "logs", VERDICT_FAIL);
    add(third, "logs", VERDICT_FAIL);
    add(third, "none", VERDICT_INFORMATIONAL);
    struct result *plain = result_with("plain", NULL, SEVERITY_CRITICAL);
    add(plain, "somebody else", VERDICT_FAIL);
    take(audit, abilities, first, 1000);
    take(audit, abilities, second, 1000);
    take(audit, abilities, third, 1000);
    take(audit, abilities, plain, 1000);
    abilities_finish(abilities);

    assert_int_equal(audit->abilities.columns->len, 2);
    const struct ability_column *files = g_ptr_array_index(audit->abilities.columns, 0);
    assert_string_equal(files->ability, "write host files");
    assert_int_equal(files->rules->len, 2);
    assert_null(files->unknown);
    assert_int_equal(audit->abilities.rows->len, 5);
    const struct ability_row *both = row_at(audit, 0, "both");
    assert_int_equal(both->score, 10);
    assert_cell(both, 0, "critical", "etc", 0); /* failing items were put first */
    assert_null(ability_row_cell(both, 1));
    const struct ability_row *logs = row_at(audit, 1, "logs");
    assert_int_equal(logs->score, 9);
    assert_cell(logs, 0, "medium", "logs", 1);
    assert_cell(logs, 1, "high", "modules", 0);
    assert_cell(row_at(audit, 2, "unseen"), 0, "unknown", "etc", 2);
    assert_cell(row_at(audit, 3, "answered"), 0, "waived", "logs", 3);
    const struct ability_row *none = row_at(audit, 4, "none");
    assert_cell(none, 0, "no", NULL, -1);
    assert_null(ability_row_cell(none, 1));
}

static void a_waived_rule_is_waived_everywhere(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    struct result *result = result_with("r", "fly", SEVERITY_HIGH);
    result->waived = waiver_note_new("r", "o", "2030-01-01");
    add(result, "web", VERDICT_FAIL);
    take(audit, abilities, result, 10);
    abilities_finish(abilities);
    const struct ability_row *row = row_at(audit, 0, "web");
    assert_cell(row, 0, "waived", "r", 0);
    assert_int_equal(row->score, 0);
}

static void who_was_not_seen_is_not_nobody(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    struct result *result = result_with("r", "fly", SEVERITY_HIGH);
    result->verdict = VERDICT_UNKNOWN;
    result->reason = g_strdup("3 processes could not be told");
    take(audit, abilities, result, 10);
    result = result_with("s", "swim", SEVERITY_HIGH);
    result->verdict = VERDICT_ERROR;
    take(audit, abilities, result, 10);
    abilities_finish(abilities);
    const struct ability_column *fly = g_ptr_array_index(audit->abilities.columns, 0);
    assert_string_equal(fly->unknown, "3 processes could not be told");
    const struct ability_column *swim = g_ptr_array_index(audit->abilities.columns, 1);
    assert_string_equal(swim->unknown, "could not be observed");
}

/* 700 containers, three mounts each; the worst of each stays in the report although the cap is far below. */
static void the_cap_keeps_evidence(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    for (int r = 0; r < 12; r++) {
        g_autofree char *rule = g_strdup_printf("rule-%d", r);
        struct result *result = result_with(rule, rule, SEVERITY_LOW);
        for (int i = 0; i < 700 * 3; i++) {
            g_autofree char *subject = g_strdup_printf("c-%d", i % 700);
            add(result, subject, i % 2 ? VERDICT_FAIL : VERDICT_PASS);
        }
        take(audit, abilities, result, 100);
        assert_int_equal(result->items_total, 2100);
    }
    abilities_finish(abilities);
    assert_int_equal(audit->abilities.rows->len, 700);
    for (guint i = 0; i < 700; i++) {
        const struct ability_row *row = g_ptr_array_index(audit->abilities.rows, i);
        for (guint k = 0; k < 12; k++) {
            const struct ability_cell *cell = ability_row_cell(row, k);
            const struct result *result = g_ptr_array_index(audit->results, k);
            if (cell->grade == ABILITY_NO) {
                assert_int_equal(cell->item, -1);
                continue;
            }
            assert_true(cell->item >= 0 && (guint)cell->item < result->items->len);
            const struct item_result *item = g_ptr_array_index(result->items, cell->item);
            assert_string_equal(item->subject, row->subject);
            assert_int_equal(item->verdict, VERDICT_FAIL);
        }
    }
}

static void the_cap_of_other_rules(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    struct result *result = result_with("r", NULL, SEVERITY_LOW);
    for (int i = 0; i < 300; i++)
        add(result, "s", i < 250 ? VERDICT_PASS : VERDICT_FAIL);
    take(audit, abilities, result, 100);
    assert_int_equal(result->items->len, 100);
    for (guint i = 0; i < 100; i++)
        assert_int_equal(((struct item_result *)g_ptr_array_index(result->items, i))->verdict,
                         i < 50 ? VERDICT_FAIL : VERDICT_PASS);
    assert_int_equal(audit->abilities.columns->len, 0);
}

static void from_rule_files(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_free(folder_write(
        folder, "container/m.yaml",
        MODULE("m", "container") "rules:\n" RULE("a", "critical",
                                                 "  ability: write\n  check: {file: {path: [/a, /b]}, expect: {mode: "
                                                 "{mode-at-most: \"0644\"}}, existence: any}\n")
            RULE("b", "high", "  ability: own\n  check: {file: {path: [/a, /b]}, expect: {uid: 0}, existence: any}\n")
                RULE("c", "high", "  ability: hide\n  check: {file: {path: /c}, existence: none}\n")));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_string_equal(said, "");
    pl_autojson json_object *spec = yaml("{files: {/a: {content: x, mode: \"0666\"}, /b: x}}");
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    assert_non_null(host);
    const struct selection selection = {0};
    const struct engine_run run = {.content = content, .host = host, .selection = &selection};
    pl_auto(audit) audit = engine_audit(&run, &error);
    assert_non_null(audit);
    assert_int_equal(audit->abilities.columns->len, 3);
    assert_int_equal(audit->abilities.rows->len, 2);
    assert_cell(row_at(audit, 0, "/a"), 0, "critical", "a", 0);
    assert_cell(row_at(audit, 0, "/a"), 1, "no", NULL, -1);
    assert_null(ability_row_cell(row_at(audit, 0, "/a"), 2));
    assert_cell(row_at(audit, 1, "/b"), 0, "no", NULL, -1);
    remove_tree(folder);
}

/* Whoever can act as another subject has what that one has, over several steps; what is not known stays unknown. */
static void who_acts_as_others_has_what_they_have(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_free(folder_write(
        folder, "container/m.yaml",
        MODULE("m", "container") "rules:\n" RULE("act", "low",
                                                 "  ability: act\n  acts_as: steers\n"
                                                 "  check: {container: {}, expect: {steers: {subset-of: []}}}\n")
            RULE("clock", "high",
                 "  ability: clock\n"
                 "  check: {container: {}, expect: {host_caps: {contains: CAP_SYS_TIME}}, existence: none}\n")));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_string_equal(said, "");
    pl_autojson json_object *spec =
        yaml("{processes: [{pid: 200, ns: {pid: 4026539999}}, {pid: 300, ns: {pid: 4026539999}}, {pid: 400, ns: {pid: "
             "4026539999}}, {pid: 500, ns: {pid: 4026539999}}], containers: [{runtime: runc, name: clock, uid: 0, "
             "caps: [CAP_SYS_TIME]}, "
             "{runtime: runc, name: tracer, uid: 0, caps: [CAP_SYS_PTRACE]}, {runtime: runc, name: weak, uid: 0, caps: "
             "[]}, {runtime: runc, name: other, caps: []}]}");
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    assert_non_null(host);
    const struct selection selection = {0};
    const struct engine_run run = {.content = content, .host = host, .selection = &selection};
    pl_auto(audit) audit = engine_audit(&run, &error);
    assert_non_null(audit);
    const struct ability_row *clock = row_at(audit, 0, "clock"), *tracer = row_at(audit, 1, "tracer");
    assert_cell(clock, 1, "high", "clock", 0);
    assert_cell(tracer, 1, "high", "act", 1);
    assert_string_equal(ability_row_cell(tracer, 1)->by, "act");
    assert_cell(row_at(audit, 2, "other"), 1, "no", NULL, -1);
    assert_cell(row_at(audit, 3, "weak"), 1, "no", NULL, -1);
    remove_tree(folder);
}

static void acting_is_checked_when_rules_are_loaded(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_free(folder_write(
        folder, "container/m.yaml",
        MODULE("m", "container") "rules:\n" RULE("act", "low",
                                                 "  ability: act\n  acts_as: steer\n"
                                                 "  check: {container: {}, expect: {steers: {subset-of: []}}}\n")
            RULE("none", "low", "  acts_as: steers\n  check: {container: {}, expect: {steers: {subset-of: []}}}\n")));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_non_null(strstr(said, "no test of the rule has the field \"steer\""));
    assert_non_null(strstr(said, "without \"ability\" can have no \"acts_as\""));
    remove_tree(folder);
}

/* ---- what follows from what ---- */

/* No rule of these is judged: their results are made by hand. */
#define ABLE(id, severity, ability, more)                                                                              \
    RULE(id, severity, "  ability: " ability "\n" more "  check: {file: {path: /a}, existence: any}\n")

static struct content *load_implied(const char *implies, char **said)
{
    g_autofree char *folder = folder_new();
    g_autofree char *text = g_strconcat(
        MODULE("m", "container"), implies,
        "rules:\n" ABLE("root", "critical", "root", "") ABLE("engine", "critical", "engine", "")
            ABLE("disk", "critical", "write", "  implies: [root, read]\n") ABLE("logs", "medium", "write", "")
                ABLE("read", "high", "read", "") ABLE("fill", "low", "fill", "") ABLE("fly", "low", "fly", ""),
        NULL);
    g_free(folder_write(folder, "container/m.yaml", text));
    g_free(folder_write(folder, "profiles/auto.yaml", "id: auto\ntitle: A\ninclude: ['*']\n"));
    struct content *content = folder_load(folder);
    *said = diagnostics_text(content);
    remove_tree(folder);
    return content;
}

static const char *way_of(const struct ability_row *row, guint column)
{
    return ability_row_cell(row, column)->by;
}

static void take_one(struct audit *audit, struct abilities *abilities, const char *rule, const char *ability,
                     enum severity severity, enum verdict of_a, enum verdict of_b)
{
    struct result *result = result_with(rule, ability, severity);
    add(result, "a", of_a);
    add(result, "b", of_b);
    take(audit, abilities, result, 100);
}

static void what_follows_is_filled(void **state)
{
    (void)state;
    g_autofree char *said = NULL;
    pl_auto(content) content = load_implied("implies: {root: ['*'], engine: [root]}\n", &said);
    assert_string_equal(said, "");
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, content);
    take_one(audit, abilities, "fill", "fill", SEVERITY_LOW, VERDICT_PASS, VERDICT_PASS);
    take_one(audit, abilities, "disk", "write", SEVERITY_CRITICAL, VERDICT_PASS, VERDICT_PASS);
    take_one(audit, abilities, "logs", "write", SEVERITY_MEDIUM, VERDICT_PASS, VERDICT_FAIL);
    take_one(audit, abilities, "read", "read", SEVERITY_HIGH, VERDICT_PASS, VERDICT_PASS);
    take_one(audit, abilities, "engine", "engine", SEVERITY_CRITICAL, VERDICT_FAIL, VERDICT_PASS);
    take_one(audit, abilities, "root", "root", SEVERITY_CRITICAL, VERDICT_PASS, VERDICT_PASS);
    take(audit, abilities, result_with("fly", "fly", SEVERITY_LOW), 100); /* applies to nobody */
    abilities_finish(abilities);
    const struct ability_row *a = row_at(audit, 0, "a"), *b = row_at(audit, 1, "b");
    assert_cell(a, 3, "critical", "engine", 0);
    assert_null(way_of(a, 3));
    assert_cell(a, 4, "critical", "engine", 0);
    assert_string_equal(way_of(a, 4), "engine");
    assert_cell(a, 0, "low", "engine", 0);
    assert_string_equal(way_of(a, 0), "root");
    assert_cell(a, 1, "critical", "engine", 0);
    assert_cell(a, 2, "high", "engine", 0);
    assert_null(ability_row_cell(a, 5));
    assert_cell(b, 1, "medium", "logs", 0); /* not by the rule that implies more */
    assert_cell(b, 4, "no", NULL, -1);
}

/* What is waived or unknown is no worse where it leads to. */
static void what_follows_is_no_worse(void **state)
{
    (void)state;
    g_autofree char *said = NULL;
    pl_auto(content) content = load_implied("implies: {root: [fill], engine: [root]}\n", &said);
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, content);
    take_one(audit, abilities, "disk", "write", SEVERITY_CRITICAL, VERDICT_UNKNOWN, VERDICT_FAIL);
    struct item_result *waived = g_ptr_array_index(((struct result *)audit->results->pdata[0])->items, 0);
    assert_string_equal(waived->subject, "b");
    take_one(audit, abilities, "read", "read", SEVERITY_HIGH, VERDICT_PASS, VERDICT_FAIL);
    take_one(audit, abilities, "root", "root", SEVERITY_CRITICAL, VERDICT_PASS, VERDICT_PASS);
    struct result *engine = result_with("engine", "engine", SEVERITY_CRITICAL);
    add(engine, "c", VERDICT_FAIL)->waived = waiver_note_new("r", "o", "2030-01-01");
    take(audit, abilities, engine, 100);
    take_one(audit, abilities, "fill", "fill", SEVERITY_LOW, VERDICT_PASS, VERDICT_PASS);
    abilities_finish(abilities);
    const struct ability_row *b = row_at(audit, 0, "b"), *a = row_at(audit, 1, "a"), *c = row_at(audit, 2, "c");
    assert_cell(b, 2, "critical", "disk", 0);
    assert_cell(b, 1, "high", "read", 0);
    assert_null(way_of(b, 1)); /* its own rule says it as well */
    assert_cell(a, 2, "unknown", "disk", 1);
    assert_cell(a, 1, "unknown", "disk", 1);
    assert_cell(a, 4, "unknown", "disk", 1);
    assert_cell(c, 2, "waived", "engine", 0);
    assert_string_equal(way_of(c, 2), "engine");
}

static void who_could_not_be_looked_at_is_unknown(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_new();
    pl_auto(abilities) abilities = abilities_new(&audit->abilities, NULL);
    struct result *part = result_with("part", "fly", SEVERITY_HIGH);
    part->verdict = VERDICT_UNKNOWN;
    add(part, "b", VERDICT_PASS);
    take(audit, abilities, part, 100);
    take_one(audit, abilities, "whole", "fly", SEVERITY_HIGH, VERDICT_PASS, VERDICT_PASS);
    abilities_finish(abilities);
    assert_cell(row_at(audit, 0, "a"), 0, "unknown", "part", -1);
    assert_cell(row_at(audit, 1, "b"), 0, "no", NULL, -1);
}

static void what_is_said_of_abilities_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *implies, *said;
    } cases[] = {
        {"implies: {root: [reed]}\n", "no rule has the ability \"reed\" (did you mean read?)"},
        {"implies: {rood: [read]}\n", "no rule has the ability \"rood\" (did you mean root?)"},
        {"implies: {root: [root]}\n", "\"root\" implies itself"},
        {"implies: {root: [read], read: [fill], fill: [root]}\n", "which implies it: a circle"},
        {"implies: {root: read}\n", "\"root\" must be a list of texts"},
        {"implies: [root]\n", "\"implies\" must map abilities to lists of abilities"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *said = NULL;
        pl_auto(content) content = load_implied(cases[i].implies, &said);
        if (!strstr(said, cases[i].said))
            fail_msg("%s: %s", cases[i].implies, said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_follows_is_filled),
                                       cmocka_unit_test(what_follows_is_no_worse),
                                       cmocka_unit_test(who_could_not_be_looked_at_is_unknown),
                                       cmocka_unit_test(what_is_said_of_abilities_is_checked),
                                       cmocka_unit_test(the_worst_of_all_rules),
                                       cmocka_unit_test(a_waived_rule_is_waived_everywhere),
                                       cmocka_unit_test(who_was_not_seen_is_not_nobody),
                                       cmocka_unit_test(the_cap_keeps_evidence),
                                       cmocka_unit_test(the_cap_of_other_rules),
                                       cmocka_unit_test(from_rule_files),
                                       cmocka_unit_test(who_acts_as_others_has_what_they_have),
                                       cmocka_unit_test(acting_is_checked_when_rules_are_loaded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
