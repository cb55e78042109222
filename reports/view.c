#include "reports/view.h"

#include "model/secret.h"
#include "reports/escape.h"
#include "reports/shown.h"

#include <string.h>

static const struct view_word words[] = {
    [VIEW_FAIL] = {"fail", "FAIL", "\u2717", "x", "Failed", "is not as demanded"},
    [VIEW_FOLDED] = {"folded", "FOLD", "\u21b3", ">", "Consequence", "fails as a consequence of another failure"},
    [VIEW_DIFFERS] = {"differs", "DIFF", "\u2260", "#", "Option differs",
                      "an option is not as advised; nothing is demanded"},
    [VIEW_WAIVED] = {"waived", "WAIV", "\u2298", "~", "Waived", "fails, and someone answers for it until a date"},
    [VIEW_ERROR] = {"error", "ERR", "\u203c", "!", "Error", "could not be looked at: something is broken"},
    [VIEW_UNKNOWN] = {"unknown", "UNKN", "?", "?", "Unknown", "could not be observed"},
    [VIEW_NOTCHECKED] = {"notchecked", "ASK", "\u270e", "o", "To answer", "needs the answer of a person"},
    [VIEW_PASS] = {"pass", "PASS", "\u2713", "+", "Passed", "is as demanded"},
    [VIEW_INFORMATIONAL] = {"informational", "INFO", "i", "i", "Information", "observed, not judged"},
    [VIEW_NOTAPPLICABLE] = {"notapplicable", "N/A", "\u2013", "-", "Not applicable",
                            "what it is about does not exist here"},
    [VIEW_NOTSELECTED] = {"notselected", "SKIP", "\u00b7", ".", "Not selected", "left out of this run"},
};
_Static_assert(G_N_ELEMENTS(words) == VIEW_COUNT, "a word for every state");

static const enum view_state by_verdict[VERDICT_COUNT] = {
    [VERDICT_PASS] = VIEW_PASS,
    [VERDICT_FAIL] = VIEW_FAIL,
    [VERDICT_ERROR] = VIEW_ERROR,
    [VERDICT_UNKNOWN] = VIEW_UNKNOWN,
    [VERDICT_NOTAPPLICABLE] = VIEW_NOTAPPLICABLE,
    [VERDICT_NOTCHECKED] = VIEW_NOTCHECKED,
    [VERDICT_NOTSELECTED] = VIEW_NOTSELECTED,
    [VERDICT_INFORMATIONAL] = VIEW_INFORMATIONAL,
};

const struct view_word *view_word(enum view_state state)
{
    return &words[state];
}

enum view_state view_state_of(const struct result *result)
{
    if (result_is_waived(result))
        return VIEW_WAIVED;
    if (result->verdict == VERDICT_FAIL && result->because)
        return VIEW_FOLDED;
    bool fails = result->verdict == VERDICT_FAIL;
    return fails && result->severity == SEVERITY_INFO ? VIEW_DIFFERS : by_verdict[result->verdict];
}

enum view_state view_item_state(const struct item_result *item)
{
    if (item->verdict != VERDICT_FAIL || (!item->waived && !item->because))
        return by_verdict[item->verdict];
    return item->waived ? VIEW_WAIVED : VIEW_FOLDED;
}

void view_count(const struct audit *audit, enum layer layer, unsigned counts[VIEW_COUNT])
{
    memset(counts, 0, VIEW_COUNT * sizeof *counts);
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = audit->results->pdata[i];
        if (layer == LAYER_COUNT || result->layer == layer)
            counts[view_state_of(result)]++;
    }
}

guint64 view_failing_items(const struct result *result)
{
    return MAX(result->items_failed, 1);
}

/* "containers", as many as there are. */
static const char *noun(const struct result *result, guint64 n)
{
    const char *one = result->object && *result->object ? result->object : "item";
    const char *many = result->objects && *result->objects ? result->objects : "items";
    return n == 1 ? one : many;
}

static const char *why_beside(const struct result *result)
{
    if (!result->items_folded)
        return "waived";
    return result->items_waived ? "waived or explained by another failure" : "explained by another failure";
}

/* "3 of 75 containers". */
static char *part_of(const struct result *result, const char *least, guint64 part)
{
    return g_strdup_printf("%s%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " %s", least, part, result->items_total,
                           noun(result, result->items_total));
}

static char *failing_objects(const struct result *result)
{
    guint64 beside = result->items_waived + result->items_folded;
    const char *least = result->items_at_least ? "at least " : "";
    if (!result->items_failed && !beside)
        return NULL;
    if (!result->items_failed || !beside)
        return part_of(result, least, result->items_failed + beside);
    g_autofree char *failed = part_of(result, least, result->items_failed);
    return g_strdup_printf("%s, %" G_GUINT64_FORMAT " more %s", failed, beside, why_beside(result));
}

char *view_objects(const struct result *result)
{
    if (result->items_total < 2)
        return NULL;
    if (result->verdict == VERDICT_FAIL)
        return failing_objects(result);
    bool blind = result->verdict == VERDICT_UNKNOWN || result->verdict == VERDICT_ERROR;
    if (!blind || !result->items_unknown)
        return g_strdup_printf("%" G_GUINT64_FORMAT " %s", result->items_total, noun(result, result->items_total));
    g_autofree char *unknown = part_of(result, "", result->items_unknown);
    return g_strdup_printf("%s not judged", unknown);
}

const struct item_result *view_look(const struct item_result *item, guint n)
{
    if (!n)
        return item;
    /* A finding is of all that tests saw of it. */
    for (guint i = 0; item->also && !item->finding && i < item->also->len; i++) {
        const struct item_result *look = item->also->pdata[i];
        if ((item->verdict != VERDICT_FAIL || look->verdict == VERDICT_FAIL) && !--n)
            return look;
    }
    return NULL;
}

static GPtrArray *collect_failures(const struct audit *audit)
{
    GPtrArray *failures = g_ptr_array_new();
    for (guint i = 0; i < audit->results->len; i++)
        if (view_state_of(audit->results->pdata[i]) == VIEW_FAIL)
            g_ptr_array_add(failures, audit->results->pdata[i]);
    return failures;
}

static int compare_counts(guint64 a, guint64 b)
{
    return (a > b) - (a < b);
}

/* qsort is not stable: the names decide at the end. */
static int by_name(const struct result *a, const struct result *b)
{
    if (a->layer != b->layer)
        return a->layer < b->layer ? -1 : 1;
    int order = g_strcmp0(a->module, b->module);
    return order ? order : g_strcmp0(a->rule, b->rule);
}

static int by_severity(const void *left, const void *right)
{
    const struct result *a = *(struct result *const *)left, *b = *(struct result *const *)right;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    int order = compare_counts(view_failing_items(b), view_failing_items(a));
    return order ? order : by_name(a, b);
}

GPtrArray *view_failures(const struct audit *audit)
{
    GPtrArray *failures = collect_failures(audit);
    g_ptr_array_sort(failures, by_severity);
    return failures;
}

GPtrArray *view_top(const struct audit *audit, guint max)
{
    GPtrArray *top = view_failures(audit);
    if (top->len > max)
        g_ptr_array_set_size(top, (int)max);
    return top;
}

static void cause_free(gpointer data)
{
    struct view_cause *group = data;
    g_free(group->cause);
    g_free(group->remediation);
    g_ptr_array_unref(group->results);
    g_free(group);
}

/* Where the last text behind ": " begins; the text itself without one. */
static const char *last_part(const char *text, gsize n)
{
    for (const char *p = text + n; p - text > 2; p--)
        if (p[-1] == ' ' && p[-2] == ':')
            return p;
    return text;
}

/* What several reasons have in common: "kernel.x: value: no kernel runs" and "kernel.y: value: no kernel runs" come to
 * "no kernel runs", "a: /p: Permission denied" to "/p: Permission denied", and vulnerabilities have no numbers. */
static char *essence(const char *reason)
{
    const char *last = last_part(reason, strlen(reason)), *from = last;
    if (last > reason) {
        const char *before = last_part(reason, (gsize)(last - reason) - 2);
        const char *path = memchr(before, '/', (gsize)(last - before));
        from = path ? path : last;
        from = *last == '/' ? reason : from;
    }
    static GRegex *names;
    if (g_once_init_enter(&names))
        g_once_init_leave(&names, g_regex_new("(CVE|GHSA)-[A-Za-z0-9]+-[A-Za-z0-9-]+", G_REGEX_RAW, 0, NULL));
    return g_regex_replace_literal(names, from, -1, 0, "the vulnerability", 0, NULL);
}

/* What a remedy is known for, or what the reasons have in common. Caller frees. */
static char *cause_of(const struct result *result)
{
    if (result->cause && *result->cause && (result->remediation || !result->reason))
        return g_strdup(result->cause);
    char *common = result->reason && *result->reason ? essence(result->reason) : NULL;
    return common ? common : g_strdup("no reason was recorded");
}

static struct view_cause *find_cause(GPtrArray *groups, const char *cause, const char *remediation)
{
    for (guint i = 0; i < groups->len; i++) {
        struct view_cause *group = groups->pdata[i];
        if (g_str_equal(group->cause, cause) && g_strcmp0(group->remediation, remediation) == 0)
            return group;
    }
    struct view_cause *group = g_new0(struct view_cause, 1);
    group->cause = g_strdup(cause);
    group->remediation = g_strdup(remediation);
    group->results = g_ptr_array_new();
    g_ptr_array_add(groups, group);
    return group;
}

static int by_size(const void *left, const void *right)
{
    const struct view_cause *a = *(struct view_cause *const *)left, *b = *(struct view_cause *const *)right;
    int order = compare_counts(b->results->len, a->results->len);
    return order ? order : strcmp(a->cause, b->cause);
}

GPtrArray *view_causes(const struct audit *audit)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(cause_free);
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (result->verdict != VERDICT_ERROR && result->verdict != VERDICT_UNKNOWN)
            continue;
        g_autofree char *cause = cause_of(result);
        struct view_cause *group = find_cause(groups, cause, result->remediation);
        g_ptr_array_add(group->results, result);
        group->errors += result->verdict == VERDICT_ERROR;
    }
    g_ptr_array_sort(groups, by_size);
    return groups;
}

char *view_observed(const struct item_result *item)
{
    pl_autojson json_object *safe = secret_hide_tree(item->observed, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    json_object_object_foreach (safe, key, value) {
        g_autofree char *shown = shown_text(value);
        g_string_append_printf(text, "%s%s=%s", text->len ? ", " : "", key, shown);
        if (text->len > 2 * VIEW_OBSERVED_MAX * 4)
            break;
    }
    return escape_bounded(text->str, VIEW_OBSERVED_MAX);
}

char *view_finding(const struct item_result *item)
{
    if (item->finding)
        return escape_bounded(item->finding, VIEW_OBSERVED_MAX);
    char *observed = view_observed(item);
    if (*observed || !item->reason)
        return observed;
    g_free(observed);
    return escape_bounded(item->reason, VIEW_OBSERVED_MAX);
}

const char *view_expected(const struct result *result, const struct item_result *item)
{
    return result->expected ? result->expected : item->finding ? NULL : item->expected;
}

const char *view_reason(const struct result *result)
{
    return result->finding ? result->finding : result->reason;
}

static void append_part(GString *text, const char *part)
{
    if (part && *part)
        g_string_append_printf(text, "%s%s", text->len ? ", " : "", part);
}

char *view_source(const struct source *source)
{
    g_autoptr(GString) text = g_string_new(source->path);
    if (source->path && source->line)
        g_string_append_printf(text, ":%u", source->line);
    append_part(text, source->process);
    append_part(text, source->api);
    return escape_bounded(text->str, VIEW_OBSERVED_MAX);
}

char *view_reference(const struct reference *reference)
{
    const char *benchmark = reference->benchmark ? reference->benchmark : "";
    const char *control = reference->control ? reference->control : "";
    if (reference->level)
        return g_strdup_printf("%s %s L%d", benchmark, control, reference->level);
    return g_strdup_printf("%s %s", benchmark, control);
}

char *view_references(const struct result *result, const char *separator)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < result->references->len; i++) {
        g_autofree char *one = view_reference(result->references->pdata[i]);
        g_string_append_printf(text, "%s%s", i ? separator : "", one);
    }
    return g_string_free(text, FALSE);
}

char *view_note(const struct waiver_note *note)
{
    return g_strdup_printf("by %s until %s: %s", note->owner ? note->owner : "?", note->until ? note->until : "?",
                           note->reason ? note->reason : "");
}

GPtrArray *view_items(const struct result *result)
{
    GPtrArray *items = g_ptr_array_new();
    for (guint i = 0; i < result->items->len; i++) {
        struct item_result *item = result->items->pdata[i];
        if (result->verdict != VERDICT_FAIL || view_item_state(item) == VIEW_FAIL)
            g_ptr_array_add(items, item);
    }
    if (items->len)
        return items;
    for (guint i = 0; i < result->items->len; i++)
        g_ptr_array_add(items, result->items->pdata[i]);
    return items;
}

guint64 view_more(const struct result *result, const GPtrArray *items, guint shown)
{
    bool failing = items != result->items && items->len && result->verdict == VERDICT_FAIL &&
                   view_item_state(items->pdata[0]) == VIEW_FAIL &&
                   view_item_state(items->pdata[items->len - 1]) == VIEW_FAIL;
    guint64 all = failing ? MAX(result->items_failed, items->len) : MAX(result->items_total, items->len);
    return all > shown ? all - shown : 0;
}

enum view_demands view_demands(const struct audit *audit)
{
    if (audit->gate.exit_code > 0)
        return audit->gate.exit_code == 1 ? VIEW_NOT_MET : VIEW_INCOMPLETE;
    return g_strcmp0(audit->gate.fail_on, "none") == 0 ? VIEW_NOTHING_DEMANDED : VIEW_MET;
}

char *view_sandbox(const struct sandbox_state *sandbox)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_part(text, sandbox->no_new_privs ? "no_new_privs" : NULL);
    append_part(text, sandbox->seccomp ? "seccomp" : NULL);
    if (sandbox->landlock_abi > 0)
        g_string_append_printf(text, "%sLandlock ABI %d", text->len ? ", " : "", sandbox->landlock_abi);
    append_part(text, sandbox->separated ? "separated" : NULL);
    append_part(text, sandbox->undumpable ? "undumpable" : NULL);
    if (sandbox->separated)
        g_string_append_printf(text, ", uid %d", sandbox->uid);
    return g_strdup(text->len ? text->str : "none");
}

const char *view_layer(enum layer layer)
{
    static const char *const names[LAYER_COUNT] = {"Code", "Container", "Cluster", "Cloud"};
    return names[layer];
}
