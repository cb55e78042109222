/* A rule: does it apply, what does its check come to, and who answers when only people can. */
#include "engine/judge.h"

#include "engine/outcome.h"
#include "engine/row.h"
#include "engine/unmet.h"
#include "engine/words.h"

/* What gathering meets. */
struct judge_collector {
    struct outcome *outcome;
    enum verdict verdict; /* of every item */
    const struct problem *hindrance, *notapplicable;
};

static void gather_items(struct judge_collector *collector, const struct bound_test *test, const struct items *items)
{
    for (guint i = 0; i < items->list->len; i++)
        g_ptr_array_add(collector->outcome->items,
                        evidence_new(g_ptr_array_index(items->list, i), test, collector->verdict));
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(items->problems, i);
        bool notapplicable = problem->kind == PROBLEM_NOTAPPLICABLE || problem->kind == PROBLEM_OFFLINE;
        const struct problem **place = notapplicable ? &collector->notapplicable : &collector->hindrance;
        *place = *place ? *place : problem;
    }
}

static void gather(struct judge_collector *collector, const struct bound_check *check)
{
    for (guint i = 0; check->children && i < check->children->len; i++)
        gather(collector, g_ptr_array_index(check->children, i));
    for (guint i = 0; check->test && i < check->test->collected->len; i++) {
        const struct collected *collected = g_ptr_array_index(check->test->collected, i);
        if (collected->items)
            gather_items(collector, check->test, collected->items);
    }
}

struct outcome *judge_gather(const struct bound_check *check, enum verdict verdict)
{
    struct judge_collector collector = {.outcome = outcome_new(verdict), .verdict = verdict};
    gather(&collector, check);
    struct outcome *outcome = collector.outcome;
    rows_merge(outcome->items, false);
    if (collector.hindrance) {
        outcome->reason = g_strdup(collector.hindrance->reason);
        outcome->remediation = g_strdup(collector.hindrance->remediation);
    } else if (outcome->items->len == 0 && collector.notapplicable) {
        outcome->verdict = VERDICT_NOTAPPLICABLE;
        outcome->reason = g_strdup(collector.notapplicable->reason);
    }
    return outcome;
}

/* "daemon dockerd: running is true", or the tests of a tree joined as it says. Caller frees. */
static char *condition(const struct bound_check *check)
{
    static const char *const joints[] = {[CHECK_ALL] = " and ", [CHECK_ANY] = " or ", [CHECK_NONE] = " or "};
    if (check->kind == CHECK_TEST)
        return words_test(check->test->test, g_ptr_array_index(check->test->objects, 0), check->test->expectations);
    GString *out = g_string_new(check->kind == CHECK_NONE ? "not (" : "(");
    for (guint i = 0; i < check->children->len; i++) {
        g_autofree char *child = condition(g_ptr_array_index(check->children, i));
        g_string_append_printf(out, "%s%s", i ? joints[check->kind] : "", child);
    }
    g_string_append_c(out, ')');
    return g_string_free(out, FALSE);
}

/* What `applies` comes to when the rule is not to be judged; NULL when it is. */
static struct outcome *not_applying(const struct bound_rule *rule, bool privileged,
                                    const struct judge_instance *instance)
{
    if (!rule->applies)
        return NULL;
    struct outcome *outcome = judge_check_of(rule->applies, privileged, instance);
    if (outcome->verdict == VERDICT_PASS) {
        outcome_free(outcome);
        return NULL;
    }
    /* What the condition looked at is no evidence for the rule. */
    g_ptr_array_set_size(outcome->items, 0);
    if (outcome->verdict == VERDICT_FAIL)
        outcome->verdict = VERDICT_NOTAPPLICABLE;
    if (outcome->verdict != VERDICT_NOTAPPLICABLE || outcome->not_looked)
        return outcome;
    char *unmet = unmet_words(rule->applies, privileged, instance);
    if (!unmet && outcome->reason)
        return outcome;
    g_autofree char *words = unmet ? NULL : condition(rule->applies);
    g_free(outcome->reason);
    outcome->reason = unmet ? unmet : g_strdup_printf(UNMET_RAW "%s", words);
    return outcome;
}

/* Whether the rule applies is not known. */
static bool is_open(const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_UNKNOWN || outcome->verdict == VERDICT_ERROR;
}

/* Whoever passes cannot do it, whether the rule applies or not; of the others it is not known. */
static void add_able(const struct bound_rule *rule, bool privileged, const struct judge_instance *instance,
                     struct outcome *outcome)
{
    pl_auto(outcome) check = judge_check_of(rule->check, privileged, instance);
    for (guint i = 0; i < check->items->len; i++) {
        struct item_result *item = g_ptr_array_index(check->items, i);
        if (item->verdict != VERDICT_FAIL)
            continue;
        item->verdict = outcome->verdict;
        g_free(item->reason);
        item->reason = g_strdup(outcome->reason);
    }
    g_ptr_array_unref(outcome->items);
    outcome->items = g_steal_pointer(&check->items);
    check->items = g_ptr_array_new();
}

/* One instance, or all that there is. */
static struct outcome *judge_one(const struct bound_rule *rule, bool privileged, const struct judge_instance *instance)
{
    struct outcome *outcome = not_applying(rule, privileged, instance);
    if (outcome && rule->rule->ability && is_open(outcome))
        add_able(rule, privileged, instance, outcome);
    return outcome ? outcome : judge_check_of(rule->check, privileged, instance);
}

/* Each running instance by itself. */
static struct outcome *judge_each(const struct bound_rule *rule, bool privileged)
{
    g_autoptr(GArray) all = rule->rule->each ? judge_instances(rule, rule->rule->each) : NULL;
    if (!all || all->len < 2)
        return judge_one(rule, privileged, NULL);
    GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
    for (guint i = 0; i < all->len; i++) {
        const struct judge_instance instance = {all, g_array_index(all, int64_t, i)};
        g_ptr_array_add(children, judge_one(rule, privileged, &instance));
    }
    return outcome_combine_instances(children);
}

static bool is_looked_at(const struct bound_rule *rule, const struct judge_instance *instance)
{
    pl_auto(outcome) outcome = not_applying(rule, true, instance);
    return !outcome || (rule->rule->ability && is_open(outcome));
}

bool judge_wanted(const struct bound_rule *rule, const struct host *host)
{
    (void)host;
    g_autoptr(GArray) all = rule->rule->each ? judge_instances(rule, rule->rule->each) : NULL;
    bool wanted = false;
    for (guint i = 0; all && all->len > 1 && i < all->len && !wanted; i++) {
        const struct judge_instance instance = {all, g_array_index(all, int64_t, i)};
        wanted = is_looked_at(rule, &instance);
    }
    if (all && all->len > 1)
        return wanted;
    return is_looked_at(rule, NULL);
}

/* What would fail is what a person is asked about. What could not be looked at stays unknown: nobody can say then that
 * no question is left. */
static struct outcome *judge_settled(const struct bound_rule *rule, bool privileged)
{
    struct outcome *outcome = judge_each(rule, privileged);
    if (outcome->verdict == VERDICT_FAIL)
        outcome->verdict = VERDICT_NOTCHECKED;
    for (guint i = 0; i < outcome->items->len; i++) {
        struct item_result *item = g_ptr_array_index(outcome->items, i);
        if (item->verdict == VERDICT_FAIL)
            item->verdict = VERDICT_NOTCHECKED;
    }
    return outcome;
}

static struct outcome *judge(const struct bound_rule *rule, bool privileged)
{
    if (rule->rule->settles)
        return judge_settled(rule, privileged);
    if (!rule->rule->manual && !rule->rule->informational)
        return judge_each(rule, privileged);
    struct outcome *outcome = not_applying(rule, privileged, NULL);
    if (outcome)
        return outcome;
    return judge_gather(rule->check, rule->rule->manual ? VERDICT_NOTCHECKED : VERDICT_INFORMATIONAL);
}

static void copy_rule(struct result *result, const struct rule *rule)
{
    result->rule = g_strdup(rule->id);
    result->title = g_strdup(rule->title);
    result->module = g_strdup(rule->module->name);
    result->module_title = g_strdup(rule->module->title);
    result->layer = rule->module->layer;
    result->severity = rule->severity;
    result->rationale = g_strdup(rule->rationale);
    result->ability = g_strdup(rule->ability);
    for (guint i = 0; i < rule->references->len; i++) {
        const struct reference *reference = g_ptr_array_index(rule->references, i);
        g_ptr_array_add(result->references, reference_new(reference->benchmark, reference->control, reference->level));
    }
    for (guint i = 0; i < rule->tags->len; i++)
        g_ptr_array_add(result->tags, g_strdup(g_ptr_array_index(rule->tags, i)));
}

/* Failing and asked about first, then what could not be said, then the rest; as collected within each. */
static int by_weight(const void *a, const void *b)
{
    static const int weight[VERDICT_COUNT] = {
        [VERDICT_FAIL] = -3, [VERDICT_NOTCHECKED] = -3, [VERDICT_ERROR] = -2, [VERDICT_UNKNOWN] = -1};
    const struct item_result *left = *(const struct item_result *const *)a;
    const struct item_result *right = *(const struct item_result *const *)b;
    return weight[left->verdict] - weight[right->verdict];
}

static bool in_order(const GPtrArray *items)
{
    for (guint i = 1; i < items->len; i++)
        if (by_weight(&items->pdata[i - 1], &items->pdata[i]) > 0)
            return false;
    return true;
}

static unsigned count_stopped(const GPtrArray *items)
{
    unsigned stopped = 0;
    for (guint i = 0; i < items->len; i++)
        stopped += ((const struct item_result *)g_ptr_array_index(items, i))->stopped;
    return stopped;
}

/* What the tests of a check look at; false: things of several kinds. */
static bool find_object(const struct bound_check *check, const struct probe_object **object)
{
    for (guint i = 0; check->children && i < check->children->len; i++)
        if (!find_object(g_ptr_array_index(check->children, i), object))
            return false;
    const struct probe_object *own = check->test ? &check->test->test->probe->object : NULL;
    if (!own || (*object && g_strcmp0((*object)->one, own->one) == 0))
        return true;
    bool first = !*object;
    *object = own;
    return first;
}

/* The same of the items that there are. */
static bool find_shown(const GPtrArray *items, const struct probe_object **object)
{
    *object = NULL;
    for (guint i = 0; i < items->len; i++) {
        const struct row *row = g_ptr_array_index(items, i);
        const struct probe_object *own = &row->test->test->probe->object;
        if (*object && g_strcmp0((*object)->one, own->one) != 0)
            return false;
        *object = own;
    }
    return *object;
}

/* Objects are called as the one probe calls them that found them all. */
static void name_objects(struct result *result, const struct bound_check *check)
{
    const struct probe_object *object = NULL;
    bool found = find_shown(result->items, &object) || (!result->items->len && find_object(check, &object));
    if (!found || !object)
        return;
    result->object = g_strdup(object->one);
    result->objects = g_strdup(object->many);
}

struct result *judge_rule(const struct bound_rule *rule, bool privileged)
{
    pl_auto(outcome) outcome = judge(rule, privileged);
    struct result *result = result_new();
    copy_rule(result, rule->rule);
    result->verdict = outcome->verdict;
    if (!rule->rule->settles || outcome->verdict == VERDICT_NOTCHECKED)
        result->question = g_strdup(rule->rule->manual);
    result->reason = g_steal_pointer(&outcome->reason);
    result->cause = g_steal_pointer(&outcome->cause);
    result->remediation = g_steal_pointer(&outcome->remediation);
    result->finding = g_steal_pointer(&outcome->missing);
    result->expected = g_strdup(rule->expected);
    g_ptr_array_unref(result->items);
    result->items = g_steal_pointer(&outcome->items);
    if (!in_order(result->items))
        g_ptr_array_sort(result->items, by_weight);
    result_count(result);
    name_objects(result, rule->check);
    result->items_stopped = count_stopped(result->items);
    outcome->items = g_ptr_array_new();
    return result;
}
