/* One rule in the terminal report: its line, its items, what is said below it. */
#include "reports/text.h"

#include "reports/escape.h"

enum {
    ID_COLUMN = 17,
    /* Without a terminal's width: what decides is in front, and lists of hundreds hide the rest of the line. */
    FACT_COLUMNS = 160,
};

void text_rule_line(struct text *text, const struct result *result)
{
    text_state(text, view_state_of(result));
    text_tab(text, TEXT_INDENT - 1);
    text_printf(text, result->severity >= SEVERITY_HIGH ? TEXT_BOLD : TEXT_PLAIN, "%-8s",
                severity_name(result->severity));
    text_tab(text, ID_COLUMN);
    text_put(text, TEXT_BOLD, text_non_empty(result->rule, "?"));
    text_put(text, TEXT_PLAIN, "  ");
    text_put_cut(text, TEXT_PLAIN, text_non_empty(result->title, ""), 0);
    text_newline(text);
}

/* "subject: what was seen"; what goes without saying is left out. Caller frees. */
static char *fact_of(const struct item_result *item)
{
    g_autofree char *seen = view_finding(item);
    bool own_subject = !item->finding && item->subject && g_strcmp0(item->subject, item->source.path) != 0;
    return g_strdup_printf("%s%s%s", own_subject ? item->subject : "", own_subject && *seen ? ": " : "", seen);
}

/* " -> what is wanted"; empty where nothing is. Caller frees. */
static char *expected_of(const struct text *text, const struct result *result, const struct item_result *item)
{
    const char *expected = text_non_empty(view_expected(result, item), NULL);
    return expected ? g_strconcat(text->options->utf8 ? " \u2192 " : " -> ", expected, NULL) : g_strdup("");
}

/* "subject: observed -> expected, at source". The observed part gives way first: what is wanted and where it stands
 * must be seen. */
static void put_item(struct text *text, const struct audit *audit, const struct result *result,
                     const struct item_result *item)
{
    g_autofree char *fact = fact_of(item);
    g_autofree char *expected = expected_of(text, result, item);
    g_autofree char *source = view_source(&item->source);
    int room = text->width - TEXT_INDENT;
    int reserve_source = *source ? MIN(escape_columns(source) + 5, room / 2) : 0;
    int reserve_expected = MIN(escape_columns(expected), room / 3);
    text_tab(text, TEXT_INDENT);
    if (text->options->width > 0)
        text_put_cut(text, TEXT_PLAIN, fact, reserve_source + reserve_expected);
    else
        text_put_short(text, TEXT_PLAIN, fact, FACT_COLUMNS);
    text_put_cut(text, TEXT_PLAIN, expected, reserve_source);
    if (*source) {
        text_put(text, TEXT_DIM, text->column > TEXT_INDENT ? ", at " : "at ");
        text_source(text, &item->source, audit->host.root);
    }
    text_newline(text);
}

static void put_items(struct text *text, const struct audit *audit, const struct result *result)
{
    g_autoptr(GPtrArray) items = view_items(result);
    guint max = text->options->verbose ? VIEW_ITEMS_MAX : TEXT_ITEMS;
    guint shown = MIN(items->len, max);
    gsize start = text->out->len;
    for (guint i = 0; i < shown; i++) {
        if (text->out->len - start > VIEW_EVIDENCE_MAX) {
            shown = i;
            break;
        }
        put_item(text, audit, result, items->pdata[i]);
    }
    guint64 more = view_more(result, items, shown);
    if (more) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %" G_GUINT64_FORMAT " more", more);
        text_newline(text);
    }
}

void text_labelled(struct text *text, const char *label, const char *string)
{
    if (!string || !*string)
        return;
    text_tab(text, TEXT_INDENT);
    text_put(text, TEXT_DIM, label);
    if (text->options->verbose)
        text_put_wrapped(text, TEXT_PLAIN, string, TEXT_INDENT);
    else
        text_put_cut(text, TEXT_PLAIN, string, 0);
    text_newline(text);
}

void text_rule(struct text *text, const struct audit *audit, const struct result *result)
{
    text_rule_line(text, result);
    if (!result->items->len || text->options->verbose)
        text_labelled(text, "", view_reason(result));
    put_items(text, audit, result);
    g_autofree char *references = text->options->verbose ? view_references(result, ", ") : NULL;
    text_labelled(text, "references: ", references);
    if (view_state_of(result) == VIEW_FAIL)
        text_labelled(text, "fix: ", result->fix.text);
}
