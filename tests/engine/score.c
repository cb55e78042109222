/* The score from tables of results. */
#include "engine/score.h"

#include "engine_test.h"

/* "layer severity verdict[w]" of results: c = cloud, n = container; chmli severities; p f e u n k i verdicts; w waived.
 */
static struct audit *audit_of(const char *text)
{
    static const enum verdict verdicts[] = {
        ['p'] = VERDICT_PASS,         ['f'] = VERDICT_FAIL,          ['e'] = VERDICT_ERROR,
        ['u'] = VERDICT_UNKNOWN,      ['n'] = VERDICT_NOTAPPLICABLE, ['k'] = VERDICT_NOTCHECKED,
        ['i'] = VERDICT_INFORMATIONAL};
    static const enum severity severities[] = {['c'] = SEVERITY_CRITICAL,
                                               ['h'] = SEVERITY_HIGH,
                                               ['m'] = SEVERITY_MEDIUM,
                                               ['l'] = SEVERITY_LOW,
                                               ['i'] = SEVERITY_INFO};
    struct audit *audit = audit_new();
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word && **word; word++) {
        struct result *result = result_new();
        result->layer = (*word)[0] == 'c' ? LAYER_CLOUD : LAYER_CONTAINER;
        result->severity = severities[(unsigned char)(*word)[1]];
        result->verdict = verdicts[(unsigned char)(*word)[2]];
        if ((*word)[3] == 'w')
            result->waived = waiver_note_new("r", "o", "2030-01-01");
        g_ptr_array_add(audit->results, result);
    }
    return audit;
}

static void scores(void **state)
{
    (void)state;
    static const struct {
        const char *results, *grade;
        int value; /* hundredths; -1: not known */
        int coverage;
        bool capped;
    } rows[] = {
        {"", "", -1, 100, false},
        {"ccp", "A", 10000, 100, false},
        {"ccf", "F", 0, 100, false},
        {"ccp ccf", "E", 5000, 100, false},
        {"ccp cmf", "C", 7692, 100, false},
        {"chp clf", "B", 8571, 100, false},
        {"ccp clf", "A", 9090, 100, false},
        {"chp cmf", "D", 6666, 100, false},
        {"cip cif", "", -1, 100, false},
        {"ccp chu", "B", 10000, 50, true},
        {"ccp che", "B", 10000, 50, true},
        {"ccp cmu", "A", 10000, 50, false},
        {"ccp ccf chu", "E", 5000, 66, false},
        {"ccp ccfw", "A", 10000, 100, false},
        {"ccp ccfw cmu cmu", "A", 10000, 50, false},
        {"ccp chn chk chi", "A", 10000, 100, false},
        {"chu", "", -1, 0, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = audit_of(rows[i].results);
        score_audit(audit);
        score_audit(audit);
        const struct score *score = &audit->score;
        if (strcmp(score->grade, rows[i].grade) != 0 || score->capped != rows[i].capped ||
            score->known != (rows[i].value >= 0) || (int)(score->coverage * 100) != rows[i].coverage ||
            (score->known && (int)(score->value * 100) != rows[i].value))
            fail_msg("\"%s\": %g %s coverage %g", rows[i].results, score->value, score->grade, score->coverage);
    }
}

static void layers(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_of("ccp nhf nhu cmfw ncp");
    score_audit(audit);
    assert_string_equal(audit->layers[LAYER_CLOUD].grade, "A");
    assert_int_equal(audit->layers[LAYER_CLOUD].waived, 1);
    assert_int_equal(audit->layers[LAYER_CLOUD].counts[VERDICT_FAIL], 0);
    assert_int_equal(audit->layers[LAYER_CONTAINER].counts[VERDICT_FAIL], 1);
    assert_int_equal(audit->layers[LAYER_CONTAINER].weight_judged, 16);
    assert_int_equal(audit->score.weight_pass, 20);
    assert_int_equal(audit->score.weight_judged, 26);
    assert_false(audit->layers[LAYER_CODE].known);
    assert_true(audit->layers[LAYER_CODE].coverage > 0.99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scores), cmocka_unit_test(layers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
