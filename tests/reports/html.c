#include "reports/html.h"

#include "cmocka_all.h"
#include "sample.h"

#include <string.h>

/* The page without style, script and policy, which change more often than what is told, and without the JSON, which has
 * tests of its own. */
static GString *told(const GString *page)
{
    GString *text = g_string_new(page->str);
    static const char *const pairs[][2] = {{"<style>", "</style>"},
                                           {"<script>", "</script>"},
                                           {"<meta http-equiv", ">"},
                                           {"<script type=\"text/plain\" id=\"data\">", "</script>"}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        for (char *from; (from = strstr(text->str, pairs[i][0]));) {
            char *to = strstr(from, pairs[i][1]);
            assert_non_null(to);
            g_string_erase(text, from - text->str, to + strlen(pairs[i][1]) - from);
        }
    }
    return text;
}

static GString *page_of(struct audit *given)
{
    pl_auto(audit) audit = given;
    return sample_render("html", audit, (struct report_options){0});
}

static void golden(void **state)
{
    (void)state;
    g_autoptr(GString) page = page_of(sample_audit());
    g_autoptr(GString) text = told(page);
    assert_true(sample_golden("sample.html", text));
}

static void small_shell(void **state)
{
    (void)state;
    g_autoptr(GString) page = page_of(sample_empty());
    assert_true(page->len < 60000);
    assert_true(strlen(html_page_js) <= 12288);
}

/* The hashes in the policy are those of what stands in the page, counted from the page itself. */
static void policy_allows_what_is_there(void **state)
{
    (void)state;
    g_autoptr(GString) page = page_of(sample_audit());
    static const char *const elements[] = {"style", "script"};
    guint found = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
        g_autofree char *open = g_strdup_printf("<%s>", elements[i]);
        g_autofree char *close = g_strdup_printf("</%s>", elements[i]);
        for (const char *p = page->str; (p = strstr(p, open)); found++) {
            p += strlen(open);
            const char *end = strstr(p, close);
            g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
            g_checksum_update(checksum, (const guchar *)p, end - p);
            guint8 digest[32];
            gsize n = sizeof digest;
            g_checksum_get_digest(checksum, digest, &n);
            g_autofree char *base64 = g_base64_encode(digest, n);
            g_autofree char *source = g_strdup_printf("'sha256-%s'", base64);
            assert_non_null(strstr(page->str, source));
        }
    }
    assert_int_equal(found, 3);
    assert_non_null(strstr(page->str, "default-src 'none';"));
    assert_null(strstr(page->str, "unsafe"));
    assert_null(strstr(page->str, " style=\""));
}

static void hostile_strings_are_text(void **state)
{
    (void)state;
    g_autoptr(GString) page = page_of(sample_audit());
    g_autoptr(GString) text = told(page);
    assert_non_null(strstr(text->str, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_null(strstr(text->str, "<img"));
    assert_null(strstr(text->str, "<script>alert"));
    assert_null(strstr(text->str, "</script><img"));
    assert_null(strstr(text->str, "\" onmouseover"));
    assert_null(strstr(text->str, "href=\"javascript"));
    assert_null(strstr(text->str, "\xe2\x80\xae"));
    assert_null(strstr(text->str, "hunter2"));
    assert_null(strstr(text->str, "s3cr3t"));
    for (const char *p = text->str; *p; p++)
        assert_true((unsigned char)*p >= 0x20 || *p == '\n');
}

/* What a host can name (its own name) reaches CSS through a list of harmless characters. */
static void host_name_in_css(void **state)
{
    (void)state;
    struct audit *audit = sample_clean();
    g_free(audit->host.name);
    audit->host.name = g_strdup("a\"}</style><b>\\22");
    g_autoptr(GString) page = page_of(audit);
    assert_non_null(strstr(page->str, "content:\"plumbline: a????style??b??22\""));
    assert_null(strstr(page->str, "<b>\\22"));
}

static void bounded(void **state)
{
    (void)state;
    g_autoptr(GString) page = page_of(sample_audit());
    assert_non_null(strstr(page->str, "worker-049"));
    assert_null(strstr(strstr(page->str, "worker-049"), "<bdi>worker-050"));
    assert_non_null(strstr(page->str, "and 21 more; the JSON holds"));
    assert_non_null(strstr(page->str, "(1976 bytes more)"));
}

static char *prose(const char *text)
{
    struct page page = {.out = g_string_new(NULL)};
    html_prose(&page, text);
    return g_string_free(page.out, FALSE);
}

static void links_and_code_in_prose(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Set `\"icc\": false`.", "Set <code>&quot;icc&quot;: false</code>."},
        {"See https://example.org/a?b=1&c=2.", "See <a href=\"https://example.org/a?b=1&amp;c=2\" rel=\"noreferrer "
                                               "noopener\">https://example.org/a?b=1&amp;c=2</a>."},
        {"javascript:alert(1) ftp://x/ https://", "javascript:alert(1) ftp://x/ https://"},
        {"https://x/\"onclick=y", "<a href=\"https://x/\" rel=\"noreferrer noopener\">https://x/</a>&quot;onclick=y"},
        {"an odd ` stays", "an odd ` stays"},
        {"``", "``"},
        {"<b>", "&lt;b&gt;"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *html = prose(cases[i][0]);
        assert_string_equal(html, cases[i][1]);
    }
}

static void sections(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"5.2.1", "5"},   {"AC-3", "AC"},   {"D09", "D09"},         {"plc-run-01", "plc-run"},
        {"plc-x", "plc"}, {"AC-3-b", "AC"}, {"ab-toolong-1", "ab"}, {"CONFIG_BUG", ""},
        {"", ""},         {"3", "3"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *section = html_section(cases[i][0]);
        assert_string_equal(section, cases[i][1]);
    }
}

/* Every cell that says something leads to an item that is on the page, however many items there are. */
static void cells_lead_to_evidence(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_containers(500);
    g_autoptr(GString) page = sample_render("html", audit, (struct report_options){0});
    g_autoptr(GRegex) links = g_regex_new("<td class=\"g-[a-z]+\"><a href=\"#([a-z0-9-]+)\">", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint cells = 0;
    g_regex_match(links, page->str, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL), cells++) {
        g_autofree char *target = g_match_info_fetch(match, 1);
        g_autofree char *id = g_strdup_printf("<tr id=\"%s\" tabindex=\"-1\">", target);
        if (!strstr(page->str, id))
            fail_msg("%s leads nowhere", target);
    }
    assert_int_equal(cells, 84 + 300 + 71 + 167 + 2);
    g_string_truncate(page, (gsize)(strstr(page->str, "id=\"data\"") - page->str));
    assert_null(strstr(page->str, "<img"));
    assert_non_null(strstr(page->str, "<b>Nobody:</b> use host devices</p>"));
    assert_non_null(strstr(page->str, "<b>Not known:</b> escape by core_pattern <span"));
    assert_non_null(strstr(page->str, "<summary>113 others: nothing of this</summary>"));
}

/* A document from elsewhere may name what is not there. */
static void cells_without_evidence(void **state)
{
    (void)state;
    pl_auto(audit) audit = sample_containers(9);
    struct ability_row *row = audit->abilities.rows->pdata[0];
    struct ability_cell *first = row->cells->pdata[0], *second = row->cells->pdata[1];
    first->item = 99;
    g_free(second->rule);
    second->rule = g_strdup("no-such-rule");
    g_autoptr(GString) page = sample_render("html", audit, (struct report_options){0});
    assert_non_null(strstr(page->str, "<a href=\"#r-blast-kernel-modules\">critical</a>"));
    assert_null(strstr(page->str, "no-such-rule\">"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden),
                                       cmocka_unit_test(cells_lead_to_evidence),
                                       cmocka_unit_test(cells_without_evidence),
                                       cmocka_unit_test(small_shell),
                                       cmocka_unit_test(policy_allows_what_is_there),
                                       cmocka_unit_test(hostile_strings_are_text),
                                       cmocka_unit_test(host_name_in_css),
                                       cmocka_unit_test(bounded),
                                       cmocka_unit_test(links_and_code_in_prose),
                                       cmocka_unit_test(sections)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
