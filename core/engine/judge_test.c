/* One test: items against expectations, existence, match, and what hindered the looking. */
#include "engine/field.h"
#include "engine/judge_item.h"
#include "engine/outcome.h"
#include "engine/sentence.h"
#include "engine/words.h"
#include "model/tree.h"

#include <string.h>

/* A reason names what was looked at in so many bytes. */
#define LOOK_MAX 240

/* What was found, counted. */
struct tally {
    guint total;
    guint verdicts[VERDICT_COUNT]; /* of items, as they stand to the expectations */
    guint empty;                   /* objects for which nothing was found and nothing hindered the looking */
    const json_object *first_empty;
    bool maybe_error, maybe_unknown; /* nothing was found for an object, and the looking was hindered */
    const struct problem *error, *unknown, *notapplicable; /* the first of each kind */
    const struct problem *doubt;                           /* the first that may have spoilt what was found */
    char *item_error, *item_unknown;                       /* reasons of the first such items */
    const char *error_remediation, *unknown_remediation;   /* what would remedy these; NULL */
};

struct judging {
    const struct bound_test *bound;
    bool privileged;
    const struct judge_instance *instance; /* NULL: everything counts */
    struct tally tally;
    GArray *verdicts; /* enum verdict of every item, in order */
    GPtrArray *items; /* const struct item */
};

static void note_problems(struct tally *tally, const struct items *items)
{
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(items->problems, i);
        const struct problem **place = problem->kind == PROBLEM_ERROR     ? &tally->error
                                       : problem->kind == PROBLEM_UNKNOWN ? &tally->unknown
                                                                          : &tally->notapplicable;
        if (!*place)
            *place = problem;
        if (problem->doubt && !tally->doubt)
            tally->doubt = problem;
    }
}

/* What would make the first field of the item readable that is unread for this kind of reason. */
static const char *remediation_of(const struct item *item, const GPtrArray *expectations, enum verdict verdict)
{
    const char *remediation = NULL;
    for (guint i = 0; i < expectations->len && !remediation; i++) {
        const struct expectation *expectation = g_ptr_array_index(expectations, i);
        const struct problem *hindrance = item_field_hindrance(item, expectation->field);
        if (hindrance && (hindrance->kind == PROBLEM_ERROR) == (verdict == VERDICT_ERROR))
            remediation = hindrance->remediation;
    }
    return remediation;
}

static void tally_item(struct judging *judging, const struct item *item)
{
    struct tally *tally = &judging->tally;
    g_autofree char *reason = NULL;
    enum verdict verdict = judge_item(item, judging->bound->expectations, &reason);
    g_array_append_val(judging->verdicts, verdict);
    g_ptr_array_add(judging->items, (gpointer)(uintptr_t)item);
    tally->total++;
    tally->verdicts[verdict]++;
    bool error = verdict == VERDICT_ERROR;
    char **place = error ? &tally->item_error : &tally->item_unknown;
    if (!reason || *place)
        return;
    *place = g_strdup_printf("%s: %s", item->subject, reason);
    *(error ? &tally->error_remediation : &tally->unknown_remediation) =
        remediation_of(item, judging->bound->expectations, verdict);
}

static void tally_object(struct judging *judging, guint index)
{
    static const struct problem not_collected = {.kind = PROBLEM_UNKNOWN,
                                                 .reason = (char *)(uintptr_t) "was not collected"};
    struct tally *tally = &judging->tally;
    const struct collected *collected = g_ptr_array_index(judging->bound->collected, index);
    const struct items *items = collected->items;
    if (!items) {
        tally->unknown = tally->unknown ? tally->unknown : &not_collected;
        tally->maybe_unknown = true;
        return;
    }
    note_problems(tally, items);
    guint before = tally->total;
    for (guint i = 0; i < items->list->len; i++)
        if (!judge_is_of_another(judging->instance, collected->probe, g_ptr_array_index(items->list, i)))
            tally_item(judging, g_ptr_array_index(items->list, i));
    if (tally->total > before)
        return;
    for (guint i = 0; i < items->problems->len; i++) {
        enum problem_kind kind = ((struct problem *)g_ptr_array_index(items->problems, i))->kind;
        tally->maybe_error |= kind == PROBLEM_ERROR;
        tally->maybe_unknown |= kind == PROBLEM_UNKNOWN;
    }
    if (items->problems->len)
        return;
    tally->first_empty = tally->empty++ ? tally->first_empty : collected->object;
}

/* What cannot be said because of items or problems; PASS when nothing hinders. */
static enum verdict hindered(const struct tally *tally)
{
    if (tally->error || tally->verdicts[VERDICT_ERROR])
        return VERDICT_ERROR;
    return tally->unknown || tally->verdicts[VERDICT_UNKNOWN] ? VERDICT_UNKNOWN : VERDICT_PASS;
}

/* A pass that is not certain is none. */
static enum verdict unless_hindered(const struct tally *tally, enum verdict verdict)
{
    enum verdict hindrance = hindered(tally);
    return hindrance == VERDICT_PASS ? verdict : hindrance;
}

static enum verdict match_verdict(enum match match, const struct tally *tally)
{
    guint pass = tally->verdicts[VERDICT_PASS], fail = tally->verdicts[VERDICT_FAIL];
    switch (match) {
    case MATCH_ANY:
        return pass ? VERDICT_PASS : unless_hindered(tally, VERDICT_FAIL);
    case MATCH_NONE:
        return pass ? VERDICT_FAIL : unless_hindered(tally, VERDICT_PASS);
    case MATCH_ONLY_ONE:
        return pass > 1 ? VERDICT_FAIL : unless_hindered(tally, pass == 1 ? VERDICT_PASS : VERDICT_FAIL);
    case MATCH_ALL:
        break;
    }
    return fail ? VERDICT_FAIL : unless_hindered(tally, VERDICT_PASS);
}

/* How many there are is hindered by the looking alone, not by fields that could not be read. */
static enum verdict unless_more(const struct tally *tally, enum verdict verdict)
{
    if (tally->error)
        return VERDICT_ERROR;
    return tally->unknown ? VERDICT_UNKNOWN : verdict;
}

/* Has every object an item? One for which the looking was hindered may have. */
static enum verdict all_exist(const struct tally *tally)
{
    if (tally->empty)
        return VERDICT_FAIL;
    if (tally->maybe_error)
        return VERDICT_ERROR;
    return tally->maybe_unknown ? VERDICT_UNKNOWN : VERDICT_PASS;
}

static enum verdict existence_verdict(const struct test *test, const struct tally *tally)
{
    switch (test->existence) {
    case EXISTENCE_NONE:
        return tally->verdicts[VERDICT_PASS] ? VERDICT_FAIL : unless_hindered(tally, VERDICT_PASS);
    case EXISTENCE_ONLY_ONE:
        return tally->total > 1 ? VERDICT_FAIL : unless_more(tally, VERDICT_PASS);
    case EXISTENCE_ALL:
        return all_exist(tally);
    case EXISTENCE_AT_LEAST_ONE:
    case EXISTENCE_ANY:
        break;
    }
    return VERDICT_PASS;
}

/* Nothing was found: what hindered the looking goes first, then the test's own answer. */
static enum verdict absent_verdict(const struct test *test, const struct tally *tally)
{
    enum verdict hindrance = hindered(tally);
    if (hindrance != VERDICT_PASS)
        return hindrance;
    if (tally->notapplicable && !tally->empty)
        return VERDICT_NOTAPPLICABLE;
    if (test->has_absent)
        return test->absent;
    return test->existence == EXISTENCE_ANY || test->existence == EXISTENCE_NONE ? VERDICT_PASS : VERDICT_FAIL;
}

static enum verdict test_verdict(const struct test *test, const struct tally *tally)
{
    if (tally->doubt)
        return hindered(tally);
    if (tally->total == 0)
        return absent_verdict(test, tally);
    enum verdict exists = existence_verdict(test, tally);
    return test->existence == EXISTENCE_NONE ? exists : judge_worse(exists, match_verdict(test->match, tally));
}

/* One of several where exactly one should be. */
static bool is_surplus(const struct test *test, const struct tally *tally, bool pass, enum verdict whole)
{
    if (test->existence == EXISTENCE_NONE)
        return false;
    bool crowd = test->existence == EXISTENCE_ONLY_ONE && tally->total > 1;
    return crowd || (test->match == MATCH_ONLY_ONE && pass && whole == VERDICT_FAIL);
}

static bool counts_its_matches(const struct test *test)
{
    return test->match == MATCH_ANY || test->match == MATCH_ONLY_ONE;
}

/* How an item is shown: as failing when it is what the test holds against the host; where one of many is wanted, the
 * others are what there is. False: not at all, it decides nothing. */
static bool shown_verdict(const struct test *test, const struct tally *tally, enum verdict whole, enum verdict *verdict)
{
    bool counts_matches = counts_its_matches(test);
    bool pass = *verdict == VERDICT_PASS;
    if (!pass && *verdict != VERDICT_FAIL)
        return whole != VERDICT_PASS;
    if (is_surplus(test, tally, pass, whole))
        *verdict = VERDICT_FAIL;
    else if (test->existence == EXISTENCE_NONE || test->match == MATCH_NONE)
        *verdict = pass ? VERDICT_FAIL : VERDICT_PASS;
    else if (counts_matches && whole == VERDICT_PASS)
        return pass;
    else if (counts_matches && !pass)
        *verdict = VERDICT_INFORMATIONAL; /* none of them has to be as demanded */
    return true;
}

static void show_items(struct outcome *outcome, const struct judging *judging)
{
    const struct test *test = judging->bound->test;
    for (guint i = 0; i < judging->items->len; i++) {
        const struct item *item = g_ptr_array_index(judging->items, i);
        enum verdict verdict = g_array_index(judging->verdicts, enum verdict, i);
        if (!shown_verdict(test, &judging->tally, outcome->verdict, &verdict))
            continue;
        g_ptr_array_add(outcome->items, evidence_new(item, judging->bound, verdict));
    }
}

/* Groups what could not be said by what would remedy it. Root that was denied would not be helped by being root. */
static void set_cause(struct outcome *outcome, const char *remediation)
{
    const char *class = outcome->verdict == VERDICT_ERROR ? "reading failed" : "could not be observed";
    outcome->cause = g_strdup(remediation && g_str_equal(remediation, RUN_AS_ROOT) ? "needs root"
                              : remediation                                        ? remediation
                                                                                   : class);
    outcome->remediation = g_strdup(remediation);
}

static void explain_hindrance(struct outcome *outcome, const struct judging *judging)
{
    const struct tally *tally = &judging->tally;
    bool error = outcome->verdict == VERDICT_ERROR;
    const struct problem *problem = error ? tally->error : tally->unknown;
    const char *of_item = error ? tally->item_error : tally->item_unknown;
    outcome->reason = g_strdup(problem ? problem->reason : of_item);
    const char *unread = error ? tally->error_remediation : tally->unknown_remediation;
    if (unread && judging->privileged && g_str_equal(unread, RUN_AS_ROOT))
        unread = NULL;
    set_cause(outcome, problem ? problem->remediation : unread);
}

static void cut_words(char *words)
{
    if (strlen(words) > LOOK_MAX)
        memcpy(g_utf8_find_prev_char(words, words + LOOK_MAX - 2), "...",
               sizeof "..."); /* ends at LOOK_MAX or before */
}

static char *nothing_found(const struct judging *judging, const json_object *object)
{
    const struct test *test = judging->bound->test;
    return words_absent(test->probe, object ? object : test->object);
}

/* One of several is wanted, and none is. */
static char *explain_none(const struct bound_test *bound, const struct tally *tally)
{
    g_autofree char *wanted = words_expectations(bound->expectations);
    if (!wanted)
        return NULL;
    cut_words(wanted);
    return g_strdup_printf("of %u %s none meets: %s", tally->total, bound->test->probe->object.many, wanted);
}

/* NULL: it did not fail for there being several. */
static char *explain_several(const struct bound_test *bound, const struct tally *tally)
{
    const struct test *test = bound->test;
    unsigned passing = tally->verdicts[VERDICT_PASS];
    if (test->existence == EXISTENCE_ONLY_ONE && tally->total > 1)
        return g_strdup_printf("%u found where exactly one should be", tally->total);
    if (test->match == MATCH_ONLY_ONE && passing > 1)
        return g_strdup_printf("%u of %u are as exactly one should be", passing, tally->total);
    if (!passing && tally->total > 1 && test->existence != EXISTENCE_NONE &&
        (test->match == MATCH_ANY || test->match == MATCH_ONLY_ONE))
        return explain_none(bound, tally);
    return NULL;
}

static char *explain_decided(const struct judging *judging, enum verdict verdict)
{
    const struct tally *tally = &judging->tally;
    const struct test *test = judging->bound->test;
    if (tally->total == 0 && tally->notapplicable && !tally->empty)
        return g_strdup(tally->notapplicable->reason);
    if (tally->total == 0 || (tally->empty && test->existence == EXISTENCE_ALL))
        return nothing_found(judging, tally->first_empty);
    return verdict == VERDICT_FAIL ? explain_several(judging->bound, tally) : NULL;
}

/* Nothing was found, so that nothing has a value (sentence_check()). */
static json_object *no_value(const void *data, const char *name)
{
    (void)data;
    (void)name;
    return NULL;
}

/* It fails because nothing, or not everything, was found. */
static bool fails_by_absence(const struct test *test, const struct tally *tally, enum verdict verdict)
{
    return verdict == VERDICT_FAIL && (tally->total == 0 || (tally->empty && test->existence == EXISTENCE_ALL));
}

struct outcome *judge_test(const struct bound_test *bound, bool privileged, const struct judge_instance *instance)
{
    g_autoptr(GArray) verdicts = g_array_new(FALSE, FALSE, sizeof(enum verdict));
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    struct judging judging = {
        .bound = bound, .privileged = privileged, .instance = instance, .verdicts = verdicts, .items = found};
    for (guint i = 0; i < bound->collected->len; i++)
        tally_object(&judging, i);
    struct outcome *outcome = outcome_new(test_verdict(bound->test, &judging.tally));
    if (outcome->verdict == VERDICT_ERROR || outcome->verdict == VERDICT_UNKNOWN)
        explain_hindrance(outcome, &judging);
    else
        outcome->reason = explain_decided(&judging, outcome->verdict);
    if (fails_by_absence(bound->test, &judging.tally, outcome->verdict) && bound->missing)
        outcome->missing = sentence_fill(bound->missing, no_value, NULL);
    const struct problem *why = judging.tally.notapplicable;
    outcome->not_looked = outcome->verdict == VERDICT_NOTAPPLICABLE && why && why->kind == PROBLEM_OFFLINE;
    show_items(outcome, &judging);
    g_free(judging.tally.item_error);
    g_free(judging.tally.item_unknown);
    return outcome;
}
