/* The results: filters (shown once the script runs) and every rule as an element that unfolds. */
#include "reports/html.h"

#include "model/secret.h"
#include "model/value.h"
#include "model/visible.h"
#include "reports/escape.h"
#include "reports/shown.h"

#include <string.h>

/* Controls that are words (a kernel symbol, a policy) have no sections; a list that begins all its controls with one
 * word (plc-run-01) has them behind it. page.js knows the same rule. */
char *html_section(const char *control)
{
    enum { SECTION_MAX = 4 };
    gsize n = control ? strcspn(control, ".-( ") : 0;
    if (!n || n > SECTION_MAX)
        return g_strdup("");
    gsize word = control[n] == '-' ? strspn(control + n + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
    if (word && word <= SECTION_MAX && control[n + 1 + word] == '-')
        n += 1 + word;
    return g_strndup(control, n);
}

static void put_observed(struct page *page, const struct item_result *item)
{
    if (item->finding) {
        g_autofree char *finding = view_finding(item);
        html_put(page, "<div>%s</div>", finding);
        return;
    }
    pl_autojson json_object *safe = secret_hide_tree(item->observed, NULL);
    gsize start = page->out->len;
    bool any = false;
    json_object_object_foreach (safe, key, value) {
        if (page->out->len - start > 2 * VIEW_OBSERVED_MAX) {
            html_put(page, "<div>\u2026</div>");
            break;
        }
        g_autofree char *text = shown_text(value);
        g_autofree char *bounded = escape_bounded(text, VIEW_OBSERVED_MAX);
        html_put(page, "<div><span class=\"k\">%s</span> <code>%s</code></div>", key, bounded);
        any = true;
    }
    if (item->reason)
        html_put(page, "<div>%s</div>", item->reason);
    else if (!any)
        html_put(page, "<div class=\"mute\">nothing</div>");
}

static void put_source(struct page *page, const struct source *source)
{
    if (source->path && source->line)
        html_put(page, "<div><code>%s:%u</code></div>", source->path, source->line);
    else if (source->path)
        html_put(page, "<div><code>%s</code></div>", source->path);
    if (source->process)
        html_put(page, "<div>%s</div>", source->process);
    if (source->api)
        html_put(page, "<div>%s</div>", source->api);
}

static void put_look(struct page *page, const struct result *result, const struct item_result *look)
{
    html_put(page, "</td><td data-l=\"Observed\">");
    put_observed(page, look);
    const char *expected = view_expected(result, look);
    html_put(page, "</td><td data-l=\"Expected\">%s</td><td data-l=\"Source\">", expected ? expected : "\u2013");
    put_source(page, &look->source);
    html_put(page, "</td>");
}

static enum view_state state_of(const struct result *result, const struct item_result *item)
{
    enum view_state state = view_item_state(item);
    return state == VIEW_FAIL && view_state_of(result) == VIEW_DIFFERS ? VIEW_DIFFERS : state;
}

/* An item that a cell of the abilities links to can be gone to. */
static void put_item(struct page *page, const struct result *result, guint index)
{
    const struct item_result *item = result->items->pdata[index];
    if (g_hash_table_contains(page->evidence, item))
        html_put(page, "<tr id=\"i-%s-%u\" tabindex=\"-1\">", result->rule, index);
    else
        html_put(page, "<tr>");
    html_put(page, "<th scope=\"row\"><bdi>%s</bdi>", item->subject);
    if (item->waived) {
        g_autofree char *note = view_note(item->waived);
        html_put(page, "<div class=\"mute\">waived %s</div>", note);
    }
    html_put(page, "</th><td data-l=\"Verdict\">");
    html_state(page, state_of(result, item));
    put_look(page, result, item);
    html_put(page, "</tr>");
    const struct item_result *look = NULL;
    for (guint i = 1; (look = view_look(item, i)); i++) {
        html_put(page,
                 "<tr><th scope=\"row\"><span class=\"mute\">and</span> <bdi>%s</bdi></th><td data-l=\"Verdict\">",
                 item->subject);
        html_state(page, state_of(result, look));
        put_look(page, result, look);
        html_put(page, "</tr>");
    }
}

static void put_evidence(struct page *page, const struct result *result)
{
    if (!result->items->len)
        return;
    html_put(page, "<table class=\"evidence\"><caption>Evidence</caption><thead><tr><th scope=\"col\">Subject</th>"
                   "<th scope=\"col\">Verdict</th><th scope=\"col\">Observed</th><th scope=\"col\">Expected</th>"
                   "<th scope=\"col\">Source</th></tr></thead><tbody>");
    guint shown = 0;
    for (guint i = 0; i < result->items->len; i++) {
        if (i >= VIEW_ITEMS_MAX && !g_hash_table_contains(page->evidence, result->items->pdata[i]))
            continue;
        put_item(page, result, i);
        shown++;
    }
    html_put(page, "</tbody></table>");
    guint64 more = view_more(result, result->items, shown);
    if (more) {
        g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, more);
        html_put(page, "<p class=\"mute\">and %s more; the JSON holds what was kept of them.</p>", count);
    }
}

static void put_fix(struct page *page, const struct result *result)
{
    const struct fix *fix = &result->fix;
    if (!fix->text && !fix->shell && !fix->ansible)
        return;
    html_put(page, "<h5>Fix</h5><div class=\"fix\">");
    if (fix->text) {
        html_put(page, "<details open><summary>In words</summary><p>");
        html_prose(page, fix->text);
        html_put(page, "</p></details>");
    }
    if (fix->shell) {
        html_put(page, "<details><summary>Shell</summary>");
        html_copy(page, "shell commands", fix->shell);
        html_put(page, "</details>");
    }
    if (fix->ansible) {
        html_put(page, "<details><summary>Ansible</summary>");
        html_copy(page, "Ansible tasks", fix->ansible);
        html_put(page, "</details>");
    }
    html_put(page, "</div>");
}

/* Three months after the audit: a waiver that is pasted without thought ends soon. */
static char *waiver_end(const char *started)
{
    GDate date;
    g_date_clear(&date, 1);
    g_auto(GStrv) parts = g_strsplit_set(started ? started : "", "-T", 4);
    if (g_strv_length(parts) < 3)
        return g_strdup("YYYY-MM-DD");
    guint64 numbers[3] = {0};
    for (int i = 0; i < 3; i++)
        g_ascii_string_to_unsigned(parts[i], 10, 0, 9999, &numbers[i], NULL);
    if (!g_date_valid_dmy((GDateDay)MIN(numbers[2], 99), (GDateMonth)MIN(numbers[1], 99), (GDateYear)numbers[0]))
        return g_strdup("YYYY-MM-DD");
    g_date_set_dmy(&date, (GDateDay)numbers[2], (GDateMonth)numbers[1], (GDateYear)numbers[0]);
    g_date_add_days(&date, 90);
    return g_strdup_printf("%04u-%02u-%02u", g_date_get_year(&date), g_date_get_month(&date), g_date_get_day(&date));
}

static void put_waive(struct page *page, const struct result *result)
{
    if (view_state_of(result) != VIEW_FAIL)
        return;
    g_autofree char *until = waiver_end(page->audit->started);
    g_autofree char *rule = visible_text(result->rule ? result->rule : "", VISIBLE_LINE);
    g_autofree char *yaml =
        g_strdup_printf("- rule: %s\n  reason: \"why this may stay\"\n  owner: \"who answers for it\"\n"
                        "  until: %s\n",
                        rule, until);
    html_put(
        page,
        "<details class=\"waive\"><summary>Waive this rule</summary><p>Put this under <code>waivers:</code> in the "
        "waiver file. The failure stays visible and leaves the score until that day.</p>");
    html_copy(page, "the waiver", yaml);
    html_put(page, "</details>");
}

static void put_note(struct page *page, const char *label, const struct waiver_note *note)
{
    if (!note)
        return;
    g_autofree char *text = view_note(note);
    html_put(page, "<p class=\"note\"><b>%s</b> %s</p>", label, text);
}

static void put_references(struct page *page, const struct result *result)
{
    if (!result->references->len && !result->tags->len)
        return;
    html_put(page, "<h5>References</h5><ul class=\"refs\">");
    for (guint i = 0; i < result->references->len; i++) {
        const struct reference *reference = result->references->pdata[i];
        html_put(page, "<li><b>%s</b> %s", reference->benchmark, reference->control);
        if (reference->level)
            html_put(page, " <span class=\"mute\">level %d</span>", reference->level);
        html_put(page, "</li>");
    }
    for (guint i = 0; i < result->tags->len; i++)
        html_put(page, "<li class=\"tag\">%s</li>", (const char *)result->tags->pdata[i]);
    html_put(page, "</ul>");
}

static void put_body(struct page *page, const struct result *result)
{
    html_put(page, "<div class=\"body\">");
    if (result->question)
        html_put(page, "<p class=\"note\"><b>Question</b> %s</p>", result->question);
    put_note(page, "Answered", result->attested);
    put_note(page, "Waived", result->waived);
    if (result->reason)
        html_put(page, "<p class=\"why\">%s</p>", result->reason);
    if (result->remediation)
        html_put(page, "<p class=\"note\"><b>Remediation</b> %s</p>", result->remediation);
    if (result->finding) {
        html_put(page, "<p class=\"finding\">");
        html_prose(page, result->finding);
        html_put(page, "</p>");
    }
    html_put(page, "<div class=\"cols\"><div>");
    put_fix(page, result);
    html_put(page, "</div><div>");
    if (result->rationale) {
        html_put(page, "<h5>Why it matters</h5><p>");
        html_prose(page, result->rationale);
        html_put(page, "</p>");
    }
    html_put(page, "</div></div>");
    put_evidence(page, result);
    put_references(page, result);
    put_waive(page, result);
    html_put(page, "</div>");
}

static void put_data(struct page *page, const struct result *result)
{
    html_put(page, " data-layer=\"%s\" data-module=\"%s\" data-severity=\"%s\" data-verdict=\"%s\" data-benchmark=\"",
             layer_name(result->layer), result->module_title ? result->module_title : result->module,
             severity_name(result->severity), view_word(view_state_of(result))->key);
    for (guint i = 0; i < result->references->len; i++) {
        const struct reference *reference = result->references->pdata[i];
        html_put(page, "%s%s:%s", i ? "|" : "", reference->benchmark, reference->control);
    }
    html_put(page, "\"");
}

static bool links_to(const struct page *page, const struct result *result)
{
    for (guint i = 0; i < result->items->len; i++)
        if (g_hash_table_contains(page->evidence, result->items->pdata[i]))
            return true;
    return false;
}

/* Of what passes or does not apply the page has a line each; the script makes the rest of the data when one is opened.
 */
static bool is_told_whole(const struct page *page, const struct result *result)
{
    enum view_state state = view_state_of(result);
    return (state != VIEW_PASS && state != VIEW_NOTAPPLICABLE && state != VIEW_NOTSELECTED) || links_to(page, result);
}

static void put_rule(struct page *page, const struct result *result)
{
    html_put(page, "<details class=\"rule %s\" id=\"r-%s\"", view_word(view_state_of(result))->key, result->rule);
    put_data(page, result);
    html_put(page, "><summary>");
    html_state(page, view_state_of(result));
    html_put(page,
             "<span class=\"what\"><span class=\"h\" role=\"heading\" aria-level=\"4\">%s</span><span class=\"id\">%s",
             result->title, result->rule);
    g_autofree char *objects = view_objects(result);
    g_autofree char *stopped = view_stopped(result->items_stopped);
    if (objects)
        html_put(page, " \u00b7 %s%s", objects, stopped);
    html_put(page, "</span></span>");
    html_severity(page, result->severity);
    html_put(page, "</summary>");
    if (is_told_whole(page, result))
        put_body(page, result);
    else if (result->reason)
        html_put(page, "<p class=\"why\">%s</p>", result->reason);
    html_put(page, "</details>\n");
}

static bool same_group(const struct result *a, const struct result *b)
{
    return a->layer == b->layer && g_strcmp0(a->module, b->module) == 0;
}

static void put_group(struct page *page, guint from, guint to)
{
    const struct result *first = page->audit->results->pdata[from];
    guint failed = 0;
    for (guint i = from; i < to; i++)
        failed += view_state_of(page->audit->results->pdata[i]) == VIEW_FAIL;
    html_put(page,
             "<details class=\"group\" open><summary><span class=\"h\" role=\"heading\" aria-level=\"3\">%s \u00b7 "
             "%s</span> <span class=\"n\">",
             view_layer(first->layer), first->module_title ? first->module_title : first->module);
    if (failed)
        html_put(page, "%u of %u failed", failed, to - from);
    else
        html_put(page, "%u rule%s", to - from, to - from == 1 ? "" : "s");
    html_put(page, "</span></summary>\n");
    for (guint i = from; i < to; i++)
        put_rule(page, page->audit->results->pdata[i]);
    html_put(page, "</details>\n");
}

static GPtrArray *benchmarks(const struct audit *audit)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < audit->results->len; i++) {
        const GPtrArray *references = ((struct result *)audit->results->pdata[i])->references;
        for (guint k = 0; k < references->len; k++) {
            struct reference *reference = references->pdata[k];
            if (reference->benchmark && g_hash_table_add(seen, reference->benchmark))
                g_ptr_array_add(names, reference->benchmark);
        }
    }
    g_ptr_array_sort(names, value_order_texts);
    return names;
}

static void put_chip(struct page *page, const char *facet, const char *value, const char *label)
{
    html_put(page,
             "<button type=\"button\" class=\"chip %s\" aria-pressed=\"false\" data-facet=\"%s\" data-value=\"%s\">%s "
             "<span class=\"n\"></span></button>",
             value, facet, value, label);
}

static void put_facets(struct page *page)
{
    g_autoptr(GPtrArray) names = benchmarks(page->audit);
    html_put(page,
             "<div class=\"filters\" id=\"filters\" hidden><label for=\"q\">Search</label>"
             "<input type=\"search\" id=\"q\" placeholder=\"Id, title, evidence\u2026\" autocomplete=\"off\" "
             "spellcheck=\"false\" aria-keyshortcuts=\"/\"><p class=\"mute hint\">Press <kbd>/</kbd> to search</p>"
             "<details id=\"facets\" open><summary>Filters</summary>"
             "<fieldset><legend>Verdict</legend>");
    for (int state = 0; state < VIEW_COUNT; state++)
        put_chip(page, "verdict", view_word((enum view_state)state)->key, view_word((enum view_state)state)->label);
    html_put(page, "</fieldset><fieldset><legend>Severity</legend>");
    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--)
        put_chip(page, "severity", severity_name((enum severity)severity), severity_name((enum severity)severity));
    html_put(page, "</fieldset><fieldset><legend>Layer</legend>");
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        put_chip(page, "layer", layer_name((enum layer)layer), view_layer((enum layer)layer));
    html_put(page, "</fieldset><label for=\"benchmark\">Benchmark</label><select id=\"benchmark\"><option "
                   "value=\"\">All</option>");
    for (guint i = 0; i < names->len; i++)
        html_put(page, "<option value=\"%s\">%s</option>", (const char *)names->pdata[i],
                 (const char *)names->pdata[i]);
    html_put(page,
             "</select><label for=\"group\">Group by</label><select id=\"group\"><option value=\"\">Layer and "
             "module</option>"
             "<option value=\"layer\">Layer</option><option value=\"severity\">Severity</option>"
             "<option value=\"verdict\">Verdict</option><option value=\"benchmark\">Benchmark section</option></select>"
             "</details></div>");
}

void html_results(struct page *page)
{
    const GPtrArray *results = page->audit->results;
    html_put(page, "<section id=\"results\" class=\"results\" aria-labelledby=\"h-results\">");
    put_facets(page);
    html_put(
        page,
        "<div class=\"main\"><div class=\"bar-top\"><h2 id=\"h-results\">Results</h2><p class=\"mute\" id=\"count\">%u "
        "rules</p>"
        "<div class=\"js\"><button type=\"button\" class=\"btn\" id=\"reset\" hidden>Show all</button>"
        "<button type=\"button\" class=\"btn\" id=\"unfold\">Unfold all</button></div></div>"
        "<p class=\"calm\" id=\"none\" hidden>No rule matches these filters.</p><div id=\"rules\">\n",
        results->len);
    if (!results->len)
        html_put(page, "<p class=\"calm\">No rule was judged.</p>");
    for (guint from = 0, to; from < results->len; from = to) {
        for (to = from + 1; to < results->len && same_group(results->pdata[from], results->pdata[to]);)
            to++;
        put_group(page, from, to);
    }
    html_put(page, "</div></div></section>\n");
}
