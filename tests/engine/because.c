/* One fault, one finding: what is folded below what explains it, and what is not. */
#include "engine/because.h"

#include "engine/score.h"
#include "engine_test.h"

#define CHECK "  check: {file: {path: /a}}\n"

static const char module_text[] = MODULE("m", "cloud") "rules:\n" RULE("cause", "high", CHECK)
    RULE("follows", "medium", CHECK "  because: [cause]\n") RULE("other", "low", CHECK "  because: [follows]\n");

/* "cause: a b" fails for a and b; "cause:" without naming any; "cause -" passes. */
static struct audit *audit_of(const char *const *lines)
{
    struct audit *audit = audit_new();
    for (; *lines; lines++) {
        g_auto(GStrv) words = g_strsplit(*lines, " ", -1);
        struct result *result = result_new();
        result->rule = g_strndup(words[0], strcspn(words[0], ":"));
        result->severity = SEVERITY_MEDIUM;
        result->verdict = words[1] && g_str_equal(words[1], "-") ? VERDICT_PASS : VERDICT_FAIL;
        for (char **word = words + 1; result->verdict == VERDICT_FAIL && *word; word++) {
            struct item_result *item = item_result_new();
            item->subject = g_strdup(*word);
            item->verdict = VERDICT_FAIL;
            g_ptr_array_add(result->items, item);
        }
        result_count(result);
        result->items_total += result->verdict == VERDICT_PASS;
        g_ptr_array_add(audit->results, result);
    }
    return audit;
}

/* "follows=cause a=cause" of all that was folded. */
static char *folded(const struct audit *audit)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < audit->results->len; i++) {
        const struct result *result = g_ptr_array_index(audit->results, i);
        if (result->because)
            g_string_append_printf(out, "%s=%s ", result->rule, result->because);
        for (guint k = 0; k < result->items->len; k++) {
            const struct item_result *item = g_ptr_array_index(result->items, k);
            if (item->because)
                g_string_append_printf(out, "%s=%s ", item->subject, item->because);
        }
    }
    return g_strchomp(g_string_free(out, FALSE));
}

static void folding(void **state)
{
    (void)state;
    static const struct {
        const char *lines[4];
        const char *out;
        guint64 weight;
    } rows[] = {
        {{"cause: a", "follows: a"}, "follows=cause a=cause", 3},
        {{"cause: a b", "follows: b"}, "follows=cause b=cause", 3},
        {{"cause: a", "follows: a b"}, "a=cause", 6},
        {{"cause -", "follows: a"}, "", 6},
        {{"follows: a"}, "", 3},
        {{"cause:", "follows:"}, "follows=cause", 3},
        {{"cause:", "follows: a"}, "follows=cause a=cause", 3},
        {{"cause: a", "follows:"}, "", 6},
        {{"cause: a", "follows: a", "other: a"}, "follows=cause a=cause other=follows a=follows", 3},
    };
    g_autofree char *folder = folder_new();
    g_autofree char *file = folder_write(folder, "cloud/m.yaml", module_text);
    pl_auto(content) content = folder_load(folder);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(audit) audit = audit_of(rows[i].lines);
        because_fold(audit, content);
        score_audit(audit);
        g_autofree char *out = folded(audit);
        const struct module_score *module = g_ptr_array_index(audit->modules, 0);
        if (!g_str_equal(out, rows[i].out) || module->counted != rows[i].weight)
            fail_msg("row %zu: %s, %" G_GUINT64_FORMAT, i, out, module->counted);
    }
    remove_tree(folder);
}

/* What the report left out may be something that nothing explains. */
static void what_was_left_out_is_not_explained(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_autofree char *file = folder_write(folder, "cloud/m.yaml", module_text);
    pl_auto(content) content = folder_load(folder);
    pl_auto(audit) audit = audit_of((const char *const[]){"cause: a", "follows: a", NULL});
    struct result *result = g_ptr_array_index(audit->results, 1);
    result->items_total = result->items_failed = 2;
    because_fold(audit, content);
    g_autofree char *out = folded(audit);
    assert_string_equal(out, "a=cause");
    remove_tree(folder);
}

static void a_milder_rule_explains_nothing(void **state)
{
    (void)state;
    g_autofree char *folder = folder_new();
    g_autofree char *file = folder_write(folder, "cloud/m.yaml",
                                         MODULE("m", "cloud") "rules:\n" RULE("mild", "low", CHECK)
                                             RULE("bad", "high", CHECK "  because: [mild]\n"));
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_contains(said, "a demand on severities would miss it");
    remove_tree(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding),
        cmocka_unit_test(what_was_left_out_is_not_explained),
        cmocka_unit_test(a_milder_rule_explains_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
