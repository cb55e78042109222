/* The score from tables of results. */
#include "engine/score.h"

#include "engine_test.h"

#include <math.h>

static enum verdict verdict_of(char letter)
{
    static const enum verdict verdicts[] = {
        ['p'] = VERDICT_PASS,       ['a'] = VERDICT_PASS,          ['f'] = VERDICT_FAIL,
        ['e'] = VERDICT_ERROR,      ['u'] = VERDICT_UNKNOWN,       ['n'] = VERDICT_NOTAPPLICABLE,
        ['k'] = VERDICT_NOTCHECKED, ['i'] = VERDICT_INFORMATIONAL, ['q'] = VERDICT_PASS};
    return verdicts[(unsigned char)letter];
}

/* "MODULE SEVERITY VERDICT [w]" of results: c, d, e: modules of cloud, n: one of container; chmli severities; p f e u
 * n k i verdicts, a: a pass that found nothing, q: a person's answer; w waived. */
static struct result *result_of(const char *word)
{
    static const enum severity severities[] = {['c'] = SEVERITY_CRITICAL,
                                               ['h'] = SEVERITY_HIGH,
                                               ['m'] = SEVERITY_MEDIUM,
                                               ['l'] = SEVERITY_LOW,
                                               ['i'] = SEVERITY_INFO};
    struct result *result = result_new();
    result->module = g_strndup(word, 1);
    result->layer = word[0] == 'n' ? LAYER_CONTAINER : LAYER_CLOUD;
    result->severity = severities[(unsigned char)word[1]];
    result->verdict = verdict_of(word[2]);
    result->items_total = word[2] != 'a' && word[2] != 'q';
    if (word[2] == 'q')
        result->attested = waiver_note_new("r", "o", "2030-01-01");
    if (word[3] == 'w')
        result->waived = waiver_note_new("r", "o", "2030-01-01");
    return result;
}

static struct audit *audit_of(const char *text)
{
    struct audit *audit = audit_new();
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word && **word; word++)
        g_ptr_array_add(audit->results, result_of(*word));
    score_audit(audit);
    return audit;
}

#define TEN "cmp cmp cmp cmp cmp cmp cmp cmp cmp cmp "

static void scores(void **state)
{
    (void)state;
    static const struct {
        const char *results, *grade;
        int value; /* hundredths; -1: not known */
        int coverage;
        enum score_note note;
    } rows[] = {
        {"", "", -1, 0, SCORE_NOTHING_JUDGED},
        {"chu", "", -1, 0, SCORE_NOTHING_JUDGED},
        {"chn chk chi", "", -1, 0, SCORE_NOTHING_JUDGED},
        {"cha cha cha cha cha", "", -1, 100, SCORE_NOTHING_SEEN},
        {"cip cif cip cip cip", "", -1, 100, SCORE_NOTHING_SEEN},
        {"ccp", "", 10000, 100, SCORE_FEW_RULES},
        {"ccp ccf ccp ccp", "", 7500, 100, SCORE_FEW_RULES},
        {"cmp cmp cmp cmp cmp", "A", 10000, 100, SCORE_NOTE_NONE},
        {"cmp cmp cmp cmp cmf", "B", 8000, 100, SCORE_NOTE_NONE},
        {TEN "cha cha cha cha", "A", 10000, 100, SCORE_NOTE_NONE},
        {"cmp cmp cmf cmf cma cma cma", "E", 5000, 100, SCORE_NOTE_NONE}, /* absence earns nothing */
        {TEN "cmq cmf", "A", 9166, 100, SCORE_NOTE_NONE},
        {TEN "chf", "C", 8333, 100, SCORE_HIGH},
        {TEN "ccf", "D", 7500, 100, SCORE_CRITICAL},
        {TEN "chu", "C", 8333, 90, SCORE_HIGH}, /* not to know is not better */
        {TEN "cce", "D", 7500, 90, SCORE_CRITICAL},
        {TEN "cmu cmu", "", 8333, 83, SCORE_LOW_COVERAGE},
        {TEN "ccfw", "A", 10000, 100, SCORE_NOTE_NONE},
        {TEN "cif cif cif", "A", 10000, 100, SCORE_NOTE_NONE},
        {"cmp cmf cmf cmf cmf ccf", "F", 1200, 100, SCORE_NOTE_NONE}, /* the number is worse than the cap */
        /* Many rules of one module do not hide another one, and one small rule is no module. */
        {TEN TEN "dmf dmf dmf", "E", 5000, 100, SCORE_NOTE_NONE},
        {TEN TEN "dlf dma dma", "C", 7500, 100, SCORE_NOTE_NONE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = audit_of(rows[i].results);
        score_audit(audit);
        const struct score *score = &audit->score;
        if (strcmp(score->grade, rows[i].grade) != 0 || score->note != rows[i].note ||
            score->known != (rows[i].value >= 0) || (int)(score->coverage * 100) != rows[i].coverage ||
            (score->known && (int)floor(score->value * 100 + 1e-6) != rows[i].value))
            fail_msg("\"%s\": %g %s coverage %g note %d", rows[i].results, score->value, score->grade, score->coverage,
                     (int)score->note);
    }
}

static void layers(void **state)
{
    (void)state;
    pl_auto(audit) audit = audit_of("cmp cmp cmp cmp cmfw cif nhf nhu ncp");
    assert_string_equal(audit->layers[LAYER_CLOUD].grade, "A");
    assert_int_equal(audit->layers[LAYER_CLOUD].waived, 1);
    assert_int_equal(audit->layers[LAYER_CLOUD].differ, 1);
    assert_int_equal(audit->layers[LAYER_CLOUD].counts[VERDICT_FAIL], 0);
    assert_int_equal(audit->layers[LAYER_CONTAINER].counts[VERDICT_FAIL], 1);
    assert_int_equal(audit->layers[LAYER_CONTAINER].note, SCORE_FEW_RULES);
    assert_int_equal(audit->modules->len, 2);
    const struct module_score *container = g_ptr_array_index(audit->modules, 1);
    assert_int_equal(container->earned, 10);
    assert_int_equal(container->counted, 22);
    assert_int_equal(container->weight, 10);
    assert_int_equal(audit->layers[LAYER_CODE].note, SCORE_NOTHING_JUDGED);
    assert_true(fabs(audit->score.value - score_of_modules(audit->modules, LAYER_COUNT)) < 1e-12);
    assert_true(score_of_modules(audit->modules, LAYER_CODE) < 0);
}

static int rank(const struct score *score)
{
    return score->grade[0] ? 'G' - score->grade[0] : 0;
}

static void see_less(GRand *random, const GPtrArray *results)
{
    int lost = g_rand_int_range(random, 1, 4);
    for (guint i = 0; i < results->len; i++) {
        struct result *result = g_ptr_array_index(results, i);
        if (g_rand_int_range(random, 0, 4) < lost)
            result->verdict = g_rand_boolean(random) ? VERDICT_UNKNOWN : VERDICT_ERROR;
    }
}

/* Whatever a verdict was, it may become unknown, or an error: no grade and no number gets better by that. */
static void less_seen_is_no_better(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(20261201);
    for (int round = 0; round < 20000; round++) {
        pl_auto(audit) audit = audit_new();
        for (int n = g_rand_int_range(random, 1, 40); n > 0; n--) {
            const char word[4] = {"cden"[g_rand_int_range(random, 0, 4)], "chmli"[g_rand_int_range(random, 0, 5)],
                                  "ppppppaffeunkiq"[g_rand_int_range(random, 0, 15)], 0};
            g_ptr_array_add(audit->results, result_of(word));
        }
        score_audit(audit);
        const struct score seen = audit->score, layer = audit->layers[LAYER_CLOUD];
        see_less(random, audit->results);
        score_audit(audit);
        assert_true(rank(&audit->score) <= rank(&seen));
        assert_true(rank(&audit->layers[LAYER_CLOUD]) <= rank(&layer));
        assert_true(!audit->score.known || audit->score.value <= (seen.known ? seen.value : 0) + 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scores), cmocka_unit_test(layers),
                                       cmocka_unit_test(less_seen_is_no_better)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
