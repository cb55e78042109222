#include "engine/difference.h"

#include <string.h>

/* ---- names that last ---- */

/* "sshd (pid 7)" -> "sshd". Caller frees. */
static char *lasting_name(const char *subject)
{
    GString *name = g_string_new(NULL);
    for (const char *p = subject ? subject : ""; *p;) {
        gsize digits = g_str_has_prefix(p, " (pid ") ? strspn(p + 6, "0123456789") : 0;
        if (digits && p[6 + digits] == ')') {
            p += 6 + digits + 1;
            continue;
        }
        g_string_append_c(name, *p++);
    }
    return g_string_free(name, FALSE);
}

/* ---- what fails ---- */

/* A failing object: an item, or the rule as a whole where nothing was found. */
struct failing {
    const struct item_result *item; /* NULL: the rule */
    bool folded, matched;
};

static void failing_list_free(gpointer list)
{
    g_ptr_array_unref(list);
}

static bool fails(const struct result *result)
{
    return result && result->verdict == VERDICT_FAIL && !result->waived;
}

static void add_failing(GHashTable *by_name, const struct item_result *item, bool folded)
{
    char *name = lasting_name(item ? item->subject : NULL);
    GPtrArray *list = g_hash_table_lookup(by_name, name);
    if (!list) {
        list = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(by_name, g_strdup(name), list);
    }
    g_free(name);
    struct failing *one = g_new0(struct failing, 1);
    *one = (struct failing){.item = item, .folded = folded};
    g_ptr_array_add(list, one);
}

/* Lasting name -> list of struct failing. Caller unrefs. */
static GHashTable *failing_of(const struct result *result)
{
    GHashTable *by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, failing_list_free);
    guint found = 0;
    for (guint i = 0; fails(result) && i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        bool counts = item->verdict == VERDICT_FAIL;
        found += counts;
        if (counts && !item->waived)
            add_failing(by_name, item, result->because || item->because);
    }
    if (fails(result) && !found)
        add_failing(by_name, NULL, result->because != NULL);
    return by_name;
}

/* ---- rows ---- */

struct comparing {
    struct difference *difference;
    const struct result *before, *now; /* NULL: that audit does not have the rule */
};

static struct change *change_of(const struct comparing *comparing)
{
    const struct result *either = comparing->now ? comparing->now : comparing->before;
    struct change *change = g_new0(struct change, 1);
    change->rule = g_strdup(either->rule);
    change->title = g_strdup(either->title);
    change->layer = either->layer;
    change->severity = either->severity;
    change->before = g_strdup(comparing->before ? verdict_name(comparing->before->verdict) : "absent");
    change->after = g_strdup(comparing->now ? verdict_name(comparing->now->verdict) : "absent");
    change->objects = 1;
    return change;
}

static void add_object(const struct comparing *comparing, GPtrArray *to, const struct result *result,
                       const struct failing *failing)
{
    struct change *change = change_of(comparing);
    const struct item_result *item = failing->item;
    change->subject = item ? g_strdup(item->subject) : NULL;
    change->finding = g_strdup(item ? item->finding : result->finding ? result->finding : result->reason);
    g_ptr_array_add(to, change);
}

/* Those of `of` that no other one of the same name was matched with. */
static void add_unmatched(const struct comparing *comparing, GPtrArray *to, const struct result *result, GHashTable *of)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(of), (GCompareFunc)strcmp);
    for (const GList *name = names; name; name = name->next) {
        const GPtrArray *list = g_hash_table_lookup(of, name->data);
        for (guint i = 0; i < list->len; i++) {
            const struct failing *failing = g_ptr_array_index(list, i);
            if (!failing->matched && !failing->folded)
                add_object(comparing, to, result, failing);
        }
    }
}

/* Marks as many of each name as there are in both; how many of them are told. */
static guint64 match(GHashTable *before, GHashTable *now)
{
    GHashTableIter iter;
    gpointer name = NULL, value = NULL;
    guint64 matched = 0;
    g_hash_table_iter_init(&iter, now);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const GPtrArray *mine = value, *theirs = g_hash_table_lookup(before, name);
        for (guint i = 0; theirs && i < MIN(mine->len, theirs->len); i++) {
            struct failing *a = g_ptr_array_index(mine, i), *b = g_ptr_array_index(theirs, i);
            a->matched = b->matched = true;
            matched += !a->folded || !b->folded;
        }
    }
    return matched;
}

static bool is_judged(const struct result *result)
{
    return result && (result->verdict == VERDICT_PASS || result->verdict == VERDICT_FAIL);
}

static bool is_open(const struct result *result)
{
    return result && (result->verdict == VERDICT_UNKNOWN || result->verdict == VERDICT_ERROR);
}

static char *why_unjudged(const struct comparing *comparing)
{
    const struct result *now = comparing->now;
    if (!now)
        return g_strdup("this audit does not have the rule");
    if (now->waived)
        return g_strdup_printf("waived now: %s", now->waived->reason);
    return g_strdup(now->reason);
}

static void add_unjudged(const struct comparing *comparing, guint64 objects)
{
    struct change *change = change_of(comparing);
    change->reason = why_unjudged(comparing);
    change->objects = MAX(objects, 1);
    g_ptr_array_add(comparing->difference->unjudged, change);
}

/* Objects that failed and cannot be judged now fail as far as anybody knows: they are not fixed. */
static void keep_unknown(GHashTable *before, const struct comparing *comparing)
{
    for (guint i = 0; i < comparing->now->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(comparing->now->items, i);
        g_autofree char *name = lasting_name(item->subject);
        GPtrArray *list = g_hash_table_lookup(before, name);
        bool waived = item->verdict == VERDICT_FAIL && item->waived;
        if (!list || !(waived || item->verdict == VERDICT_UNKNOWN || item->verdict == VERDICT_ERROR))
            continue;
        struct change *change = change_of(comparing);
        change->subject = g_strdup(item->subject);
        change->reason = waived ? g_strdup_printf("waived now: %s", item->waived->reason) : g_strdup(item->reason);
        g_ptr_array_add(comparing->difference->unjudged, change);
        for (guint k = 0; k < list->len; k++)
            ((struct failing *)g_ptr_array_index(list, k))->matched = true;
    }
}

/* Those that are not folded. */
static guint64 told(GHashTable *failing)
{
    GHashTableIter iter;
    gpointer value = NULL;
    guint64 n = 0;
    g_hash_table_iter_init(&iter, failing);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GPtrArray *list = value;
        for (guint i = 0; i < list->len; i++)
            n += !((struct failing *)g_ptr_array_index(list, i))->folded;
    }
    return n;
}

/* How many fail, and are told. */
static guint64 failed_of(const struct result *result, GHashTable *failing)
{
    guint64 kept = told(failing);
    return fails(result) && !result->because ? MAX(result->items_failed, kept) : kept;
}

/* A report keeps the first thousand objects of a rule: beyond them numbers alone can be compared. */
static void compare_numbers(const struct comparing *comparing, guint64 before, guint64 now)
{
    struct difference *difference = comparing->difference;
    struct change *change = change_of(comparing), *rest = change_of(comparing);
    guint64 least = MIN(before, now), more = MAX(before, now) - least;
    g_ptr_array_add(difference->notes, g_strdup_printf("%s fails for too many objects to tell which: %" G_GUINT64_FORMAT
                                                       " before, %" G_GUINT64_FORMAT " now",
                                                       change->rule, before, now));
    change->objects = least;
    rest->objects = more;
    rest->finding =
        g_strdup_printf("%" G_GUINT64_FORMAT " objects %s than before", more, now > before ? "more" : "fewer");
    g_ptr_array_add(difference->still, change);
    if (more)
        g_ptr_array_add(now > before ? difference->added : difference->fixed, rest);
    else
        change_free(rest);
}

static void compare_judged(const struct comparing *comparing, GHashTable *before, GHashTable *now)
{
    struct difference *difference = comparing->difference;
    guint64 failed_before = failed_of(comparing->before, before), failed_now = failed_of(comparing->now, now);
    if (failed_before > told(before) || failed_now > told(now)) {
        compare_numbers(comparing, failed_before, failed_now);
        return;
    }
    guint64 still = match(before, now);
    keep_unknown(before, comparing);
    add_unmatched(comparing, difference->added, comparing->now, now);
    add_unmatched(comparing, difference->fixed, comparing->before, before);
    if (!still)
        return;
    struct change *change = change_of(comparing);
    change->objects = still;
    g_ptr_array_add(difference->still, change);
}

static void compare_rule(const struct comparing *comparing)
{
    g_autoptr(GHashTable) before = failing_of(comparing->before), now = failing_of(comparing->now);
    bool was_known = !comparing->before || is_judged(comparing->before);
    if (is_judged(comparing->now) && !comparing->now->waived)
        compare_judged(comparing, before, now);
    else if (told(before) || (is_open(comparing->now) && was_known))
        add_unjudged(comparing, told(before));
    else if (!comparing->now)
        g_ptr_array_add(comparing->difference->left_out, g_strdup(comparing->before->rule));
}

/* ---- what makes them hard to compare ---- */

static void G_GNUC_PRINTF(2, 3) note(struct difference *difference, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(difference->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

static const char *shown(const char *text)
{
    return text && *text ? text : "?";
}

static void note_hosts(struct difference *difference, const struct audit *before, const struct audit *now)
{
    if (g_strcmp0(before->host.id, now->host.id) != 0)
        note(difference, "the audits are of different hosts: %s before, %s now", shown(before->host.name),
             shown(now->host.name));
    if (g_strcmp0(before->host.root, now->host.root) != 0)
        note(difference, "the audits are of different roots: %s before, %s now", shown(before->host.root),
             shown(now->host.root));
    if (before->host.privileged != now->host.privileged)
        note(difference, "%s",
             now->host.privileged ? "the earlier audit was not made as root: what it could not see "
                                    "may look new"
                                  : "this audit is not made as root, the earlier one was");
    if (g_strcmp0(before->started, now->started) > 0)
        note(difference, "the audit that is compared with is the later one: %s", shown(before->started));
}

static char *profiles_of(const struct audit *audit)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < audit->profiles->len; i++)
        g_ptr_array_add(names, g_ptr_array_index(audit->profiles, i));
    g_ptr_array_add(names, NULL);
    return names->len > 1 ? g_strjoinv("+", (char **)names->pdata) : g_strdup("none");
}

static bool same_values(const struct audit *before, const struct audit *now)
{
    bool same = before->values->len == now->values->len;
    for (guint i = 0; same && i < now->values->len; i++) {
        const struct fact *a = g_ptr_array_index(before->values, i), *b = g_ptr_array_index(now->values, i);
        same = g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->value, b->value) == 0;
    }
    return same;
}

static void note_rules(struct difference *difference, const struct audit *before, const struct audit *now)
{
    g_autofree char *old = profiles_of(before), *new = profiles_of(now);
    if (g_strcmp0(before->version, now->version) != 0)
        note(difference, "the earlier audit was made by plumbline %s, this one by %s", shown(before->version),
             shown(now->version));
    if (!g_str_equal(old, new))
        note(difference, "the profiles differ: %s before, %s now", old, new);
    if (!same_values(before, now))
        note(difference, "values of the rules were set otherwise (--set)");
}

static GHashTable *by_rule(const struct audit *audit)
{
    GHashTable *rules = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = g_ptr_array_index(audit->results, i);
        g_hash_table_insert(rules, result->rule, result);
    }
    return rules;
}

struct difference *difference_between(const struct audit *before, const struct audit *now)
{
    struct difference *difference = difference_new();
    g_autoptr(GHashTable) old = by_rule(before), new = by_rule(now);
    difference->since = g_strdup(before->started);
    note_hosts(difference, before, now);
    note_rules(difference, before, now);
    for (guint i = 0; i < now->results->len; i++) {
        const struct result *result = g_ptr_array_index(now->results, i);
        const struct comparing comparing = {difference, g_hash_table_lookup(old, result->rule), result};
        compare_rule(&comparing);
    }
    for (guint i = 0; i < before->results->len; i++) {
        const struct result *result = g_ptr_array_index(before->results, i);
        const struct comparing comparing = {difference, result, NULL};
        if (!g_hash_table_contains(new, result->rule))
            compare_rule(&comparing);
    }
    return difference;
}
