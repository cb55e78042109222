/* How outcomes combine in a tree of checks. */
#include "engine/outcome.h"

#include "engine/row.h"

#include <string.h>

#define REASONS_MAX 3

struct outcome *outcome_new(enum verdict verdict)
{
    struct outcome *outcome = g_new0(struct outcome, 1);
    outcome->verdict = verdict;
    outcome->items = g_ptr_array_new_with_free_func(item_result_free);
    return outcome;
}

void outcome_free(gpointer data)
{
    struct outcome *outcome = data;
    g_free(outcome->reason);
    g_free(outcome->cause);
    g_free(outcome->remediation);
    g_free(outcome->missing);
    g_ptr_array_unref(outcome->items);
    g_free(outcome);
}

/* Which verdict of a child decides, first one first. */
static const enum verdict all_order[] = {VERDICT_FAIL, VERDICT_ERROR, VERDICT_UNKNOWN, VERDICT_PASS};
static const enum verdict any_order[] = {VERDICT_PASS, VERDICT_ERROR, VERDICT_UNKNOWN, VERDICT_FAIL};

static bool has_verdict(const GPtrArray *children, enum verdict verdict)
{
    for (guint i = 0; i < children->len; i++)
        if (((struct outcome *)g_ptr_array_index(children, i))->verdict == verdict)
            return true;
    return false;
}

static enum verdict deciding(enum check_kind kind, const GPtrArray *children)
{
    const enum verdict *order = kind == CHECK_ALL ? all_order : any_order;
    for (size_t i = 0; i < G_N_ELEMENTS(all_order); i++)
        if (has_verdict(children, order[i]))
            return order[i];
    return VERDICT_NOTAPPLICABLE;
}

static bool any_not_looked(const GPtrArray *children)
{
    for (guint i = 0; i < children->len; i++)
        if (((struct outcome *)g_ptr_array_index(children, i))->not_looked)
            return true;
    return false;
}

static void take_items(struct outcome *whole, struct outcome *child, bool turn)
{
    for (guint i = 0; i < child->items->len; i++) {
        struct item_result *item = g_ptr_array_index(child->items, i);
        if (turn)
            evidence_turn(item);
        g_ptr_array_add(whole->items, item);
    }
    g_ptr_array_set_free_func(child->items, NULL);
    g_ptr_array_set_size(child->items, 0);
}

/* What a child that does not decide could not see: an item must not look good because only other children are shown. */
static void take_unseen(struct outcome *whole, struct outcome *child)
{
    for (guint i = 0; i < child->items->len;) {
        struct item_result *item = g_ptr_array_index(child->items, i);
        if (item->verdict == VERDICT_UNKNOWN || item->verdict == VERDICT_ERROR)
            g_ptr_array_add(whole->items, g_ptr_array_steal_index(child->items, i));
        else
            i++;
    }
}

/* A pass shows no failing item: in a "none" those that kept the child from holding are of no interest. */
static void drop_failing(struct outcome *whole)
{
    if (whole->verdict != VERDICT_PASS)
        return;
    for (guint i = whole->items->len; i-- > 0;)
        if (((struct item_result *)g_ptr_array_index(whole->items, i))->verdict == VERDICT_FAIL)
            g_ptr_array_remove_index(whole->items, i);
}

static void add_reason(GPtrArray *reasons, const char *reason)
{
    for (guint i = 0; reason && i < reasons->len; i++)
        if (g_str_equal(g_ptr_array_index(reasons, i), reason))
            return;
    if (reason && reasons->len < REASONS_MAX)
        g_ptr_array_add(reasons, (gpointer)(uintptr_t)reason);
}

static char *join(GPtrArray *reasons)
{
    if (reasons->len == 0)
        return NULL;
    g_ptr_array_add(reasons, NULL);
    return g_strjoinv("; ", (char **)reasons->pdata);
}

/* A branch of "any" or "none" that nobody could look at may be the one that holds. */
static const struct outcome *maybe_holding(enum check_kind kind, const GPtrArray *children)
{
    for (guint i = 0; kind != CHECK_ALL && i < children->len; i++) {
        const struct outcome *child = g_ptr_array_index(children, i);
        if (child->verdict == VERDICT_NOTAPPLICABLE && child->not_looked)
            return child;
    }
    return NULL;
}

/* No branch that could be judged holds, and one could not: who looks at the running machine may find that it does. */
static struct outcome *leave_open(GPtrArray *children, const struct outcome *open, bool turn)
{
    struct outcome *whole = outcome_new(VERDICT_UNKNOWN);
    whole->reason = g_strdup(open->reason);
    whole->cause = g_strdup("could not be observed");
    for (guint i = 0; i < children->len; i++)
        take_items(whole, g_ptr_array_index(children, i), turn);
    rows_merge(whole->items, false);
    g_ptr_array_unref(children);
    return whole;
}

static void take_cause(struct outcome *whole, const struct outcome *child)
{
    if (whole->cause)
        return;
    whole->cause = g_strdup(child->cause);
    whole->remediation = g_strdup(child->remediation);
}

struct outcome *outcome_combine(enum check_kind kind, GPtrArray *children)
{
    enum verdict decided = deciding(kind, children);
    bool turn = kind == CHECK_NONE;
    const struct outcome *open = decided == VERDICT_FAIL ? maybe_holding(kind, children) : NULL;
    if (open)
        return leave_open(children, open, turn);
    struct outcome *whole = outcome_new(turn ? verdict_invert(decided) : decided);
    g_autoptr(GPtrArray) reasons = g_ptr_array_new(), missing = g_ptr_array_new();
    for (guint i = 0; i < children->len; i++) {
        struct outcome *child = g_ptr_array_index(children, i);
        if (child->verdict != decided && kind != CHECK_ANY)
            take_unseen(whole, child);
        if (child->verdict != decided)
            continue;
        take_items(whole, child, turn);
        add_reason(reasons, child->reason);
        add_reason(missing, turn ? NULL : child->missing);
        take_cause(whole, child);
    }
    whole->reason = join(reasons);
    whole->missing = join(missing);
    whole->not_looked = decided == VERDICT_NOTAPPLICABLE && any_not_looked(children);
    if (turn)
        drop_failing(whole);
    /* What one branch is content with does not make an "any" fail. */
    rows_merge(whole->items, kind == CHECK_ANY && decided == VERDICT_FAIL);
    g_ptr_array_unref(children);
    return whole;
}

struct outcome *outcome_combine_instances(GPtrArray *children)
{
    g_autoptr(GPtrArray) good = g_ptr_array_new_with_free_func(item_result_free);
    bool pass = deciding(CHECK_ALL, children) == VERDICT_PASS;
    for (guint i = 0; i < children->len && !pass; i++) {
        struct outcome *child = g_ptr_array_index(children, i);
        if (child->verdict == VERDICT_PASS)
            g_ptr_array_extend_and_steal(good, g_steal_pointer(&child->items));
        if (!child->items)
            child->items = g_ptr_array_new_with_free_func(item_result_free);
    }
    struct outcome *whole = outcome_combine(CHECK_ALL, children);
    g_ptr_array_extend_and_steal(whole->items, g_steal_pointer(&good));
    rows_merge(whole->items, false);
    return whole;
}
