#include "model/audit.h"

#include "model/visible.h"

struct waiver_note *waiver_note_new(const char *reason, const char *owner, const char *until)
{
    struct waiver_note *note = g_new0(struct waiver_note, 1);
    note->reason = g_strdup(reason);
    note->owner = g_strdup(owner);
    note->until = g_strdup(until);
    return note;
}

static void waiver_note_clear(struct waiver_note *note)
{
    g_free(note->reason);
    g_free(note->owner);
    g_free(note->until);
}

void waiver_note_free(struct waiver_note *note)
{
    if (!note)
        return;
    waiver_note_clear(note);
    g_free(note);
}

void waiver_use_free(gpointer data)
{
    struct waiver_use *use = data;
    g_free(use->rule);
    g_free(use->item);
    waiver_note_clear(&use->note);
    g_free(use);
}

struct reference *reference_new(const char *benchmark, const char *control, int level)
{
    struct reference *reference = g_new0(struct reference, 1);
    reference->benchmark = g_strdup(benchmark);
    reference->control = g_strdup(control);
    reference->level = level;
    return reference;
}

void reference_free(gpointer data)
{
    struct reference *reference = data;
    g_free(reference->benchmark);
    g_free(reference->control);
    g_free(reference);
}

struct run_error *run_error_new(const char *where, const char *message)
{
    struct run_error *error = g_new0(struct run_error, 1);
    error->where = visible_valid(where);
    error->message = visible_valid(message);
    return error;
}

void run_error_free(gpointer data)
{
    struct run_error *error = data;
    g_free(error->where);
    g_free(error->message);
    g_free(error);
}

void fact_free(gpointer data)
{
    struct fact *fact = data;
    g_free(fact->name);
    g_free(fact->value);
    g_free(fact);
}

struct item_result *item_result_new(void)
{
    struct item_result *item = g_new0(struct item_result, 1);
    item->observed = json_object_new_object();
    return item;
}

void item_result_free(gpointer data)
{
    struct item_result *item = data;
    g_free(item->subject);
    g_free(item->reason);
    json_object_put(item->observed);
    g_free(item->expected);
    g_free(item->finding);
    g_free(item->because);
    source_clear(&item->source);
    waiver_note_free(item->waived);
    if (item->also)
        g_ptr_array_unref(item->also);
    g_free(item);
}

struct result *result_new(void)
{
    struct result *result = g_new0(struct result, 1);
    result->references = g_ptr_array_new_with_free_func(reference_free);
    result->tags = g_ptr_array_new_with_free_func(g_free);
    result->items = g_ptr_array_new_with_free_func(item_result_free);
    return result;
}

void fix_clear(struct fix *fix)
{
    g_free(fix->text);
    g_free(fix->shell);
    g_free(fix->ansible);
    g_free(fix->undo);
    g_free(fix->warning);
    *fix = (struct fix){0};
}

void result_free(gpointer data)
{
    struct result *result = data;
    g_free(result->rule);
    g_free(result->title);
    g_free(result->module);
    g_free(result->module_title);
    g_free(result->reason);
    g_free(result->cause);
    g_free(result->remediation);
    g_free(result->finding);
    g_free(result->expected);
    g_free(result->because);
    waiver_note_free(result->waived);
    g_free(result->rationale);
    g_free(result->question);
    g_free(result->ability);
    waiver_note_free(result->attested);
    g_ptr_array_unref(result->references);
    g_ptr_array_unref(result->tags);
    fix_clear(&result->fix);
    g_ptr_array_unref(result->items);
    g_free(result->object);
    g_free(result->objects);
    g_free(result);
}

static guint64 *count_of(struct result *result, const struct item_result *item)
{
    switch ((int)item->verdict) {
    case VERDICT_FAIL:
        return item->waived ? &result->items_waived : item->because ? &result->items_folded : &result->items_failed;
    case VERDICT_PASS:
        return &result->items_passed;
    case VERDICT_ERROR:
    case VERDICT_UNKNOWN:
        return &result->items_unknown;
    default:
        return NULL;
    }
}

void result_count(struct result *result)
{
    result->items_total = result->items->len;
    result->items_failed = result->items_folded = result->items_waived = result->items_passed = result->items_unknown =
        0;
    for (guint i = 0; i < result->items->len; i++) {
        guint64 *count = count_of(result, g_ptr_array_index(result->items, i));
        if (count)
            ++*count;
    }
}

void result_count_kept(struct result *result)
{
    guint64 total = MAX(result->items_total, result->items->len);
    result_count(result);
    guint64 dropped = total - result->items->len;
    result->items_total = total;
    /* Passing items were the first to go. */
    result->items_at_least = dropped && result->items->len >= ITEMS_KEPT;
    if (!result->items_at_least && (result->verdict == VERDICT_PASS || result->verdict == VERDICT_FAIL))
        result->items_passed += dropped;
}

bool result_is_waived(const struct result *result)
{
    return result->verdict == VERDICT_FAIL && result->waived;
}

void module_score_free(gpointer data)
{
    struct module_score *module = data;
    g_free(module->module);
    g_free(module->title);
    g_free(module);
}

unsigned score_judged(const struct score *score)
{
    return score->counts[VERDICT_PASS] + score->counts[VERDICT_FAIL] + score->differ + score->waived;
}

static const char *const note_names[] = {
    [SCORE_NOTHING_JUDGED] = "nothing-judged",
    [SCORE_NOTHING_SEEN] = "nothing-observed",
    [SCORE_FEW_RULES] = "few-rules",
    [SCORE_LOW_COVERAGE] = "coverage",
    [SCORE_CRITICAL] = "critical",
    [SCORE_HIGH] = "high",
};
_Static_assert(G_N_ELEMENTS(note_names) == SCORE_NOTE_COUNT, "a name for every note");

const char *score_note_name(enum score_note note)
{
    return note_names[note];
}

bool score_note_parse(const char *name, enum score_note *out)
{
    for (int i = 1; i < SCORE_NOTE_COUNT; i++) {
        if (!g_str_equal(note_names[i], name))
            continue;
        *out = (enum score_note)i;
        return true;
    }
    return false;
}

struct audit *audit_new(void)
{
    struct audit *audit = g_new0(struct audit, 1);
    audit->modules = g_ptr_array_new_with_free_func(module_score_free);
    audit->profiles = g_ptr_array_new_with_free_func(g_free);
    audit->values = g_ptr_array_new_with_free_func(fact_free);
    audit->results = g_ptr_array_new_with_free_func(result_free);
    ability_table_init(&audit->abilities);
    audit->errors = g_ptr_array_new_with_free_func(run_error_free);
    audit->waivers = g_ptr_array_new_with_free_func(waiver_use_free);
    audit->waivers_unused = g_ptr_array_new_with_free_func(waiver_use_free);
    audit->waivers_expired = g_ptr_array_new_with_free_func(waiver_use_free);
    return audit;
}

void audit_free(struct audit *audit)
{
    if (!audit)
        return;
    g_free(audit->version);
    g_free(audit->host.name);
    g_free(audit->host.os);
    g_free(audit->host.kernel);
    g_free(audit->host.arch);
    g_free(audit->host.root);
    g_free(audit->host.id);
    g_free(audit->started);
    g_ptr_array_unref(audit->profiles);
    g_ptr_array_unref(audit->values);
    g_free(audit->sandbox.capabilities);
    g_free(audit->sandbox.note);
    g_ptr_array_unref(audit->modules);
    g_ptr_array_unref(audit->results);
    ability_table_clear(&audit->abilities);
    g_ptr_array_unref(audit->errors);
    g_ptr_array_unref(audit->waivers);
    g_ptr_array_unref(audit->waivers_unused);
    g_ptr_array_unref(audit->waivers_expired);
    g_free(audit->gate.fail_on);
    g_free(audit->gate.why);
    difference_free(audit->difference);
    g_free(audit);
}
