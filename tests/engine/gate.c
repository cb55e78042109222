/* Demands and exit codes, with the sentence that says why. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides" /* GATE() states defaults, a row overrides some */
#endif

#include "engine/score.h"
#include "engine_test.h"

static void add(struct audit *audit, enum severity severity, enum verdict verdict, bool waived)
{
    struct result *result = result_new();
    result->severity = severity;
    result->verdict = verdict;
    result->items_total = 1;
    result->waived = waived ? waiver_note_new("r", "o", "2030-01-01") : NULL;
    g_ptr_array_add(audit->results, result);
}

/* medium fail; high pass; high unknown when `blind`; low fail; critical waived fail. */
static struct audit *audit_open(bool failing, bool blind)
{
    struct audit *audit = audit_new();
    add(audit, SEVERITY_HIGH, VERDICT_PASS, false);
    add(audit, SEVERITY_LOW, VERDICT_FAIL, false);
    add(audit, SEVERITY_CRITICAL, VERDICT_FAIL, true);
    if (failing)
        add(audit, SEVERITY_MEDIUM, VERDICT_FAIL, false);
    if (blind)
        add(audit, SEVERITY_HIGH, VERDICT_UNKNOWN, false);
    score_audit(audit);
    return audit;
}

#define GATE(severity, ...)                                                                                            \
    {                                                                                                                  \
        .fail_on = SEVERITY_##severity, .min_score = -1, .min_coverage = -1, __VA_ARGS__                               \
    }

static void demands(void **state)
{
    (void)state;
    static const struct {
        struct gate gate;
        bool failing, blind;
        int code;
        const char *why;
    } rows[] = {
        {GATE(MEDIUM), false, false, 0, "no unwaived failure of medium or above"},
        {GATE(MEDIUM), true, false, 1, "1 of medium or above failed (--fail-on medium)"},
        {GATE(HIGH), true, false, 0, "no unwaived failure of high or above"},
        {GATE(CRITICAL), true, false, 0, "no unwaived failure of critical"},
        {GATE(LOW), true, false, 1, "2 of low or above failed (--fail-on low)"},
        {GATE(MEDIUM), false, true, 1, "1 of medium or above could not be judged (--allow-unknown accepts that)"},
        {GATE(CRITICAL), false, true, 0, "no unwaived failure of critical"},
        {GATE(MEDIUM, .allow_unknown = true), false, true, 0, "no unwaived failure of medium or above"},
        {GATE(MEDIUM), true, true, 1,
         "1 of medium or above failed (--fail-on medium); 1 of medium or above could not be judged (--allow-unknown "
         "accepts that)"},
        {GATE(MEDIUM, .none = true), true, true, 0, "nothing is demanded of single rules (--fail-on none)"},
        {GATE(MEDIUM, .none = true, .min_score = 70), true, false, 1, "score 60 is below 70 (--min-score)"},
        {GATE(MEDIUM, .none = true, .min_score = 60), true, false, 0, "nothing is demanded"},
        {GATE(MEDIUM, .none = true, .min_score = 85.8), false, false, 1, "score 85.7 is below 85.8 (--min-score)"},
        {GATE(MEDIUM, .none = true, .min_coverage = 75), false, true, 0, "nothing is demanded"},
        {GATE(MEDIUM, .none = true, .min_coverage = 76), false, true, 1,
         "coverage 75 % is below 76 % (--min-coverage)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = audit_open(rows[i].failing, rows[i].blind);
        engine_gate(audit, &rows[i].gate);
        if (audit->gate.exit_code != rows[i].code || !strstr(audit->gate.why, rows[i].why))
            fail_msg("row %zu: %d %s", i, audit->gate.exit_code, audit->gate.why);
        assert_string_equal(audit->gate.fail_on, rows[i].gate.none ? "none" : severity_name(rows[i].gate.fail_on));
    }
}

static void run_errors(void **state)
{
    (void)state;
    static const struct gate gate = GATE(MEDIUM);
    static const struct {
        const char *where;
        int code;
        const char *why;
    } rows[] = {
        {"/c/m.yaml:3:4", 2, "1 error in rule files, first at /c/m.yaml:3:4"},
        {"/c/m.yaml", 3, "the audit is incomplete: 1 file could not be read, as /c/m.yaml"},
        {"/c/m.yaml:3", 3, "incomplete"},
        {NULL, 3, "incomplete"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int failing = 0; failing < 2; failing++) {
            pl_auto(audit) audit = audit_open(failing, false);
            g_ptr_array_add(audit->errors, run_error_new(rows[i].where, "x"));
            engine_gate(audit, &gate);
            engine_gate(audit, &gate);
            assert_int_equal(audit->gate.exit_code, rows[i].code);
            assert_contains(audit->gate.why, rows[i].why);
            assert_int_equal(strstr(audit->gate.why, "failed") != NULL, failing);
        }
    }
}

/* Whatever hinders it: no rule, none that applies, none that could be judged. A demand that somebody asked for is not
 * met then; otherwise the audit is not complete, even where nothing is demanded. */
static void nothing_judged(void **state)
{
    (void)state;
    static const struct {
        struct gate gate;
        int code;
        const char *why;
    } rows[] = {
        {GATE(MEDIUM), 3, "nothing was judged: "},
        {GATE(MEDIUM, .none = true), 3, "nothing was judged: "},
        {GATE(MEDIUM, .asked = true), 1, "nothing was judged: "},
        {GATE(MEDIUM, .min_score = 50), 1, "there is no score, and --min-score wants 50; nothing was judged: "},
        {GATE(MEDIUM, .none = true, .min_coverage = 50), 1,
         "there is no coverage, and --min-coverage wants 50 %; nothing was judged: "},
        {GATE(MEDIUM, .min_coverage = 0), 1, "there is no coverage"},
        {GATE(MEDIUM, .allow_unknown = true), 3, "nothing was judged: "},
    };
    static const enum verdict verdicts[] = {VERDICT_COUNT, VERDICT_NOTAPPLICABLE, VERDICT_UNKNOWN, VERDICT_NOTCHECKED,
                                            VERDICT_INFORMATIONAL};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(verdicts); k++) {
            pl_auto(audit) audit = audit_new();
            if (verdicts[k] != VERDICT_COUNT)
                add(audit, SEVERITY_LOW, verdicts[k], false);
            score_audit(audit);
            engine_gate(audit, &rows[i].gate);
            if (audit->gate.exit_code != rows[i].code || !g_str_has_prefix(audit->gate.why, rows[i].why))
                fail_msg("row %zu: %d %s", i, audit->gate.exit_code, audit->gate.why);
            assert_contains(audit->gate.why, verdicts[k] == VERDICT_COUNT ? "no rule was chosen" : "none of 1 chosen");
        }
    }
}

/* A waived failure was judged. */
static void waived_is_judged(void **state)
{
    (void)state;
    static const struct gate gate = GATE(HIGH, .asked = true), covered = GATE(HIGH, .min_coverage = 100);
    pl_auto(audit) audit = audit_new();
    add(audit, SEVERITY_LOW, VERDICT_FAIL, true);
    score_audit(audit);
    engine_gate(audit, &gate);
    assert_int_equal(audit->gate.exit_code, 0);
    engine_gate(audit, &covered);
    assert_int_equal(audit->gate.exit_code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(demands), cmocka_unit_test(run_errors),
                                       cmocka_unit_test(nothing_judged), cmocka_unit_test(waived_is_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
