#include "engine/judge_item.h"

#include "engine/field.h"
#include "engine/matcher.h"

enum verdict judge_worse(enum verdict a, enum verdict b)
{
    static const int rank[VERDICT_COUNT] = {
        [VERDICT_PASS] = 0, [VERDICT_UNKNOWN] = 1, [VERDICT_ERROR] = 2, [VERDICT_FAIL] = 3};
    return rank[a] >= rank[b] ? a : b;
}

/* A field that was seen in part or not at all. What cannot be decided without the rest is as the rest is. */
static enum verdict judge_part(const struct item *item, const struct expectation *expectation,
                               const struct problem *hindrance, char **reason)
{
    const json_object *seen = item_field(item, expectation->field);
    enum verdict verdict = seen ? VERDICT_PASS : VERDICT_UNKNOWN;
    for (guint i = 0; seen && i < expectation->matchers->len; i++)
        verdict = judge_worse(verdict,
                              matcher_apply_part(g_ptr_array_index(expectation->matchers, i), expectation->type, seen));
    if (verdict != VERDICT_UNKNOWN)
        return verdict;
    *reason = g_strdup_printf("%s: %s", expectation->field, hindrance->reason);
    return hindrance->kind == PROBLEM_ERROR ? VERDICT_ERROR : VERDICT_UNKNOWN;
}

/* One field: the first matcher that fails decides, then the first that could not be applied. */
static enum verdict judge_field(const struct item *item, const struct expectation *expectation, char **reason)
{
    const struct problem *hindrance = item_field_hindrance(item, expectation->field);
    if (hindrance)
        return judge_part(item, expectation, hindrance, reason);
    enum verdict verdict = VERDICT_PASS;
    const json_object *observed = item_field(item, expectation->field);
    for (guint i = 0; i < expectation->matchers->len; i++) {
        g_autofree char *why = NULL;
        enum verdict one =
            matcher_apply(g_ptr_array_index(expectation->matchers, i), expectation->type, observed, &why);
        if (one == VERDICT_ERROR && !*reason)
            *reason = g_strdup_printf("%s %s", expectation->field, why);
        verdict = judge_worse(verdict, one);
    }
    return verdict;
}

enum verdict judge_item(const struct item *item, const GPtrArray *expectations, char **reason)
{
    enum verdict verdict = VERDICT_PASS;
    *reason = NULL;
    for (guint i = 0; i < expectations->len; i++) {
        g_autofree char *why = NULL;
        enum verdict one = judge_field(item, g_ptr_array_index(expectations, i), &why);
        if (one != VERDICT_PASS && one != VERDICT_FAIL && (!*reason || judge_worse(verdict, one) != verdict)) {
            g_free(*reason);
            *reason = g_steal_pointer(&why);
        }
        verdict = judge_worse(verdict, one);
    }
    if (verdict == VERDICT_FAIL)
        g_clear_pointer(reason, g_free);
    return verdict;
}
