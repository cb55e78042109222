/* Evidence: which fields of an item a report shows. */
#include "engine/field.h"
#include "engine/judge.h"
#include "engine/judge_item.h"
#include "engine/matcher.h"
#include "engine/outcome.h"
#include "engine/row.h"
#include "engine/sentence.h"
#include "engine/words.h"
#include "model/secret.h"
#include "model/tree.h"

#include <string.h>

/* What is shown of a value: a text, a list or object, levels. */
static const struct secret_bounds evidence_bounds = {.text = 1024, .list = 50, .depth = 8};

/* The first text among the fields with a trait; NULL without. */
static const char *text_with(const struct item *item, const struct probe *probe, enum field_traits trait)
{
    const char *text = NULL;
    for (const struct probe_field *field = probe->fields; field->name && !text; field++)
        if (field->traits & trait)
            text = tree_string_of(tree_member(item->fields, field->name));
    return text;
}

static bool names_secret(const struct item *item, const struct probe *probe)
{
    const char *name = text_with(item, probe, FIELD_NAMES);
    return item->secret || (name && secret_names_member(name));
}

/* A line that was split into a name and a value: "mysqldump", "-pX shop". */
static void gather_line(const struct item *item, const struct probe *probe, GPtrArray *known)
{
    const char *name = text_with(item, probe, FIELD_NAMES), *value = text_with(item, probe, FIELD_VALUE);
    g_autofree char *text = name && value ? g_strconcat(name, " ", value, NULL) : NULL;
    pl_autojson json_object *line = text ? json_object_new_string(text) : NULL;
    if (line)
        secret_gather("", line, false, known);
}

/* What an item's fields show to be secrets: a capture or a reason may hold it without the name that gives it away. The
 * caller frees; NULL for items that hold none. */
static GPtrArray *known_secrets(const struct item *item, const struct probe *probe, bool named)
{
    GPtrArray *known = g_ptr_array_new_with_free_func(g_free);
    unsigned telling = named ? FIELD_RAW | FIELD_VALUE : FIELD_RAW;
    for (const struct probe_field *field = probe->fields; field->name; field++)
        if (field->traits & telling)
            secret_gather("", tree_member(item->fields, field->name), named, known);
    gather_line(item, probe, known);
    if (!known->len)
        g_clear_pointer(&known, g_ptr_array_unref);
    return known;
}

/* An item and its secrets. */
struct evidence_sight {
    const struct item *item;
    const struct probe *probe;
    GPtrArray *known;
    bool named;
};

static void sight_open(struct evidence_sight *sight, const struct item *item, const struct probe *probe)
{
    bool named = names_secret(item, probe);
    *sight = (struct evidence_sight){item, probe, known_secrets(item, probe, named), named};
}

static void sight_close(struct evidence_sight *sight)
{
    if (sight->known)
        g_ptr_array_unref(sight->known);
}

/* A copy of a field's value without secrets. `field` may be the way to a member ("value.password"). */
static json_object *hidden(const struct evidence_sight *sight, const char *field, const json_object *value)
{
    struct secret_bounds bounds = evidence_bounds;
    bounds.known = sight->known;
    const char *dot = strchr(field, '.');
    g_autofree char *holder = dot ? g_strndup(field, (gsize)(dot - field)) : NULL;
    const struct probe_field *row = sight->named ? probe_field_find(sight->probe, field) : NULL;
    unsigned traits = row ? row->traits : FIELD_PLAIN;
    enum secret_held held = traits & FIELD_LOST                  ? SECRET_HELD_LOST
                            : traits & (FIELD_RAW | FIELD_VALUE) ? SECRET_HELD
                                                                 : SECRET_HELD_NOT;
    const char *member = dot && !held ? dot + 1 : dot ? holder : field;
    return secret_hide_member(member, value, held, &bounds);
}

static void hide_known(char **text, const GPtrArray *known)
{
    char *shown = known && *text ? secret_hide_known(*text, known) : NULL;
    if (!shown)
        return;
    g_free(*text);
    *text = shown;
}

static void show(json_object *observed, const struct evidence_sight *sight, const char *field, bool also_absent)
{
    const json_object *value = item_field(sight->item, field);
    if (json_object_object_get_ex(observed, field, NULL) || (!value && !also_absent))
        return;
    json_object_object_add(observed, field, value ? hidden(sight, field, value) : NULL);
}

static bool is_decisive(const struct expectation *expectation, const json_object *member)
{
    for (guint i = 0; i < expectation->matchers->len; i++)
        if (matcher_points_at(g_ptr_array_index(expectation->matchers, i), member))
            return true;
    return false;
}

/* A set has no order: what decides comes first, where it is seen. */
static void put_decisive_first(json_object *observed, const struct item *item, const struct expectation *expectation)
{
    const json_object *shown = tree_member(observed, expectation->field);
    const json_object *value = item_field(item, expectation->field);
    bool set = expectation->type == VALUE_SET && json_object_is_type(shown, json_type_array) &&
               json_object_is_type(value, json_type_array);
    size_t n = set ? json_object_array_length(value) : 0;
    if (n < 2 || n != json_object_array_length(shown))
        return;
    json_object *sorted = json_object_new_array_ext((int)n);
    for (int decisive = 1; decisive >= 0; decisive--)
        for (size_t i = 0; i < n; i++)
            if (is_decisive(expectation, json_object_array_get_idx(value, i)) == decisive)
                json_object_array_add(sorted, json_object_get(json_object_array_get_idx(shown, i)));
    json_object_object_add(observed, expectation->field, sorted);
}

static json_object *observe(const struct evidence_sight *sight, const GPtrArray *expectations)
{
    const struct item *item = sight->item;
    json_object *observed = json_object_new_object();
    for (guint i = 0; i < expectations->len; i++) {
        const struct expectation *expectation = g_ptr_array_index(expectations, i);
        bool unread = item_field_hindrance(item, expectation->field);
        /* What was seen of a list that could not be read whole is shown too. */
        if (!unread || json_object_is_type(item_field(item, expectation->field), json_type_array))
            show(observed, sight, expectation->field, true);
        put_decisive_first(observed, item, expectation);
    }
    for (const struct probe_field *field = sight->probe->fields; field->name && expectations->len; field++)
        if (field->traits & FIELD_TOLD)
            show(observed, sight, field->name, false);
    if (expectations->len)
        return observed;
    json_object_object_foreach (item->fields, field, value) {
        if (value)
            json_object_object_add(observed, field, hidden(sight, field, value));
    }
    return observed;
}

struct item_result *evidence_new(const struct item *item, const struct bound_test *test, enum verdict verdict)
{
    struct row *row = g_new0(struct row, 1);
    row->base.subject = g_strdup(item->subject);
    row->base.verdict = verdict;
    row->base.stopped = item->stopped;
    row->item = item;
    row->test = test;
    return &row->base;
}

void evidence_turn(struct item_result *result)
{
    struct row *row = (struct row *)result;
    row->turned = !row->turned;
    result->verdict = verdict_invert(result->verdict);
}

const json_object *evidence_field(const struct item_result *result, const char *field)
{
    const json_object *value = tree_member(((const struct row *)result)->item->fields, field);
    for (guint i = 0; !value && result->also && i < result->also->len; i++)
        value = evidence_field(g_ptr_array_index(result->also, i), field);
    return value;
}

/* Most things that a rule looks at are alike: rows that show the same share one tree, which nobody changes any more. */
#define OBSERVED_CACHE_MAX 4

struct observed_cache {
    const struct row *rows[OBSERVED_CACHE_MAX]; /* the last ones that differ; NULL: none */
    bool secret[OBSERVED_CACHE_MAX];
    unsigned next;
};

static bool same_field(const struct item *a, const struct item *b, const char *field)
{
    /* json_object_equal() reads alone, for all that it takes no const. */
    json_object *left = (json_object *)(uintptr_t)item_field(a, field);
    json_object *right = (json_object *)(uintptr_t)item_field(b, field);
    return !left || !right ? left == right : json_object_equal(left, right);
}

static bool shows_same(const struct item *a, const struct item *b, const struct bound_test *test)
{
    const GPtrArray *expectations = test->expectations;
    for (guint i = 0; i < expectations->len; i++) {
        const char *field = ((struct expectation *)g_ptr_array_index(expectations, i))->field;
        if (!item_field_hindrance(a, field) != !item_field_hindrance(b, field) || !same_field(a, b, field))
            return false;
    }
    for (const struct probe_field *field = test->test->probe->fields; field->name; field++)
        if ((field->traits & FIELD_TOLD) && !same_field(a, b, field->name))
            return false;
    return true;
}

static json_object *observe_once(const struct row *row, const struct evidence_sight *sight,
                                 struct observed_cache *cache)
{
    const GPtrArray *expectations = row->test->expectations;
    if (!expectations->len)
        return observe(sight, expectations);
    bool secret = sight->named || sight->known;
    for (unsigned i = 0; i < OBSERVED_CACHE_MAX; i++)
        if (cache->rows[i] && !secret && !cache->secret[i] && shows_same(cache->rows[i]->item, row->item, row->test))
            return json_object_get(cache->rows[i]->base.observed);
    cache->secret[cache->next] = secret;
    cache->rows[cache->next] = row;
    cache->next = (cache->next + 1) % OBSERVED_CACHE_MAX;
    return observe(sight, expectations);
}

/* Whoever has no name is still somebody: the number that the item has beside the field for it. */
static const json_object *number_for(const struct evidence_sight *sight, const char *name)
{
    const struct probe_field *field = probe_field_find(sight->probe, name);
    return field && field->number ? item_field(sight->item, field->number) : NULL;
}

static json_object *value_seen(const void *data, const char *name)
{
    const struct evidence_sight *sight = data;
    if (g_str_equal(name, "subject"))
        return json_object_new_string(sight->item->subject);
    const json_object *value = item_field(sight->item, name);
    if (!value && item_field_hindrance(sight->item, name))
        return json_object_new_string("not readable");
    value = value ? value : number_for(sight, name);
    return value ? hidden(sight, name, value) : NULL;
}

/* Of what passes nothing is wrong. */
static char *finding_of(const struct row *row, const struct evidence_sight *sight)
{
    bool told = row->base.verdict == VERDICT_FAIL || row->base.verdict == VERDICT_NOTCHECKED ||
                row->base.verdict == VERDICT_INFORMATIONAL;
    return told ? sentence_fill(row->test->finding, value_seen, sight) : NULL;
}

static void advise(const struct row *row, const struct evidence_sight *sight, struct fix_filling *fixes)
{
    bool asked = row->base.verdict == VERDICT_NOTCHECKED;
    if ((row->base.verdict == VERDICT_FAIL && !row->base.waived) || asked)
        fix_filling_add(fixes, row->test->fixes, row->item, asked, value_seen, sight);
}

/* What the rows of one test have in common. */
struct filled_test {
    char *expected;
    struct observed_cache cache;
};

static void filled_test_free(gpointer data)
{
    struct filled_test *filled = data;
    g_free(filled->expected);
    g_free(filled);
}

static struct filled_test *filled_of(GHashTable *tests, const struct bound_test *test)
{
    struct filled_test *filled = g_hash_table_lookup(tests, test);
    if (filled)
        return filled;
    filled = g_new0(struct filled_test, 1);
    filled->expected = words_demand(test->test, test->expectations);
    g_hash_table_insert(tests, (gpointer)(uintptr_t)test, filled);
    return filled;
}

static void fill(struct row *row, GHashTable *tests, struct fix_filling *fixes)
{
    struct item_result *result = &row->base;
    struct filled_test *filled = filled_of(tests, row->test);
    const char *expected = filled->expected;
    json_object_put(result->observed);
    struct evidence_sight sight;
    sight_open(&sight, row->item, row->test->test->probe);
    result->observed = observe_once(row, &sight, &filled->cache);
    g_free(result->expected);
    result->expected = row->turned && expected ? g_strdup_printf("not (%s)", expected) : g_strdup(expected);
    g_free(result->finding);
    result->finding = finding_of(row, &sight);
    source_copy(&result->source, &row->item->source);
    advise(row, &sight, fixes);
    if ((result->verdict == VERDICT_ERROR || result->verdict == VERDICT_UNKNOWN) && !result->reason)
        judge_item(row->item, row->test->expectations, &result->reason);
    hide_known(&result->reason, sight.known);
    hide_known(&result->finding, sight.known);
    hide_known(&result->subject, sight.known);
    sight_close(&sight);
}

/* Those of the first test, for where there is no item. */
static const GPtrArray *first_fixes(const struct bound_check *check)
{
    const GPtrArray *fixes = check->test ? check->test->fixes : NULL;
    for (guint i = 0; check->children && i < check->children->len && !fixes; i++)
        fixes = first_fixes(g_ptr_array_index(check->children, i));
    return fixes;
}

void evidence_fill(struct result *result, const struct bound_rule *rule, enum package_manager packages)
{
    struct fix_filling *fixes = fix_filling_new(packages);
    g_autoptr(GHashTable) tests = g_hash_table_new_full(NULL, NULL, NULL, filled_test_free);
    g_autoptr(GHashTable) joints = row_joints_new();
    for (guint i = 0; i < result->items->len; i++) {
        struct row *row = g_ptr_array_index(result->items, i);
        fill(row, tests, fixes);
        for (guint k = 0; row->base.also && k < row->base.also->len; k++)
            fill(g_ptr_array_index(row->base.also, k), tests, fixes);
    }
    for (guint i = 0; i < result->items->len; i++)
        row_join(g_ptr_array_index(result->items, i), joints);
    fix_filling_end(fixes, result, first_fixes(rule->check));
}
