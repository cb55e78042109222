/* Waivers and attestations: what they meet, when they end, what is reported, what is refused. */
#include "engine/waivers.h"

#include "engine_test.h"

#define NOW     1800000000 /* 2027-01-15 */
#define NOTE    "reason: Why, owner: Me, until: 2027-01-15"
#define EXPIRED "reason: Why, owner: Me, until: 2027-01-14"

static char *folder;
static struct content *content;

static int open_content(void **state)
{
    (void)state;
    folder = folder_new();
    g_free(folder_write(
        folder, "cloud/m.yaml",
        MODULE("m", "cloud") "rules:\n" RULE("manual-a", "low", "  check: {sysctl: {name: k.x}}\n  manual: So?\n") RULE(
            "auto-a", "low", "  check: {sysctl: {name: k.x}}\n") RULE("r", "low", "  check: {sysctl: {name: k.x}}\n")
            RULE("q", "low", "  check: {sysctl: {name: k.x}}\n")));
    content = folder_load(folder);
    return 0;
}

static int close_content(void **state)
{
    (void)state;
    content_free(content);
    remove_tree(folder);
    g_free(folder);
    return 0;
}

static struct waivers *read_text(const char *text, GError **error)
{
    g_autofree char *path = folder_write(folder, "w.yaml", text);
    return waivers_read(path, content, NOW, error);
}

static struct result *result_of(const char *rule, enum verdict verdict, const char *items)
{
    struct result *result = result_new();
    result->rule = g_strdup(rule);
    result->verdict = verdict;
    for (; *items; items++) {
        struct item_result *item = item_result_new();
        item->subject = g_strdup_printf("item-%c", g_ascii_tolower(*items));
        item->source.path = g_strdup_printf("/etc/%c", g_ascii_tolower(*items));
        item->verdict = g_ascii_isupper(*items) ? VERDICT_FAIL : VERDICT_PASS;
        g_ptr_array_add(result->items, item);
    }
    return result;
}

/* Items in upper case fail. `waived`: those that end up waived. */
static void waiving(void **state)
{
    (void)state;
    static const struct {
        const char *file, *items, *waived;
        bool whole;
        int used, unused, expired;
        const char *reason;
    } rows[] = {
        {"{rule: r, " NOTE "}", "AB", "ab", true, 1, 0, 0, NULL},
        {"{rule: r, " NOTE "}", "", "", true, 1, 0, 0, NULL},
        {"{rule: \"r*\", " NOTE "}", "AB", "ab", true, 1, 0, 0, NULL},
        {"{rule: q, " NOTE "}", "AB", "", false, 0, 1, 0, NULL},
        {"{rule: r, item: item-a, " NOTE "}", "AB", "a", false, 1, 0, 0, NULL},
        {"{rule: r, item: item-a, " NOTE "}", "Ab", "a", true, 1, 0, 0, NULL},
        {"{rule: r, item: /etc/a, " NOTE "}", "Ab", "a", true, 1, 0, 0, NULL},
        {"{rule: r, item: \"item-*\", " NOTE "}", "AB", "ab", true, 1, 0, 0, NULL},
        {"{rule: r, item: item-z, " NOTE "}", "AB", "", false, 0, 1, 0, NULL},
        {"{rule: r, item: item-b, " NOTE "}", "Ab", "", false, 0, 1, 0, NULL},
        {"{rule: r, item: item-a, " NOTE "}, {rule: r, item: item-b, " NOTE "}", "AB", "ab", true, 2, 0, 0, NULL},
        {"{rule: r, " EXPIRED "}", "AB", "", false, 0, 0, 1, "the waiver by Me ended on 2027-01-14"},
        {"{rule: r, item: item-a, " EXPIRED "}", "AB", "", false, 0, 0, 1, "the waiver by Me ended on 2027-01-14"},
        {"{rule: r, item: item-z, " EXPIRED "}", "AB", "", false, 0, 0, 1, NULL},
        {"{rule: r, " EXPIRED "}, {rule: r, " NOTE "}", "A", "a", true, 1, 0, 1, "ended on"},
        {"{rule: r, " NOTE "}, {rule: r, " NOTE "}", "A", "a", true, 2, 0, 0, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("waivers: [%s]\n", rows[i].file);
        pl_auto(waivers) waivers = read_text(text, &error);
        if (!waivers)
            fail_msg("%s", error->message);
        struct result *result = result_of("r", VERDICT_FAIL, rows[i].items);
        pl_auto(audit) audit = audit_new();
        waivers_apply(waivers, result);
        waivers_report(waivers, audit);
        for (guint j = 0; j < result->items->len; j++) {
            const struct item_result *item = g_ptr_array_index(result->items, j);
            bool wanted = strchr(rows[i].waived, item->subject[5]) != NULL;
            if ((item->waived != NULL) != wanted)
                fail_msg("row %zu: %s", i, item->subject);
        }
        if (result_is_waived(result) != rows[i].whole || (int)audit->waivers->len != rows[i].used ||
            (int)audit->waivers_unused->len != rows[i].unused || (int)audit->waivers_expired->len != rows[i].expired)
            fail_msg("row %zu: waived %d used %u unused %u expired %u", i, result_is_waived(result),
                     audit->waivers->len, audit->waivers_unused->len, audit->waivers_expired->len);
        assert_int_equal(result->reason != NULL, rows[i].reason != NULL);
        if (rows[i].reason)
            assert_contains(result->reason, rows[i].reason);
        result_free(result);
    }
}

static void only_failures(void **state)
{
    (void)state;
    static const enum verdict others[] = {VERDICT_PASS, VERDICT_ERROR, VERDICT_UNKNOWN, VERDICT_NOTAPPLICABLE};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        pl_auto(waivers) waivers = read_text("waivers: [{rule: r, " NOTE "}]\n", NULL);
        struct result *result = result_of("r", others[i], "A");
        pl_auto(audit) audit = audit_new();
        waivers_apply(waivers, result);
        waivers_report(waivers, audit);
        assert_null(result->waived);
        assert_int_equal(audit->waivers_unused->len, 1);
        result_free(result);
    }
}

static void days(void **state)
{
    (void)state;
    pl_auto(waivers) waivers =
        read_text("waivers: [{rule: r, reason: R, owner: O, until: 2027-02-14}, {rule: r, " EXPIRED "}]\n", NULL);
    pl_auto(audit) audit = audit_new();
    waivers_report(waivers, audit);
    assert_int_equal(((struct waiver_use *)g_ptr_array_index(audit->waivers_unused, 0))->days_left, 30);
    assert_int_equal(((struct waiver_use *)g_ptr_array_index(audit->waivers_expired, 0))->days_left, -1);
}

static void attesting(void **state)
{
    (void)state;
    static const struct {
        const char *file, *rule;
        enum verdict before, after;
        bool attested;
        const char *reason;
    } rows[] = {
        {"{rule: manual-a, answer: pass, " NOTE "}", "manual-a", VERDICT_NOTCHECKED, VERDICT_PASS, true, NULL},
        {"{rule: manual-a, answer: fail, " NOTE "}", "manual-a", VERDICT_NOTCHECKED, VERDICT_FAIL, true, NULL},
        {"{rule: manual-a, answer: notapplicable, " NOTE "}", "manual-a", VERDICT_NOTCHECKED, VERDICT_NOTAPPLICABLE,
         true, NULL},
        {"{rule: manual-a, answer: pass, " EXPIRED "}", "manual-a", VERDICT_NOTCHECKED, VERDICT_NOTCHECKED, false,
         "the attestation by Me ended on 2027-01-14"},
        {"{rule: manual-a, answer: pass, " NOTE "}", "manual-a", VERDICT_NOTAPPLICABLE, VERDICT_NOTAPPLICABLE, false,
         NULL},
        {"{rule: manual-a, answer: pass, " NOTE "}, {rule: manual-a, answer: fail, " NOTE "}", "manual-a",
         VERDICT_NOTCHECKED, VERDICT_PASS, true, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("attestations: [%s]\n", rows[i].file);
        pl_auto(waivers) waivers = read_text(text, NULL);
        struct result *result = result_of(rows[i].rule, rows[i].before, "a");
        waivers_apply(waivers, result);
        assert_int_equal(result->verdict, rows[i].after);
        assert_int_equal(result->attested != NULL, rows[i].attested);
        assert_int_equal(g_strcmp0(result->reason, rows[i].reason), 0);
        result_free(result);
    }
    /* An answer "fail" may be waived. */
    pl_auto(waivers) both = read_text(
        "attestations: [{rule: manual-a, answer: fail, " NOTE "}]\nwaivers: [{rule: manual-a, " NOTE "}]\n", NULL);
    struct result *result = result_of("manual-a", VERDICT_NOTCHECKED, "");
    waivers_apply(both, result);
    assert_true(result_is_waived(result));
    result_free(result);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"waiver: []\n", "w.yaml:1:1: a waiver file has no member \"waiver\" (did you mean waivers?)"},
        {"[]\n", "a waiver file must be a mapping"},
        {"waivers: 5\n", "\"waivers\" must be a list"},
        {"waivers: [5]\n", "a waiver must be a mapping"},
        {"waivers: [{rule: r, owner: o, until: 2027-01-31}]\n", "1:11: \"reason\" is missing"},
        {"waivers: [{rule: r, reason: r, until: 2027-01-31}]\n", "\"owner\" is missing"},
        {"waivers: [{rule: r, reason: r, owner: o}]\n", "\"until\" is missing"},
        {"waivers: [{reason: r, owner: o, until: 2027-01-31}]\n", "\"rule\" is missing"},
        {"waivers: [{rule: r, reason: r, owner: o, until: soon}]\n",
         "until must be a date as 2027-01-31, not \"soon\""},
        {"waivers: [{rule: r, reason: r, owner: o, until: 2027-02-30}]\n", "until must be a date"},
        {"waivers: [{rule: r, reason: r, owner: o, until: 2027-2-3xx}]\n", "until must be a date"},
        {"waivers: [{rule: r, reason: r, owner: o, until: 20270131}]\n", "\"until\" must be text"},
        {"waivers: [{rule: r, itm: x, " NOTE "}]\n", "a waiver has no member \"itm\" (did you mean item?)"},
        {"attestations: [{rule: manual-a, answer: psas, " NOTE "}]\n",
         "answer is pass, fail or notapplicable, not \"psas\" (did you mean pass?)"},
        {"attestations: [{rule: manual-a, answer: error, " NOTE "}]\n", "answer is pass, fail or notapplicable"},
        {"attestations: [{rule: manual-a, " NOTE "}]\n", "\"answer\" is missing"},
        {"attestations: [{rule: auto-a, answer: pass, " NOTE "}]\n", "rule auto-a is judged by plumbline"},
        {"attestations: [{rule: manual-b, answer: pass, " NOTE "}]\n",
         "no rule is called \"manual-b\" (did you mean manual-a?)"},
        {"waivers: [{rule: \"x*\", " NOTE "}]\n", "no rule is called \"x*\""},
        {"waivers: [\n", "w.yaml:2:1: "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(read_text(rows[i].text, &error));
        assert_int_equal(error->code, PL_ERROR_CONTENT);
        assert_contains(error->message, rows[i].message);
    }
    g_autoptr(GError) error = NULL;
    assert_null(waivers_read("/nonexistent/w.yaml", content, NOW, &error));
    assert_int_equal(error->code, PL_ERROR_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(waiving), cmocka_unit_test(only_failures),
                                       cmocka_unit_test(days), cmocka_unit_test(attesting), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, open_content, close_content);
}
