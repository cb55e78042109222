/* The first screen: score, verdict sentence, coverage, layers, and what to fix first. */
#include "reports/html.h"

#include <string.h>

static const enum view_state order[] = {VIEW_FAIL,          VIEW_ERROR,        VIEW_UNKNOWN, VIEW_WAIVED,
                                        VIEW_FOLDED,        VIEW_NOTCHECKED,   VIEW_DIFFERS, VIEW_PASS,
                                        VIEW_INFORMATIONAL, VIEW_NOTAPPLICABLE};

static void put_verdict(struct page *page)
{
    static const struct {
        const char *class, *sign, *text;
    } verdicts[] = {[VIEW_MET] = {"good", "\u2713", "The demands are met"},
                    [VIEW_NOT_MET] = {"poor", "\u2717", "The demands are not met"},
                    [VIEW_INCOMPLETE] = {"fair", "!", "The audit is not complete"},
                    [VIEW_NOTHING_DEMANDED] = {"plain", "\u2022", "Only reported"}};
    enum view_demands kind = view_demands(page->audit);
    if (!score_judged(&page->audit->score)) {
        html_put(page,
                 "<p class=\"verdict poor\"><span aria-hidden=\"true\">!</span> <strong>Nothing judged.</strong> "
                 "<span>%s</span></p>",
                 page->audit->gate.why);
        return;
    }
    html_put(page,
             "<p class=\"verdict %s\"><span aria-hidden=\"true\">%s</span> <strong>%s.</strong> <span>%s</span></p>",
             verdicts[kind].class, verdicts[kind].sign, verdicts[kind].text, page->audit->gate.why);
}

static void put_bar(struct page *page, const unsigned *counts, unsigned total)
{
    double x = 0;
    html_put(page, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    for (size_t i = 0; i < G_N_ELEMENTS(order) && total; i++) {
        double width = 1000.0 * counts[order[i]] / total;
        if (!counts[order[i]])
            continue;
        html_put(page, "<rect class=\"%s\" y=\"0\" height=\"10\" x=\"", view_word(order[i])->key);
        html_number(page, x);
        html_put(page, "\" width=\"");
        html_number(page, MAX(width - 3, 1));
        html_put(page, "\"/>");
        x += width;
    }
    html_put(page, "</svg>");
}

static void put_legend(struct page *page, const unsigned *counts)
{
    html_put(page, "<ul class=\"legend\">");
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const struct view_word *word = view_word(order[i]);
        if (counts[order[i]])
            html_put(
                page,
                "<li><a href=\"#verdict=%s\" class=\"%s\"><span aria-hidden=\"true\">%s</span> <b>%u</b> %s</a></li>",
                word->key, word->key, word->sign, counts[order[i]], word->label);
    }
    html_put(page, "</ul>");
}

static void put_coverage(struct page *page)
{
    const struct score *score = &page->audit->score;
    unsigned judged = 0;
    unsigned applicable = 0;
    view_coverage(score, &judged, &applicable);
    g_autofree char *coverage = view_coverage_percent(score);
    html_put(page, "<p class=\"coverage\"><b>Coverage %s</b>: %u of %u applicable rules could be judged", coverage,
             judged, applicable);
    if (page->audit->left_out)
        html_put(page, "; %u left out", page->audit->left_out);
    const char *note = view_score_note(score);
    html_put(page, ".%s%s</p>", note ? " " : "", note ? note : "");
}

static void put_layer(struct page *page, enum layer layer)
{
    unsigned counts[VIEW_COUNT];
    view_count(page->audit, layer, counts);
    html_put(page, "<li><a href=\"#layer=%s\">", layer_name(layer));
    const struct score *score = &page->audit->layers[layer];
    unsigned judged = score_judged(score);
    if (view_has_ring(score))
        html_ring(page, score, view_layer(layer), "small");
    html_put(page, "<span><b>%s</b><small>", view_layer(layer));
    unsigned blind = counts[VIEW_ERROR] + counts[VIEW_UNKNOWN];
    if (!judged)
        html_put(page, "nothing judged");
    else if (!view_has_ring(score))
        html_put(page, "%u of %u failed", counts[VIEW_FAIL], judged);
    else
        html_put(page, "%u failed", counts[VIEW_FAIL]);
    html_put(page, "</small><small>");
    if (blind)
        html_put(page, "%u unknown", blind);
    else if (judged)
        html_put(page, "%u passed", counts[VIEW_PASS]);
    html_put(page, "</small></span></a></li>");
}

/* What fails, by severity: each filters. */
static void put_severities(struct page *page)
{
    unsigned counts[SEVERITY_COUNT] = {0};
    g_autoptr(GPtrArray) failures = view_failures(page->audit);
    for (guint i = 0; i < failures->len; i++)
        counts[((const struct result *)failures->pdata[i])->severity]++;
    html_put(page, "<ul class=\"counts\" aria-label=\"Failures by severity\">");
    for (int severity = SEVERITY_CRITICAL; severity > SEVERITY_INFO; severity--) {
        const char *name = severity_name((enum severity)severity);
        html_put(page, "<li class=\"%s\"><a href=\"#verdict=fail&amp;severity=%s\"><b>%u</b> %s</a></li>",
                 counts[severity] ? name : "zero", name, counts[severity], name);
    }
    html_put(page, "</ul>");
}

static void put_score_card(struct page *page)
{
    const struct audit *audit = page->audit;
    unsigned counts[VIEW_COUNT];
    unsigned total = 0;
    view_count(audit, LAYER_COUNT, counts);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        total += counts[order[i]];
    html_put(page, "<div class=\"card score\">");
    put_severities(page);
    html_put(page, "<div class=\"headline\">");
    html_ring(page, &audit->score, "Whole host", "big");
    html_put(page, "<div><p class=\"eyebrow\">Host audit</p><h1>%s</h1><p class=\"facts\">%s \u00b7 Linux %s",
             audit->host.name, audit->host.os, audit->host.kernel);
    html_put(page, " \u00b7 <time datetime=\"%s\">%s</time>%s</p>", audit->started, audit->started,
             audit->host.privileged ? "" : " \u00b7 not as root");
    put_verdict(page);
    put_coverage(page);
    html_put(page, "</div></div>");
    put_bar(page, counts, total);
    put_legend(page, counts);
    html_put(page, "<h2 class=\"sr\">Layers</h2><ul class=\"layers\">");
    for (int layer = 0; layer < LAYER_COUNT; layer++)
        put_layer(page, (enum layer)layer);
    html_put(page, "</ul></div>");
}

/* What is wrong: the first object's sentence, or that of the rule; NULL. Caller frees. */
static char *finding_of(const struct result *result)
{
    g_autoptr(GPtrArray) items = view_items(result);
    const struct item_result *first = items->len ? items->pdata[0] : NULL;
    return first && first->finding ? view_finding(first) : g_strdup(result->finding);
}

static void put_top_row(struct page *page, const struct result *result)
{
    g_autofree char *objects = view_objects(result);
    g_autofree char *finding = finding_of(result);
    html_put(page, "<li><a href=\"#r-%s\">", result->rule);
    html_prose(page, finding ? finding : result->title);
    html_put(page, "</a><p>");
    html_severity(page, result->severity);
    html_put(page, "<span>%s</span></p>", objects ? objects : "");
    if (result->fix.text) {
        html_put(page, "<p class=\"todo\">");
        html_prose(page, result->fix.text);
        html_put(page, "</p>");
    }
    html_put(page, "</li>");
}

static void put_top(struct page *page)
{
    g_autoptr(GPtrArray) top = view_top(page->audit, 5);
    html_put(page, "<div class=\"card first\"><h2>Fix first</h2>");
    if (top->len) {
        html_put(page, "<ol>");
        for (guint i = 0; i < top->len; i++)
            put_top_row(page, top->pdata[i]);
        html_put(page, "</ol>");
    } else {
        html_put(page, "<p class=\"calm\">%s</p>",
                 score_judged(&page->audit->score) ? "No rule fails. Nothing is waiting here."
                                                   : "Nothing was judged, so nothing can be fixed yet.");
    }
    html_put(page, "</div>");
}

static void put_run_errors(struct page *page)
{
    const GPtrArray *errors = page->audit->errors;
    if (!errors->len)
        return;
    html_put(
        page,
        "<section class=\"card notice\" aria-labelledby=\"h-run\"><h2 id=\"h-run\"><span aria-hidden=\"true\">!</span> "
        "This run is not complete</h2><ul>");
    guint shown = MIN(errors->len, VIEW_ITEMS_MAX);
    for (guint i = 0; i < shown; i++) {
        const struct run_error *error = errors->pdata[i];
        html_put(page, "<li><code>%s</code> <span>%s</span></li>", error->where, error->message);
    }
    if (shown < errors->len)
        html_put(page, "<li>and %u more</li>", errors->len - shown);
    html_put(page, "</ul></section>");
}

void html_summary(struct page *page)
{
    html_put(page, "<section class=\"hero\" aria-label=\"Summary\">");
    put_score_card(page);
    put_top(page);
    html_put(page, "</section>\n");
    put_run_errors(page);
}
