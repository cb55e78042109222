/* One self-contained page: readable without JavaScript, quick with it, and unable to load or send anything: its own
 * policy allows only the style and the script that are in it, by their hashes. */
#include "reports/html.h"

#include "model/error.h"
#include "reports/formats.h"

#include <string.h>
#include <zlib.h>

static char *hash_of(const char *text)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize n = sizeof digest;
    g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_get_digest(checksum, digest, &n);
    return g_base64_encode(digest, n);
}

/* A text that is safe inside a CSS string: anything unusual becomes a question mark. */
static char *css_text(const char *text)
{
    char *safe = g_strndup(text ? text : "", 80);
    for (char *p = safe; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr(".-_: ", *p))
            *p = '?';
    return safe;
}

/* Header and footer of every printed page. */
static char *print_css(const struct audit *audit)
{
    g_autofree char *host = css_text(audit->host.name);
    g_autofree char *date = css_text(audit->started);
    return g_strdup_printf("@page{@top-left{content:\"plumbline: %s\"}@top-right{content:\"%s\"}"
                           "@bottom-right{content:counter(page) \" / \" counter(pages)}}",
                           host, date);
}

static void put_policy(struct page *page, const char *print)
{
    g_autofree char *css = hash_of(html_page_css);
    g_autofree char *paged = hash_of(print);
    g_autofree char *js = hash_of(html_page_js);
    html_put(page,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s' "
             "'sha256-%s'; script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
             css, paged, js);
}

static void put_head(struct page *page)
{
    g_autofree char *print = print_css(page->audit);
    g_autofree char *score = view_score(&page->audit->score, 0);
    html_put(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put_policy(page, print);
    html_put(page,
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
             "<title>%s: %s%s%s \u00b7 plumbline</title>\n"
             "<link rel=\"icon\" href=\"data:image/svg+xml,%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 "
             "16'%%3E%%3Cpath d='M8 0v8M4 8h8l-4 8z' fill='%%232f6b5e' stroke='%%232f6b5e'/%%3E%%3C/svg%%3E\">\n",
             page->audit->host.name, page->audit->score.known ? "score " : "not judged",
             page->audit->score.known ? score : "", "");
    g_string_append_printf(page->out, "<style>%s</style>\n<style>%s</style>\n<script>%s</script>\n</head>\n",
                           html_page_css, print, html_page_js);
}

static void put_link(struct page *page, const char *id, const char *label, guint count)
{
    html_put(page, "<li><a href=\"#%s\">%s", id, label);
    if (count)
        html_put(page, " <span class=\"n\">%u</span>", count);
    html_put(page, "</a></li>");
}

static void put_navigation(struct page *page)
{
    const struct audit *audit = page->audit;
    unsigned counts[VIEW_COUNT];
    view_count(audit, LAYER_COUNT, counts);
    html_put(page, "<nav aria-label=\"Sections\"><ul>");
    if (view_has_abilities(&audit->abilities))
        put_link(page, "abilities", "Abilities", audit->abilities.rows->len);
    put_link(page, "results", "Results", audit->results->len);
    put_link(page, "causes", "Not judged", counts[VIEW_ERROR] + counts[VIEW_UNKNOWN]);
    put_link(page, "questions", "Questions", counts[VIEW_NOTCHECKED]);
    put_link(page, "waivers", "Waivers",
             audit->waivers->len + audit->waivers_unused->len + audit->waivers_expired->len);
    put_link(page, "benchmarks", "Benchmarks", 0);
    put_link(page, "about", "About", 0);
    html_put(page, "</ul></nav>");
}

static void put_header(struct page *page)
{
    html_put(page,
             "<a class=\"skip\" href=\"#results\">Skip to the results</a>\n<header class=\"top\"><div class=\"wrap\">"
             "<p class=\"brand\"><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M8 0v7\"/>"
             "<path class=\"bob\" d=\"M4 7h8l-4 9z\"/></svg>plumbline</p>");
    put_navigation(page);
    html_put(page, "<div class=\"tools js\"><button type=\"button\" class=\"btn\" id=\"get-json\">JSON</button>"
                   "<button type=\"button\" class=\"btn\" id=\"get-csv\">CSV</button>"
                   "<button type=\"button\" class=\"btn\" id=\"print\">Print</button>"
                   "<button type=\"button\" class=\"btn\" id=\"theme\" aria-pressed=\"false\">Dark</button></div>"
                   "</div></header>\n");
}

/* The canonical JSON, compressed (zlib, RFC 1950) and in base64: it is most of the page otherwise, and what the page
 * shows of passes is made of it when it is asked for. */
static bool put_data(struct page *page, const struct report_options *options, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!report_json.render(page->audit, options, text, error))
        return false;
    uLongf size = compressBound(text->len);
    g_autofree guchar *packed = g_malloc(size);
    if (compress2(packed, &size, (const Bytef *)text->str, text->len, Z_BEST_COMPRESSION) != Z_OK) {
        g_set_error_literal(error, PL_ERROR, PL_ERROR_LIMIT, "no memory to compress the data of the page");
        return false;
    }
    g_autofree char *coded = g_base64_encode(packed, size);
    html_put(page, "<script type=\"text/plain\" id=\"data\">");
    g_string_append(page->out, coded);
    html_put(page, "</script>\n");
    return true;
}

static bool render(const struct audit *audit, const struct report_options *options, GString *out, GError **error)
{
    g_autoptr(GHashTable) evidence = html_ability_evidence(audit);
    struct page page = {.out = out, .audit = audit, .evidence = evidence};
    put_head(&page);
    html_put(&page, "<body>\n");
    put_header(&page);
    html_put(&page, "<main class=\"wrap\">\n");
    html_summary(&page);
    html_difference(&page);
    html_abilities(&page);
    html_results(&page);
    html_causes(&page);
    html_questions(&page);
    html_waivers(&page);
    html_benchmarks(&page);
    html_about(&page);
    html_put(&page,
             "</main>\n<footer class=\"wrap\"><p>Made by plumbline %s from what it read on %s at %s. It ran no "
             "command and changed nothing.</p></footer>\n<p id=\"live\" class=\"sr\" role=\"status\"></p>\n",
             audit->version, audit->host.name, audit->started);
    if (!put_data(&page, options, error))
        return false;
    html_put(&page, "</body>\n</html>\n");
    return true;
}

const struct report report_html = {
    .name = "html",
    .media_type = "text/html",
    .extension = "html",
    .summary = "One page that works offline and without JavaScript: score, fixes, evidence, filters",
    .render = render,
};
