/* What is new, fixed, still so, and no longer judged. */
#include "engine/difference.h"
#include "engine/engine.h"
#include "engine/score.h"
#include "engine_test.h"

#include <string.h>

/* "web fail, db pass" of one rule; a verdict alone: without an object. '*' behind a verdict: waived, '<': folded. */
static struct result *add_result(struct audit *audit, const char *rule, enum verdict verdict, const char *objects)
{
    struct result *result = result_new();
    result->rule = g_strdup(rule);
    result->title = g_strdup_printf("Title of %s", rule);
    result->severity = SEVERITY_HIGH;
    result->verdict = verdict;
    result->reason = g_strdup("because");
    g_auto(GStrv) parts = g_strsplit(objects, ", ", -1);
    for (char **part = parts; *part && **part; part++) {
        char *space = strrchr(*part, ' ');
        struct item_result *item = item_result_new();
        bool waived = g_str_has_suffix(space, "*"), folded = g_str_has_suffix(space, "<");
        g_autofree char *word = g_strndup(space + 1, strlen(space + 1) - (waived || folded));
        item->subject = g_strndup(*part, (gsize)(space - *part));
        assert_true(verdict_parse(word, &item->verdict));
        item->finding = g_strdup_printf("%s is wrong", item->subject);
        item->waived = waived ? waiver_note_new("meant", "o", "2030-01-01") : NULL;
        item->because = folded ? g_strdup("other") : NULL;
        g_ptr_array_add(result->items, item);
    }
    result_count(result);
    g_ptr_array_add(audit->results, result);
    return result;
}

static struct audit *audit_at(const char *started)
{
    struct audit *audit = audit_new();
    audit->started = g_strdup(started);
    audit->host.id = g_strdup("id");
    audit->host.root = g_strdup("/");
    return audit;
}

/* "new web; fixed db; open; still 2", rows in their order. Caller frees. */
static char *told(const struct difference *difference)
{
    GString *text = g_string_new(NULL);
    const struct {
        const char *word;
        const GPtrArray *rows;
    } lists[] = {{"new", difference->added}, {"fixed", difference->fixed}, {"open", difference->unjudged}};
    for (size_t list = 0; list < G_N_ELEMENTS(lists); list++)
        for (guint i = 0; i < lists[list].rows->len; i++) {
            const struct change *change = g_ptr_array_index(lists[list].rows, i);
            g_string_append_printf(text, "%s%s %s", text->len ? "; " : "", lists[list].word,
                                   change->subject ? change->subject : "-");
        }
    for (guint i = 0; i < difference->still->len; i++)
        g_string_append_printf(text, "%sstill %u", text->len ? "; " : "",
                               (unsigned)((struct change *)g_ptr_array_index(difference->still, i))->objects);
    return g_string_free(text, FALSE);
}

static void one_rule(void **state)
{
    (void)state;
    static const struct {
        enum verdict before;
        const char *objects_before;
        enum verdict now;
        const char *objects_now, *told;
    } rows[] = {
        {VERDICT_PASS, "web pass", VERDICT_PASS, "web pass", ""},
        {VERDICT_PASS, "web pass", VERDICT_FAIL, "web fail", "new web"},
        {VERDICT_FAIL, "web fail", VERDICT_PASS, "web pass", "fixed web"},
        {VERDICT_FAIL, "web fail", VERDICT_FAIL, "db fail", "new db; fixed web"},
        {VERDICT_FAIL, "web fail, db fail", VERDICT_FAIL, "db fail, web fail", "still 2"},
        /* What cannot be judged now is not fixed, whatever hindered. */
        {VERDICT_FAIL, "web fail", VERDICT_UNKNOWN, "", "open -"},
        {VERDICT_FAIL, "web fail", VERDICT_ERROR, "", "open -"},
        {VERDICT_FAIL, "web fail", VERDICT_NOTAPPLICABLE, "", "open -"},
        {VERDICT_PASS, "web pass", VERDICT_UNKNOWN, "", "open -"},
        {VERDICT_PASS, "web pass", VERDICT_NOTAPPLICABLE, "", ""},
        {VERDICT_UNKNOWN, "", VERDICT_UNKNOWN, "", ""},
        {VERDICT_UNKNOWN, "", VERDICT_FAIL, "web fail", "new web"},
        {VERDICT_FAIL, "web fail, db fail", VERDICT_FAIL, "web unknown, db fail", "open web; still 1"},
        {VERDICT_FAIL, "web fail, db fail", VERDICT_FAIL, "web fail*, db fail", "open web; still 1"},
        /* Where nothing was found the rule itself fails. */
        {VERDICT_FAIL, "", VERDICT_FAIL, "", "still 1"},
        {VERDICT_PASS, "", VERDICT_FAIL, "", "new -"},
        {VERDICT_FAIL, "", VERDICT_PASS, "", "fixed -"},
        /* Process ids do not last; of several of a name as many are the same. */
        {VERDICT_FAIL, "sshd (pid 7) fail", VERDICT_FAIL, "sshd (pid 9) fail", "still 1"},
        {VERDICT_FAIL, "sshd (pid 7) fail", VERDICT_FAIL, "sshd (pid 7) fail, sshd (pid 9) fail",
         "new sshd (pid 9); still 1"},
        {VERDICT_FAIL, "sshd (pid x) fail", VERDICT_FAIL, "sshd (pid y) fail", "new sshd (pid y); fixed sshd (pid x)"},
        /* A waiver is no failure, and no end of one. */
        {VERDICT_FAIL, "web fail*, db fail", VERDICT_FAIL, "web fail, db fail", "new web; still 1"},
        /* What follows from another failure was known by that. */
        {VERDICT_FAIL, "web fail<, db fail", VERDICT_FAIL, "web fail, db fail", "still 2"},
        {VERDICT_FAIL, "db fail", VERDICT_FAIL, "web fail<, db fail", "still 1"},
        {VERDICT_FAIL, "web fail<, db fail", VERDICT_FAIL, "db fail", "still 1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) before = audit_at("2026-01-01T00:00:00Z");
        pl_auto(audit) now = audit_at("2026-01-02T00:00:00Z");
        add_result(before, "r", rows[i].before, rows[i].objects_before);
        add_result(now, "r", rows[i].now, rows[i].objects_now);
        pl_auto(difference) difference = difference_between(before, now);
        g_autofree char *text = told(difference);
        if (!g_str_equal(text, rows[i].told))
            fail_msg("row %zu: \"%s\", not \"%s\"", i, text, rows[i].told);
        assert_int_equal(difference->notes->len, 0);
        assert_string_equal(difference->since, "2026-01-01T00:00:00Z");
    }
}

static void rules_of_one_alone(void **state)
{
    (void)state;
    pl_auto(audit) before = audit_at("2026-01-01T00:00:00Z");
    pl_auto(audit) now = audit_at("2026-01-02T00:00:00Z");
    add_result(before, "gone-failing", VERDICT_FAIL, "a fail");
    add_result(before, "gone-passing", VERDICT_PASS, "a pass");
    add_result(now, "come-failing", VERDICT_FAIL, "b fail");
    add_result(now, "come-passing", VERDICT_PASS, "b pass");
    add_result(now, "come-unknown", VERDICT_UNKNOWN, "");
    pl_auto(difference) difference = difference_between(before, now);
    g_autofree char *text = told(difference);
    assert_string_equal(text, "new b; open -; open -");
    const struct change *added = g_ptr_array_index(difference->added, 0);
    assert_string_equal(added->before, "absent");
    assert_int_equal(difference->left_out->len, 1);
    assert_string_equal(g_ptr_array_index(difference->left_out, 0), "gone-passing");
}

/* Beyond what a report keeps only numbers are compared. */
static void too_many_objects(void **state)
{
    (void)state;
    pl_auto(audit) before = audit_at("2026-01-01T00:00:00Z");
    pl_auto(audit) now = audit_at("2026-01-02T00:00:00Z");
    add_result(before, "r", VERDICT_FAIL, "a fail")->items_failed = 1500;
    add_result(now, "r", VERDICT_FAIL, "b fail")->items_failed = 1507;
    pl_auto(difference) difference = difference_between(before, now);
    g_autofree char *text = told(difference);
    assert_string_equal(text, "new -; still 1500");
    assert_int_equal(((struct change *)g_ptr_array_index(difference->added, 0))->objects, 7);
    assert_int_equal(difference->notes->len, 1);
}

static void other_hosts_and_rules(void **state)
{
    (void)state;
    pl_auto(audit) before = audit_at("2026-01-03T00:00:00Z");
    pl_auto(audit) now = audit_at("2026-01-02T00:00:00Z");
    g_free(now->host.id);
    now->host.id = g_strdup("another");
    now->host.privileged = true;
    now->version = g_strdup("2");
    g_ptr_array_add(now->profiles, g_strdup("nist"));
    pl_auto(difference) difference = difference_between(before, now);
    assert_int_equal(difference->notes->len, 5);
}

static void demands_of_what_is_new(void **state)
{
    (void)state;
    static const struct {
        enum verdict before, now;
        bool allow_unknown;
        int code;
    } rows[] = {
        {VERDICT_FAIL, VERDICT_FAIL, false, 0},    {VERDICT_PASS, VERDICT_FAIL, false, 1},
        {VERDICT_FAIL, VERDICT_PASS, false, 0},    {VERDICT_PASS, VERDICT_UNKNOWN, false, 1},
        {VERDICT_PASS, VERDICT_UNKNOWN, true, 0},  {VERDICT_UNKNOWN, VERDICT_UNKNOWN, false, 0},
        {VERDICT_UNKNOWN, VERDICT_FAIL, false, 1}, {VERDICT_FAIL, VERDICT_NOTAPPLICABLE, false, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) before = audit_at("2026-01-01T00:00:00Z");
        pl_auto(audit) now = audit_at("2026-01-02T00:00:00Z");
        add_result(before, "r", rows[i].before, "");
        add_result(now, "r", rows[i].now, "");
        add_result(now, "judged", VERDICT_PASS, "a pass");
        score_audit(now);
        now->difference = difference_between(before, now);
        const struct gate gate = {.fail_on = SEVERITY_MEDIUM,
                                  .min_score = -1,
                                  .min_coverage = -1,
                                  .new_only = true,
                                  .allow_unknown = rows[i].allow_unknown};
        engine_gate(now, &gate);
        if (now->gate.exit_code != rows[i].code)
            fail_msg("row %zu: exit %d: %s", i, now->gate.exit_code, now->gate.why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rule),
        cmocka_unit_test(rules_of_one_alone),
        cmocka_unit_test(too_many_objects),
        cmocka_unit_test(other_hosts_and_rules),
        cmocka_unit_test(demands_of_what_is_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
