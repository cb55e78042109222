#include "engine/ruletest_match.h"

#include "engine/members.h"
#include "model/tree.h"

#include <string.h>

#define DESCRIBED_MAX 20
#define FINDINGS_MAX  600 /* bytes after which no more are listed */

static bool text_is(const json_object *wanted, const char *have)
{
    g_autofree char *text = tree_text(wanted);
    return have && g_str_equal(text, have);
}

static bool text_in(const json_object *wanted, const char *have)
{
    g_autofree char *text = tree_text(wanted);
    return have && strstr(have, text);
}

/* 1 and "1" are the same to the author of a test. */
static bool same(const json_object *a, const json_object *b)
{
    g_autofree char *ta = tree_text(a);
    g_autofree char *tb = tree_text(b);
    return g_str_equal(ta, tb);
}

static bool observed_matches(const json_object *wanted, const json_object *observed)
{
    if (!json_object_is_type(wanted, json_type_object))
        return false;
    json_object_object_foreach (wanted, field, value) {
        json_object *have = NULL;
        if (!json_object_object_get_ex(observed, field, &have) || !same(value, have))
            return false;
    }
    return true;
}

/* What is said of an item or of the whole result. */
static bool words_match(const char *key, const json_object *wanted, const struct item_result *item,
                        const struct result *result)
{
    if (g_str_equal(key, "finding"))
        return text_in(wanted, item->finding) || text_in(wanted, result->finding);
    if (g_str_equal(key, "expected"))
        return text_in(wanted, item->expected);
    return text_in(wanted, item->reason) || text_in(wanted, result->reason);
}

static bool member_matches(const char *key, const json_object *wanted, const struct item_result *item,
                           const struct result *result)
{
    if (g_str_equal(key, "subject"))
        return text_is(wanted, item->subject);
    if (g_str_equal(key, "verdict"))
        return text_is(wanted, verdict_name(item->verdict));
    if (g_str_equal(key, "observed"))
        return observed_matches(wanted, item->observed);
    if (g_str_equal(key, "path"))
        return text_is(wanted, item->source.path);
    if (g_str_equal(key, "line"))
        return json_object_is_type(wanted, json_type_int) && json_object_get_int64(wanted) == item->source.line;
    if (g_str_equal(key, "process"))
        return text_in(wanted, item->source.process);
    if (g_str_equal(key, "api"))
        return text_in(wanted, item->source.api);
    return words_match(key, wanted, item, result);
}

static bool item_matches(const json_object *evidence, const struct item_result *item, const struct result *result)
{
    json_object_object_foreach (evidence, key, wanted) {
        if (!member_matches(key, wanted, item, result))
            return false;
    }
    return true;
}

/* A result that has no items to show. */
static bool result_matches(const json_object *evidence, const struct result *result)
{
    const json_object *reason = tree_member(evidence, "reason"), *finding = tree_member(evidence, "finding");
    bool alone = json_object_object_length(evidence) == 1;
    return alone && ((reason && text_in(reason, result->reason)) || (finding && text_in(finding, result->finding)));
}

void test_check_evidence(const json_object *evidence, struct complaints *to)
{
    members_check(to, evidence, "evidence", evidence_members);
    if (!json_object_is_type(evidence, json_type_object))
        return;
    json_object_object_foreach (evidence, key, wanted) {
        bool mapping = json_object_is_type(wanted, json_type_object),
             number = json_object_is_type(wanted, json_type_int);
        if (g_str_equal(key, "observed") && !mapping)
            complain(to, wanted ? wanted : evidence, "\"observed\" must map fields to values");
        else if (g_str_equal(key, "line") && !number)
            complain(to, wanted ? wanted : evidence, "\"line\" must be a number");
        else if (!g_str_equal(key, "observed") && !number && !json_object_is_type(wanted, json_type_string))
            complain(to, wanted ? wanted : evidence, "\"%s\" must be text: quote it", key);
    }
}

/* Adds a text once. */
static void add_once(GPtrArray *texts, const char *text)
{
    if (text && !g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
        g_ptr_array_add(texts, (gpointer)(uintptr_t)text);
}

/* "; subjects: a, b" and no more than the author can look through. */
static void put_texts(GString *out, const char *what, const GPtrArray *texts)
{
    for (guint i = 0; i < MIN(texts->len, DESCRIBED_MAX); i++)
        g_string_append_printf(out, "%s%s", i ? ", " : what, (const char *)g_ptr_array_index(texts, i));
    if (texts->len > DESCRIBED_MAX)
        g_string_append_printf(out, " and %u more", texts->len - DESCRIBED_MAX);
}

/* The fields that items show are those that the rule judges: one that a case names beside them is never shown. */
static void put_unshown(GString *out, const json_object *wanted, GPtrArray *shown)
{
    if (!json_object_is_type(wanted, json_type_object))
        return;
    json_object_object_foreach (wanted, field, value) {
        (void)value;
        if (!g_ptr_array_find_with_equal_func(shown, field, g_str_equal, NULL))
            g_string_append_printf(out, "; no item shows the field \"%s\": it is not among those that the rule judges",
                                   field);
    }
}

/* What there was instead: subjects and fields, where the case demands some. */
static char *shown_instead(const json_object *evidence, const GPtrArray *items)
{
    GString *out = g_string_new(items->len ? NULL : "; the result has no items");
    g_autoptr(GPtrArray) subjects = g_ptr_array_new(), fields = g_ptr_array_new();
    for (guint i = 0; i < items->len; i++) {
        const struct item_result *item = g_ptr_array_index(items, i);
        add_once(subjects, item->subject);
        if (!json_object_is_type(item->observed, json_type_object))
            continue;
        json_object_object_foreach (item->observed, field, value) {
            (void)value;
            add_once(fields, field);
        }
    }
    if (tree_member(evidence, "subject"))
        put_texts(out, "; the subjects are ", subjects);
    if (items->len)
        put_unshown(out, tree_member(evidence, "observed"), fields);
    return g_string_free(out, FALSE);
}

char *test_match_evidence(const json_object *evidence, const struct result *result)
{
    if (!evidence)
        return NULL;
    if (result_matches(evidence, result))
        return NULL;
    for (guint i = 0; i < result->items->len; i++)
        if (item_matches(evidence, g_ptr_array_index(result->items, i), result))
            return NULL;
    g_autofree char *wanted = tree_canonical(evidence), *instead = shown_instead(evidence, result->items);
    return g_strdup_printf("no item shows the evidence %s%s%s%s", wanted, instead, result->reason ? "; reason: " : "",
                           result->reason ? result->reason : "");
}

char *test_findings(const struct result *result)
{
    GString *out = g_string_new(result->finding);
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        bool told = item->verdict == VERDICT_FAIL || item->verdict == VERDICT_NOTCHECKED ||
                    item->verdict == VERDICT_INFORMATIONAL;
        if (told && !item->finding) {
            g_string_free(out, TRUE);
            return NULL;
        }
        if (told && out->len < FINDINGS_MAX)
            g_string_append_printf(out, "%s%s", out->len ? " | " : "", item->finding);
    }
    bool silent = !out->len && result->verdict == VERDICT_FAIL;
    return g_string_free(out, silent);
}

static void describe(GString *out, const struct item_result *item)
{
    g_autofree char *observed = tree_canonical(item->observed);
    g_string_append_printf(out, "%s%s: %s %s", out->len ? "\n" : "", verdict_name(item->verdict), item->subject,
                           observed);
    if (item->source.path)
        g_string_append_printf(out, " at %s:%u", item->source.path, item->source.line);
    if (item->source.process)
        g_string_append_printf(out, " of %s", item->source.process);
    if (item->source.api)
        g_string_append_printf(out, " from %s", item->source.api);
    if (item->finding)
        g_string_append_printf(out, ": %s", item->finding);
    if (item->expected)
        g_string_append_printf(out, ", expected: %s", item->expected);
    if (item->reason)
        g_string_append_printf(out, "; %s", item->reason);
}

char *test_describe(const struct result *result)
{
    if (result->items->len == 0)
        return NULL;
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < MIN(result->items->len, DESCRIBED_MAX); i++)
        describe(out, g_ptr_array_index(result->items, i));
    if (result->items->len > DESCRIBED_MAX)
        g_string_append_printf(out, "\n... and %u more", result->items->len - DESCRIBED_MAX);
    return g_string_free(out, FALSE);
}
