#include "reports/view.h"

#include "cmocka_all.h"
#include "sample.h"

static const struct result *at(const GPtrArray *results, guint i)
{
    assert_true(i < results->len);
    return results->pdata[i];
}

static void failures_worst_first(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GPtrArray) failures = view_failures(audit);
    assert_int_equal(failures->len, 8); /* an option that differs is none */
    assert_string_equal(at(failures, 0)->rule, "container-not-privileged");
    assert_string_equal(at(failures, 1)->rule, "container-host-network");
    assert_true(at(failures, 7)->severity > SEVERITY_INFO);
    for (guint i = 0; i < failures->len; i++)
        assert_false(result_is_waived(at(failures, i)));
}

static void the_worst_comes_first(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GPtrArray) top = view_top(audit, 2);
    assert_int_equal(top->len, 2);
    assert_string_equal(at(top, 0)->rule, "container-not-privileged"); /* critical */
    assert_string_equal(at(top, 1)->rule, "container-host-network");   /* high; the medium ones have more items */
    assert_int_equal(view_failing_items(at(top, 1)), 10);
}

static bool says(const struct audit *audit, const char *format, const char *text)
{
    g_autoptr(GString) report = sample_render(format, audit, (struct report_options){0});
    return strstr(report->str, text) != NULL;
}

static void demands(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    static const struct {
        int code;
        const char *fail_on;
        enum view_demands demands;
        const char *text, *html;
    } cases[] = {{0, "medium", VIEW_MET, "\nPASS  score", "The demands are met"},
                 {1, "medium", VIEW_NOT_MET, "\nFAIL  score", "The demands are not met"},
                 {1, "none", VIEW_NOT_MET, "\nFAIL  score", "The demands are not met"},
                 {3, "none", VIEW_INCOMPLETE, "\nERROR  score", "The audit is not complete"},
                 {0, "none", VIEW_NOTHING_DEMANDED, "\nDONE  score", "Only reported"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(audit->gate.fail_on);
        audit->gate.fail_on = g_strdup(cases[i].fail_on);
        audit->gate.exit_code = cases[i].code;
        assert_int_equal(view_demands(audit), cases[i].demands);
        assert_true(says(audit, "text", cases[i].text));
        assert_true(says(audit, "html", cases[i].html));
        assert_int_equal(says(audit, "text", "\nPASS  score"), cases[i].demands == VIEW_MET);
    }
}

static void causes(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GPtrArray) groups = view_causes(audit);
    assert_int_equal(groups->len, 2);
    const struct view_cause *first = groups->pdata[0];
    assert_string_equal(first->cause, "needs root");
    assert_string_equal(first->remediation, "run as root");
    assert_int_equal(first->results->len, 2);
    assert_int_equal(first->errors, 0);
    assert_int_equal(((const struct view_cause *)groups->pdata[1])->errors, 1);
}

/* One reason is one group, whatever it is said of. */
static void causes_have_what_is_common(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *common;
    } rows[] = {
        {"kernel.a: value: no kernel runs", "kernel.b: value: no kernel runs", "no kernel runs"},
        {"x (pid 1): exe: /proc/1/exe: Permission denied", "y: /proc/1/exe: Permission denied",
         "/proc/1/exe: Permission denied"},
        {"the first by /proc/1/fd: Permission denied", "/proc/1/fd: Permission denied",
         "/proc/1/fd: Permission denied"},
        {"whether CVE-2024-1 is fixed is not said", "whether CVE-2025-22222 is fixed is not said",
         "whether the vulnerability is fixed is not said"},
        {"plain", "plain", "plain"},
        {"compared with the first: /proc/1", "compared with the first: /proc/1", "compared with the first: /proc/1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = audit_new();
        for (int k = 0; k < 2; k++) {
            struct result *result = result_new();
            result->verdict = VERDICT_UNKNOWN;
            result->cause = g_strdup("could not be observed");
            result->reason = g_strdup(k ? rows[i].second : rows[i].first);
            g_ptr_array_add(audit->results, result);
        }
        g_autoptr(GPtrArray) groups = view_causes(audit);
        assert_int_equal(groups->len, 1);
        assert_string_equal(((const struct view_cause *)groups->pdata[0])->cause, rows[i].common);
    }
}

static void waived_items_are_no_failures(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GPtrArray) failures = view_failures(audit);
    for (guint i = 0; i < failures->len; i++) {
        g_autoptr(GPtrArray) items = view_items(at(failures, i));
        for (guint k = 0; k < items->len; k++)
            assert_int_equal(view_item_state(items->pdata[k]), VIEW_FAIL);
    }
}

static void more_counts_the_cap(void **state)
{
    (void)state;
    struct result *result = result_new();
    for (int i = 0; i < 60; i++)
        g_ptr_array_add(result->items, item_result_new());
    result->items_total = 100;
    g_autoptr(GPtrArray) items = view_items(result);
    assert_int_equal(view_more(result, items, 50), 50);
    assert_int_equal(view_more(result, items, 60), 40);
    result->items_total = 60;
    assert_int_equal(view_more(result, items, 60), 0);
    result_free(result);
}

/* Failing objects of all, in the words of what they are; an older report knows the least. */
static void objects_are_counted(void **state)
{
    (void)state;
    static const struct {
        enum verdict verdict;
        guint64 total, failed, waived, folded, unknown;
        bool at_least;
        const char *text; /* NULL: none */
    } rows[] = {
        {VERDICT_FAIL, 75, 3, 0, 0, 0, false, "3 of 75 containers"},
        {VERDICT_FAIL, 75, 1, 0, 0, 2, false, "1 of 75 containers"},
        {VERDICT_FAIL, 2, 2, 0, 0, 0, false, "2 of 2 containers"},
        {VERDICT_FAIL, 1, 1, 0, 0, 0, false, NULL},
        {VERDICT_FAIL, 192, 0, 0, 0, 0, false, NULL},
        {VERDICT_FAIL, 75, 3, 2, 0, 0, false, "3 of 75 containers, 2 more waived"},
        {VERDICT_FAIL, 75, 3, 0, 4, 0, false, "3 of 75 containers, 4 more explained by another failure"},
        {VERDICT_FAIL, 75, 0, 3, 0, 0, false, "3 of 75 containers"},
        {VERDICT_FAIL, 5000, 1000, 0, 0, 0, true, "at least 1000 of 5000 containers"},
        {VERDICT_UNKNOWN, 75, 0, 0, 0, 2, false, "2 of 75 containers not judged"},
        {VERDICT_PASS, 75, 0, 0, 0, 0, false, "75 containers"},
        {VERDICT_PASS, 1, 0, 0, 0, 0, false, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct result *result = result_new();
        result->verdict = rows[i].verdict;
        result->items_total = rows[i].total;
        result->items_failed = rows[i].failed;
        result->items_waived = rows[i].waived;
        result->items_folded = rows[i].folded;
        result->items_unknown = rows[i].unknown;
        result->items_at_least = rows[i].at_least;
        result->object = g_strdup("container");
        result->objects = g_strdup("containers");
        g_autofree char *text = view_objects(result);
        if (g_strcmp0(text, rows[i].text) != 0)
            fail_msg("row %zu: %s", i, text ? text : "nothing");
        result_free(result);
    }
}

static void scores(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *text;
    } cases[] = {{99.96, 0, "99"},   {99.96, 1, "99.9"}, {100, 0, "100"},
                 {71.44, 1, "71.4"}, {0, 0, "0"},        {70.5, 0, "71"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct score score = {.known = true, .value = cases[i].value};
        g_autofree char *text = view_score(&score, cases[i].decimals);
        assert_string_equal(text, cases[i].text);
    }
    struct score none = {0};
    g_autofree char *text = view_score(&none, 1);
    assert_string_equal(text, "-");
}

static void sources(void **state)
{
    (void)state;
    char path[] = "/etc/x", process[] = "sshd (pid 1)";
    struct source source = {.path = path, .line = 3, .process = process};
    g_autofree char *text = view_source(&source);
    assert_string_equal(text, "/etc/x:3, sshd (pid 1)");
    struct source empty = {0};
    g_autofree char *nothing = view_source(&empty);
    assert_string_equal(nothing, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failures_worst_first),
                                       cmocka_unit_test(the_worst_comes_first),
                                       cmocka_unit_test(demands),
                                       cmocka_unit_test(causes),
                                       cmocka_unit_test(causes_have_what_is_common),
                                       cmocka_unit_test(waived_items_are_no_failures),
                                       cmocka_unit_test(more_counts_the_cap),
                                       cmocka_unit_test(objects_are_counted),
                                       cmocka_unit_test(scores),
                                       cmocka_unit_test(sources)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
