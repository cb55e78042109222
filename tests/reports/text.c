#include "cmocka_all.h"
#include "reports/escape.h"
#include "reports/view.h"
#include "sample.h"

#include <string.h>

static void golden(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct report_options options;
    } looks[] = {{"sample.txt", {.utf8 = true}},
                 {"sample-ascii.txt", {.width = 80}},
                 {"sample-color.txt", {.utf8 = true, .color = true, .hyperlinks = true}},
                 {"sample-verbose.txt", {.utf8 = true, .verbose = true}}};
    pl_auto(audit) audit = sample_audit();
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        g_autoptr(GString) bytes = sample_render("text", audit, looks[i].options);
        assert_true(sample_golden(looks[i].name, bytes));
    }
    pl_auto(audit) containers = sample_containers(12);
    g_autoptr(GString) table = sample_render("text", containers, (struct report_options){.utf8 = true, .width = 80});
    assert_true(sample_golden("containers.txt", table));
    pl_auto(audit) clean = sample_clean();
    g_autoptr(GString) bytes = sample_render("text", clean, (struct report_options){.utf8 = true});
    assert_true(sample_golden("clean.txt", bytes));
}

static GStrv lines_of(const struct audit *audit, struct report_options options)
{
    g_autoptr(GString) bytes = sample_render("text", audit, options);
    return g_strsplit(bytes->str, "\n", -1);
}

/* Ids, the place of a broken file and the verdict line are never cut; everything else keeps to the width. */
static void widths(void **state)
{
    (void)state;
    static const int widths[] = {60, 80, 100, 200};
    pl_auto(audit) audit = sample_audit();
    for (size_t w = 0; w < G_N_ELEMENTS(widths); w++) {
        g_auto(GStrv) lines = lines_of(audit, (struct report_options){.utf8 = true, .width = widths[w]});
        guint n = g_strv_length(lines);
        for (guint i = 0; i + 2 < n; i++)
            if (escape_columns(lines[i]) > widths[w])
                fail_msg("%d: %s", widths[w], lines[i]);
    }
    g_autoptr(GString) narrow = sample_render("text", audit, (struct report_options){.width = 40});
    assert_non_null(strstr(narrow->str, "sshd-password-authentication"));
    assert_non_null(strstr(narrow->str, "container-read-only-root"));
}

/* 500 containers: the worst fifteen, the rest counted; every line fits, whatever the width. */
static void abilities(void **state)
{
    (void)state;
    static const int widths[] = {40, 60, 80};
    pl_auto(audit) audit = sample_containers(500);
    for (size_t w = 0; w < G_N_ELEMENTS(widths); w++) {
        g_auto(GStrv) lines = lines_of(audit, (struct report_options){.width = widths[w]});
        guint i = 0;
        while (lines[i] && !g_str_has_prefix(lines[i], "What a compromised container could do"))
            i++;
        assert_non_null(lines[i]);
        for (guint first = i++; *lines[i]; i++)
            if (escape_columns(lines[i]) > widths[w] || i - first > 40)
                fail_msg("%d: %s", widths[w], lines[i]);
    }
    g_autoptr(GString) brief = sample_render("text", audit, (struct report_options){0});
    assert_non_null(strstr(brief->str, "with something; --verbose lists them; 113 others: nothing of this\n"));
    assert_non_null(strstr(brief->str, "  nobody: use host devices\n"));
    assert_non_null(strstr(brief->str, "  not known: escape by core_pattern (3 processes could not be told"));
    g_autoptr(GString) all = sample_render("text", audit, (struct report_options){.verbose = true});
    assert_null(strstr(all->str, "with something"));
    assert_non_null(strstr(all->str, "113 others: nothing of this"));
}

/* What does not run is counted apart, here and in what the file keeps. */
static void abilities_of_what_is_stopped(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_containers(9);
    ((struct ability_row *)audit->abilities.rows->pdata[0])->stopped = true;
    ((struct ability_row *)audit->abilities.rows->pdata[8])->stopped = true;
    g_autoptr(GString) text = sample_render("text", audit, (struct report_options){0});
    assert_non_null(strstr(text->str, " of 7 running, "));
    assert_non_null(strstr(text->str, " of 2 stopped)"));
    g_autoptr(GString) page = sample_render("html", audit, (struct report_options){0});
    assert_non_null(strstr(page->str, " of 2 stopped, worst first"));
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    pl_auto(audit) back = audit_from_json(json->str, json->len, NULL);
    assert_true(((struct ability_row *)back->abilities.rows->pdata[8])->stopped);
    assert_false(((struct ability_row *)back->abilities.rows->pdata[1])->stopped);
}

/* Nothing found is said; nothing looked at is not. */
static void abilities_of_nobody(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_containers(9);
    g_ptr_array_set_size(audit->abilities.rows, 0);
    g_autoptr(GString) blind = sample_render("text", audit, (struct report_options){0});
    assert_non_null(strstr(blind->str, "could do to this host\n  nobody: load kernel modules"));
    assert_non_null(strstr(blind->str, "  not known: escape by core_pattern"));
    for (guint i = 0; i < audit->abilities.columns->len; i++)
        g_clear_pointer(&((struct ability_column *)audit->abilities.columns->pdata[i])->unknown, g_free);
    g_autoptr(GString) nothing = sample_render("text", audit, (struct report_options){0});
    assert_null(strstr(nothing->str, "could do to this host"));
}

static void ascii_means_ascii(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("text", audit, (struct report_options){.verbose = true});
    for (const char *p = bytes->str; *p; p++)
        assert_true(*p == '\n' || ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f));
}

static void no_control_reaches_the_terminal(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) bytes = sample_render("text", audit, (struct report_options){.utf8 = true, .verbose = true});
    for (const char *p = bytes->str; *p; p++)
        assert_true((unsigned char)*p >= 0x20 || *p == '\n');
    assert_non_null(strstr(bytes->str, "\\x1b[31mred"));
    assert_null(strstr(bytes->str, "\xe2\x80\xae"));
    assert_null(strstr(bytes->str, "hunter2"));
}

static void quiet_is_one_line(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    g_autoptr(GString) bytes = sample_render("text", audit, (struct report_options){.quiet = true});
    assert_string_equal(bytes->str, "PASS  score 100 (A)  coverage 100 %  0 failed  0 waived  0 unknown  "
                                    "exit 0: every demand is met (--fail-on medium)\n");
}

/* What a mail holds: the verdict first, then names of what the demands are about, then where the rest stands. */
static void quiet_with_names(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_large(2000);
    static const char *const files[] = {"/var/lib/plumbline/audit.json", NULL};
    g_free(audit->gate.fail_on);
    audit->gate.fail_on = g_strdup("high");
    g_auto(GStrv) lines = lines_of(audit, (struct report_options){.quiet = true, .names = true, .files = files});
    assert_true(g_str_has_prefix(lines[0], "FAIL  score "));
    assert_non_null(strstr(lines[0], "  exit 1: "));
    guint n = 1;
    for (; g_str_has_prefix(lines[n], "x FAIL"); n++)
        assert_true(strstr(lines[n], " high ") || strstr(lines[n], " critical "));
    assert_int_equal(n, 21);
    assert_true(g_str_has_prefix(lines[n], "and ") && g_str_has_suffix(lines[n], " more failed"));
    guint last = g_strv_length(lines) - 2;
    for (n++; n < last; n++)
        assert_true(g_str_has_prefix(lines[n], "? UNKN") || g_str_has_prefix(lines[n], "! ERR") ||
                    g_str_has_suffix(lines[n], " more that could not be judged"));
    assert_string_equal(lines[last], "report: /var/lib/plumbline/audit.json");
    assert_string_equal(lines[last + 1], "");
    pl_auto(audit) clean = sample_clean();
    g_autoptr(GString) met = sample_render("text", clean, (struct report_options){.quiet = true, .names = true});
    assert_non_null(strchr(met->str, '\n'));
    assert_ptr_equal(strchr(met->str, '\n'), met->str + met->len - 1);
}

static void nothing_judged(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_empty();
    g_autoptr(GString) bytes = sample_render("text", audit, (struct report_options){.quiet = true});
    assert_string_equal(
        bytes->str,
        "NOTHING JUDGED  no score  coverage -  0 failed  0 waived  0 unknown  exit 3: no rule was judged\n");
}

static void palettes(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_clean();
    g_autoptr(GString) usual = sample_render("text", audit, (struct report_options){.quiet = true, .color = true});
    g_autoptr(GString) safe =
        sample_render("text", audit, (struct report_options){.quiet = true, .color = true, .safe_palette = true});
    assert_true(g_str_has_prefix(usual->str, "\x1b[32mPASS\x1b[0m"));
    assert_true(g_str_has_prefix(safe->str, "\x1b[34mPASS\x1b[0m"));
}

/* A host with hundreds of failures: those of medium severity and above each with a fix, the rest counted by module;
 * verbose tells all. */
static void many_failures(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_large(2000);
    g_auto(GStrv) lines = lines_of(audit, (struct report_options){0});
    guint fixes = 0;
    guint failures = 0;
    for (char **line = lines; *line; line++) {
        fixes += g_str_has_prefix(*line, "        fix: ");
        failures += g_str_has_prefix(*line, "x FAIL") && !strstr(*line, "expired");
    }
    guint worth = 0, low = 0;
    g_autoptr(GPtrArray) all_failures = view_failures(audit);
    for (guint i = 0; i < all_failures->len; i++)
        worth += ((struct result *)all_failures->pdata[i])->severity >= SEVERITY_MEDIUM;
    assert_int_equal(fixes, worth);
    assert_int_equal(failures, worth);
    for (char **line = lines; *line; line++)
        low += strstr(*line, " of low severity (--show low lists them): ") != NULL;
    assert_int_equal(low, 1);
    g_auto(GStrv) all = lines_of(audit, (struct report_options){.verbose = true});
    guint told = 0;
    for (char **line = all; *line; line++)
        told += g_str_has_prefix(*line, "x FAIL");
    assert_int_equal(told, 228); /* options that differ are no failures */
    pl_auto(audit) small = sample_audit();
    g_auto(GStrv) normal = lines_of(small, (struct report_options){.utf8 = true});
    assert_true(g_strv_length(normal) <= 72);
}

/* --show: the parts that are asked for, and the verdict. */
static void parts(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    const bool passes[SHOW_COUNT] = {[SHOW_PASS] = true};
    g_autoptr(GString) pass = sample_render("text", audit, (struct report_options){.show = passes});
    assert_non_null(strstr(pass->str, "PASS high      sshd-permit-root-login"));
    assert_null(strstr(pass->str, "container-not-privileged"));
    assert_null(strstr(pass->str, "Not assessed"));
    assert_null(strstr(pass->str, "value="));
    assert_non_null(strstr(pass->str, "exit 3: "));
    const bool low[SHOW_COUNT] = {[SHOW_LOW] = true};
    g_autoptr(GString) lows = sample_render("text", audit, (struct report_options){.show = low});
    assert_non_null(strstr(lows->str, "FAIL low       elf-relro"));
    assert_null(strstr(lows->str, "container-not-privileged"));
    static const char *const words[] = {"FAIL", "failed", "na", "n/a", "notchecked", "Manual", "error"};
    static const enum text_show shows[] = {SHOW_FAIL,   SHOW_FAIL,   SHOW_NOTAPPLICABLE, SHOW_NOTAPPLICABLE,
                                           SHOW_MANUAL, SHOW_MANUAL, SHOW_UNKNOWN};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        assert_int_equal(report_show_find(words[i]), shows[i]);
    assert_int_equal(report_show_find("some"), SHOW_COUNT);
}

/* One fault, one finding: what follows from a failure is told below it and is none of its own. */
static void consequences(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_audit();
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (g_str_equal(result->rule, "container-host-network"))
            result->because = g_strdup("container-not-privileged");
    }
    g_autoptr(GString) bytes = sample_render("text", audit, (struct report_options){0});
    assert_non_null(strstr(bytes->str, "with it fail: container-host-network"));
    assert_null(strstr(bytes->str, "FAIL high      container-host-network"));
    assert_non_null(strstr(bytes->str, "Failures (7)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden),
                                       cmocka_unit_test(abilities),
                                       cmocka_unit_test(abilities_of_what_is_stopped),
                                       cmocka_unit_test(abilities_of_nobody),
                                       cmocka_unit_test(widths),
                                       cmocka_unit_test(ascii_means_ascii),
                                       cmocka_unit_test(no_control_reaches_the_terminal),
                                       cmocka_unit_test(quiet_is_one_line),
                                       cmocka_unit_test(quiet_with_names),
                                       cmocka_unit_test(nothing_judged),
                                       cmocka_unit_test(palettes),
                                       cmocka_unit_test(parts),
                                       cmocka_unit_test(consequences),
                                       cmocka_unit_test(many_failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
