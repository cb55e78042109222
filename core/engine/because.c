#include "engine/because.h"

#include "engine/complain.h"
#include "model/suggest.h"

#include <string.h>

static GHashTable *results_by_rule(const struct audit *audit)
{
    GHashTable *by_rule = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = g_ptr_array_index(audit->results, i);
        g_hash_table_insert(by_rule, result->rule, result);
    }
    return by_rule;
}

/* Subjects for which a result fails; empty: it fails without naming any. */
static GHashTable *failing_subjects(const struct result *result)
{
    GHashTable *subjects = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        if (item->verdict == VERDICT_FAIL)
            g_hash_table_add(subjects, item->subject);
    }
    return subjects;
}

/* A waived item stays one that somebody answers for. */
static void fold_item(struct result *result, struct item_result *item, const struct result *cause)
{
    item->because = g_strdup(cause->rule);
    if (item->waived || !result->items_failed)
        return;
    result->items_failed--;
    result->items_folded++;
}

static void fold_below(struct result *result, const struct result *cause)
{
    g_autoptr(GHashTable) subjects = failing_subjects(cause);
    bool named = g_hash_table_size(subjects) > 0, all = true;
    guint64 failing = 0;
    for (guint i = 0; i < result->items->len; i++) {
        struct item_result *item = g_ptr_array_index(result->items, i);
        if (item->verdict != VERDICT_FAIL)
            continue;
        failing++;
        if (!item->because && (!named || g_hash_table_contains(subjects, item->subject)))
            fold_item(result, item, cause);
        all = all && item->because;
    }
    /* Some that fail may be beyond what a report keeps. */
    bool kept = failing == result->items_failed + result->items_folded + result->items_waived;
    if (failing ? all && kept : !named)
        result->because = g_strdup(cause->rule);
}

void because_fold(struct audit *audit, const struct content *content)
{
    g_autoptr(GHashTable) by_rule = results_by_rule(audit);
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = g_ptr_array_index(audit->results, i);
        const struct rule *rule = result->verdict == VERDICT_FAIL ? content_rule(content, result->rule) : NULL;
        for (guint k = 0; rule && !result->because && k < rule->because->len; k++) {
            const struct result *cause = g_hash_table_lookup(by_rule, g_ptr_array_index(rule->because, k));
            if (cause && cause->verdict == VERDICT_FAIL)
                fold_below(result, cause);
        }
    }
}

struct because_checking {
    struct content *content;
    struct complaints to;
};

static bool leads_back(const struct content *content, const struct rule *rule, const struct rule *goal,
                       GHashTable *seen)
{
    for (guint i = 0; i < rule->because->len; i++) {
        const struct rule *next = content_rule(content, g_ptr_array_index(rule->because, i));
        if (!next || !g_hash_table_add(seen, next->id))
            continue;
        if (next == goal || leads_back(content, next, goal, seen))
            return true;
    }
    return false;
}

static void check_cause(struct because_checking *check, const struct rule *rule, const char *name)
{
    const struct rule *cause = content_rule(check->content, name);
    if (cause && cause->severity < rule->severity)
        complain_at(&check->to, rule->at, DIAGNOSTIC_WARNING,
                    "rule %s: \"%s\" explains it and is only of %s severity: a demand on severities would miss it",
                    rule->id, name, severity_name(cause->severity));
    if (cause || check->content->partial)
        return;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < check->content->rules->len; i++)
        g_ptr_array_add(names, ((struct rule *)g_ptr_array_index(check->content->rules, i))->id);
    g_autofree char *clause = suggest_clause_in(name, names);
    complain_at(&check->to, rule->at, DIAGNOSTIC_WARNING, "rule %s: no rule is called \"%s\"%s", rule->id, name,
                clause);
}

void because_check(struct content *content)
{
    struct because_checking check = {.content = content, .to = {.list = content->diagnostics}};
    for (guint i = 0; i < content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(content->rules, i);
        check.to.file = rule->at.file;
        for (guint k = 0; k < rule->because->len; k++)
            check_cause(&check, rule, g_ptr_array_index(rule->because, k));
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        if (rule->because->len && leads_back(content, rule, rule, seen))
            complain_at(&check.to, rule->at, DIAGNOSTIC_WARNING, "rule %s explains itself by its \"because\": a circle",
                        rule->id);
    }
}
