#include "cmocka_all.h"
#include "model/error.h"
#include "sample.h"

#include <string.h>

/* Every format, made directly and made from the JSON, is the same byte for byte. */
static void assert_same_reports(const struct audit *audit)
{
    static const struct report_options looks[] = {{.utf8 = true},
                                                  {.utf8 = true, .verbose = true, .color = true, .hyperlinks = true},
                                                  {.width = 60},
                                                  {.quiet = true}};
    g_autoptr(GString) json = sample_render("json", audit, looks[0]);
    g_autoptr(GError) error = NULL;
    pl_auto(audit) back = audit_from_json(json->str, json->len, &error);
    if (!back)
        fail_msg("%s", error->message);
    size_t count = 0;
    const struct report *const *reports = report_all(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t query = 0; query < G_N_ELEMENTS(looks); query++) {
            g_autoptr(GString) direct = sample_render(reports[i]->name, audit, looks[query]);
            g_autoptr(GString) later = sample_render(reports[i]->name, back, looks[query]);
            assert_string_equal(direct->str, later->str);
        }
    }
}

static void round_trips(void **state)
{
    (void)state;
    struct audit *(*const samples[])(void) = {sample_audit, sample_clean, sample_empty};
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        pl_auto(audit) audit = samples[i]();
        assert_same_reports(audit);
    }
    pl_auto(audit) containers = sample_containers(20);
    assert_same_reports(containers);
    pl_auto(audit) large = sample_large(200);
    assert_same_reports(large);
}

/* The sample's JSON with one text replaced, read back; the error says where. */
static void assert_refused_of(struct audit *of, const char *from, const char *to, const char *message)
{
    pl_auto(audit) audit = of;
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    assert_int_equal(g_string_replace(json, from, to, 1), 1);
    g_autoptr(GError) error = NULL;
    assert_null(audit_from_json(json->str, json->len, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
    if (!strstr(error->message, message))
        fail_msg("\"%s\" is not in \"%s\"", message, error->message);
}

static void assert_refused(const char *from, const char *to, const char *message)
{
    assert_refused_of(sample_audit(), from, to, message);
}

static void refused_abilities(void **state)
{
    (void)state;
    assert_refused_of(sample_containers(9), "\"grade\":\"low\"", "\"grade\":\"lower\"",
                      "cells[3].grade: \"lower\" is no grade of an ability");
    assert_refused_of(sample_containers(9), "\"cells\":[", "\"cells\":[null,",
                      "abilities.rows[0].cells: 8 cells for 7 columns");
    assert_refused_of(sample_containers(9), "\"item\":0", "\"item\":-1", "].item: out of range");
    assert_refused_of(sample_containers(9), "\"rules\":[", "\"rules\":[null,", "columns[0].rules[0]: a string");
}

/* What was added after the first version of the format. */
static void older_documents(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    assert_true(g_string_replace(json, "\"ability\":null,", "", 0) > 0);
    assert_int_equal(g_string_replace(json, " \"abilities\":{\"columns\":[],\"rows\":[]},\n", "", 0), 1);
    pl_auto(audit) back = audit_from_json(json->str, json->len, NULL);
    assert_non_null(back);
    assert_int_equal(back->abilities.columns->len, 0);
}

/* A report that was kept from before the format's second version makes every report still. */
static void version_one(void **state)
{
    (void)state;
    g_autofree char *text = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(TEST_SOURCE_DIR "/tests/reports/sample-1.json", &text, &length, NULL));
    assert_non_null(strstr(text, "plumbline-audit/1"));
    g_autoptr(GError) error = NULL;
    pl_auto(audit) audit = audit_from_json(text, length, &error);
    if (!audit)
        fail_msg("%s", error->message);
    guint remedied = 0;
    for (guint i = 0; i < audit->results->len; i++)
        remedied += ((struct result *)g_ptr_array_index(audit->results, i))->remediation != NULL;
    assert_true(remedied > 0);
    assert_same_reports(audit);
}

static void refusals(void **state)
{
    (void)state;
    assert_refused("plumbline-audit/2", "plumbline-audit/3", "format: is not \"plumbline-audit/2\"");
    assert_refused("\"severity\":\"medium\"", "\"severity\":\"hot\"", "results[0].severity: \"hot\" is no severity");
    assert_refused("\"verdict\":\"pass\"", "\"verdict\":7", "results[0].verdict: ");
    assert_refused("\"layer\":\"code\"", "\"layer\":\"sky\"", "score.modules[0].layer: \"sky\" is no layer");
    assert_refused("\"landlock_abi\":4", "\"landlock_abi\":\"4\"", "sandbox.landlock_abi: a whole number is expected");
    assert_refused("\"privileged\":false", "\"privileged\":0", "host.privileged: true or false is expected");
    assert_refused("\"duration_ms\":412", "\"duration_ms\":-1", "duration_ms: out of range");
    assert_refused("\"grade\":\"\"", "\"grade\":\"G\"", "score.grade: ");
    assert_refused("\"coverage\":", "\"covrage\":", "score.coverage: is missing");
    assert_refused("\"observed\":{\"pie\":true}", "\"observed\":[]",
                   "results[0].items[0].observed: an object is expected");
    assert_refused("\"notchecked\":", "\"notchekked\":", "score.counts.notchecked: a whole number is expected");
    assert_refused("\"profiles\":[\"auto\"]", "\"profiles\":[1]", "profiles[0]: a string is expected");
    assert_refused("\"results\":[", "\"results\":{}, \"x\":[", "results: an array is expected");
    assert_refused("\"waivers\":{\"used\":[", "\"waivers\":{\"used\":[null,", "waivers.used[0]: an object is expected");
}

/* A document that does not count objects: exactly where nothing that fails can be missing, else at least. */
static void older_reports_are_counted(void **state)
{
    (void)state;
    static const struct {
        guint failing, passing, total;
        guint64 failed, passed;
        bool at_least;
    } rows[] = {{3, 2, 5, 3, 2, false}, {3, 100, 5000, 3, 4997, false}, {1000, 0, 5000, 1000, 0, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct result *result = result_new();
        result->verdict = VERDICT_FAIL;
        for (guint k = 0; k < rows[i].failing + rows[i].passing; k++) {
            struct item_result *item = item_result_new();
            item->verdict = k < rows[i].failing ? VERDICT_FAIL : VERDICT_PASS;
            g_ptr_array_add(result->items, item);
        }
        result->items_total = rows[i].total;
        result_count_kept(result);
        assert_int_equal(result->items_total, rows[i].total);
        assert_int_equal(result->items_failed, rows[i].failed);
        assert_int_equal(result->items_passed, rows[i].passed);
        assert_int_equal(result->items_at_least, rows[i].at_least);
        result_free(result);
    }
}

static void unknown_members_are_passed_over(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    g_string_replace(json, "\"tool\":{", "\"tool\":{\"later\":[1,{}],", 1);
    g_autoptr(GError) error = NULL;
    pl_auto(audit) back = audit_from_json(json->str, json->len, &error);
    assert_non_null(back);
}

static void not_json(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " ", "null", "[]", "{", "{}", "{} x", "\"x\"", "{\"format\":\"\xff\"}",
                                        "7"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(audit_from_json(texts[i], strlen(texts[i]), &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_PARSE));
        assert_null(audit_from_json(texts[i], strlen(texts[i]), NULL));
    }
    g_autoptr(GError) error = NULL;
    assert_null(audit_from_json("{\"a\":\0}", 7, &error));
    assert_non_null(error);
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autoptr(GError) error = NULL;
    assert_null(audit_from_json(deep, strlen(deep), &error));
    assert_non_null(error);
}

/* Any cut and any changed byte gives an audit or an error, never a crash; run it under the sanitizers. */
static void damaged_documents(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    for (gsize n = 0; n < json->len - 1; n += 7) {
        g_autoptr(GError) cut = NULL;
        if (n < json->len - 2)
            assert_null(audit_from_json(json->str, n, &cut));
        g_autoptr(GError) changed = NULL;
        char kept = json->str[n];
        json->str[n] = "0\"{]\\x"[n % 6];
        pl_auto(audit) back = audit_from_json(json->str, json->len, &changed);
        assert_true((back == NULL) == (changed != NULL));
        json->str[n] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trips),
                                       cmocka_unit_test(older_reports_are_counted),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(refused_abilities),
                                       cmocka_unit_test(older_documents),
                                       cmocka_unit_test(version_one),
                                       cmocka_unit_test(unknown_members_are_passed_over),
                                       cmocka_unit_test(not_json),
                                       cmocka_unit_test(deep_nesting_is_refused),
                                       cmocka_unit_test(damaged_documents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
