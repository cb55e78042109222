/* One rule in the terminal report: its line, its items, what is said below it. */
#include "reports/text.h"

#include "reports/escape.h"

#include <string.h>

enum {
    ID_COLUMN = 17,
    OTHERS_SHOWN = 3, /* names behind the first */
    FACT_BYTES = 400, /* of what is told without --verbose; a finding is shorter */
};

static void put_id(struct text *text, const struct result *result)
{
    text_state(text, view_state_of(result));
    text_tab(text, TEXT_INDENT - 1);
    text_printf(text, result->severity >= SEVERITY_HIGH ? TEXT_BOLD : TEXT_PLAIN, "%-8s",
                severity_name(result->severity));
    text_tab(text, ID_COLUMN);
    text_put(text, TEXT_BOLD, text_non_empty(result->rule, "?"));
}

/* " (3 of 75 containers)" */
static void text_objects(struct text *text, const struct result *result)
{
    g_autofree char *objects = result->verdict == VERDICT_FAIL ? view_objects(result) : NULL;
    g_autofree char *shown = objects ? g_strdup_printf("(%s)", objects) : NULL;
    if (shown)
        text_put_wrapped(text, TEXT_DIM, shown, ID_COLUMN);
}

void text_rule_line(struct text *text, const struct result *result)
{
    put_id(text, result);
    text_put(text, TEXT_PLAIN, " ");
    text_put_wrapped(text, TEXT_PLAIN, text_non_empty(result->title, ""), ID_COLUMN);
    text_objects(text, result);
    text_newline(text);
}

/* What is wrong with an item: the rule's sentence, or what was seen and what was wanted; of what passes its name.
 * Caller frees. */
static char *fact_of(const struct text *text, const struct result *result, const struct item_result *item)
{
    bool passes = item->verdict == VERDICT_PASS;
    g_autofree char *seen = passes ? g_strdup("") : view_finding(item);
    const char *expected = passes ? NULL : text_non_empty(view_expected(result, item), NULL);
    bool named = item->finding || !item->subject || (!passes && g_strcmp0(item->subject, item->source.path) == 0);
    GString *fact = g_string_new(named ? NULL : item->subject);
    if (*seen)
        g_string_append_printf(fact, "%s%s", fact->len ? ": " : "", seen);
    if (expected)
        g_string_append_printf(fact,
                               item->finding         ? "; expected: %s"
                               : text->options->utf8 ? " \u2192 %s"
                                                     : " -> %s",
                               expected);
    return g_string_free(fact, FALSE);
}

/* The fact has the place in it already. */
static bool is_told(const struct item_result *item, const char *fact)
{
    g_autofree char *source = view_source(&item->source);
    return strstr(fact, source) || (!item->source.line && item->source.path && strstr(fact, item->source.path));
}

/* "fact, at PATH:LINE; and 3 more". */
static void put_item(struct text *text, const struct audit *audit, const struct result *result,
                     const struct item_result *item, const char *more)
{
    g_autofree char *fact = fact_of(text, result, item);
    bool told = is_told(item, fact);
    g_autofree char *shown = text->options->verbose ? g_strdup(fact) : escape_bounded(fact, FACT_BYTES);
    text_tab(text, TEXT_INDENT);
    text_put_wrapped(text, TEXT_PLAIN, shown, TEXT_INDENT);
    if (!told) {
        text_put(text, TEXT_DIM, *fact ? "," : "");
        text_put_wrapped(text, TEXT_DIM, "at", TEXT_INDENT);
        text_source(text, &item->source, audit->host.root, TEXT_INDENT);
    }
    if (more && *more) {
        text_put(text, TEXT_PLAIN, ";");
        text_put_wrapped(text, TEXT_PLAIN, more, TEXT_INDENT);
    }
    text_newline(text);
}

/* With what other tests saw of it. */
static void put_looks(struct text *text, const struct audit *audit, const struct result *result,
                      const struct item_result *item)
{
    const struct item_result *look = item;
    for (guint i = 0; look; look = view_look(item, ++i))
        put_item(text, audit, result, look, NULL);
}

static void put_items(struct text *text, const struct audit *audit, const struct result *result)
{
    g_autoptr(GPtrArray) items = view_items(result);
    guint shown = MIN(items->len, VIEW_ITEMS_MAX);
    gsize start = text->out->len;
    for (guint i = 0; i < shown; i++) {
        if (text->out->len - start > VIEW_EVIDENCE_MAX) {
            shown = i;
            break;
        }
        put_looks(text, audit, result, items->pdata[i]);
    }
    guint64 more = view_more(result, items, shown);
    if (more) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %" G_GUINT64_FORMAT " more", more);
        text_newline(text);
    }
}

/* "and 7 more: web-2, web-3, web-4"; empty where there is one alone. Caller frees. */
static char *others_of(const struct result *result, const GPtrArray *items)
{
    guint64 more = view_more(result, items, 1);
    GString *out = g_string_new(NULL);
    if (more)
        g_string_append_printf(out, "and %" G_GUINT64_FORMAT " more", more);
    for (guint i = 1; i < MIN(items->len, OTHERS_SHOWN + 1); i++) {
        const struct item_result *item = items->pdata[i];
        g_string_append_printf(out, "%s%s", i > 1 ? ", " : ": ", text_non_empty(item->subject, "?"));
    }
    if (more > OTHERS_SHOWN)
        g_string_append(out, ", ...");
    return g_string_free(out, FALSE);
}

static void put_wrong(struct text *text, const struct audit *audit, const struct result *result)
{
    g_autoptr(GPtrArray) items = view_items(result);
    /* Where one of many is wanted, the others are no failures. */
    bool context =
        result->verdict == VERDICT_FAIL && !result->items_failed && !result->items_folded && !result->items_waived;
    const char *reason = items->len && !context ? NULL : text_non_empty(view_reason(result), NULL);
    if (reason) {
        text_tab(text, TEXT_INDENT);
        text_put_wrapped(text, TEXT_PLAIN, reason, TEXT_INDENT);
        text_newline(text);
    }
    if (!items->len || (context && reason))
        return;
    g_autofree char *others = others_of(result, items);
    put_item(text, audit, result, items->pdata[0], others);
}

/* The command where one line is all, else the words; what is longer is told by others. */
static void put_fix(struct text *text, const struct result *result)
{
    const struct fix *fix = &result->fix;
    const char *whole = fix->shell && !strchr(fix->shell, '\n') ? fix->shell : fix->text;
    if (!whole)
        return;
    g_autofree char *first = g_strndup(whole, strcspn(whole, "\n"));
    text_tab(text, TEXT_INDENT);
    text_put(text, TEXT_DIM, "fix:");
    text_put_wrapped(text, TEXT_PLAIN, first, TEXT_INDENT);
    if (whole[strlen(first)])
        text_put_wrapped(text, TEXT_DIM, "...", TEXT_INDENT);
    text_newline(text);
}

static void put_follow(struct text *text, const GPtrArray *follow)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < MIN(follow->len, OTHERS_SHOWN); i++)
        g_string_append_printf(
            line, "%s%s", i ? ", " : "with it fail: ", text_non_empty(((struct result *)follow->pdata[i])->rule, "?"));
    if (follow->len > OTHERS_SHOWN)
        g_string_append_printf(line, " and %u more", follow->len - OTHERS_SHOWN);
    text_tab(text, TEXT_INDENT);
    text_put_wrapped(text, TEXT_DIM, line->str, TEXT_INDENT);
    text_newline(text);
}

void text_failure(struct text *text, const struct audit *audit, const struct result *result, const GPtrArray *follow)
{
    g_autoptr(GPtrArray) items = view_items(result);
    bool told = result->finding || (items->len && ((struct item_result *)items->pdata[0])->finding);
    put_id(text, result);
    if (!told) {
        text_put(text, TEXT_PLAIN, " ");
        text_put_wrapped(text, TEXT_PLAIN, text_non_empty(result->title, ""), ID_COLUMN);
    }
    text_objects(text, result);
    text_newline(text);
    put_wrong(text, audit, result);
    put_fix(text, result);
    if (follow)
        put_follow(text, follow);
}

void text_labelled(struct text *text, const char *label, const char *string)
{
    if (!string || !*string)
        return;
    text_tab(text, TEXT_INDENT);
    text_put(text, TEXT_DIM, label);
    text_put_wrapped(text, TEXT_PLAIN, string, TEXT_INDENT);
    text_newline(text);
}

void text_rule(struct text *text, const struct audit *audit, const struct result *result)
{
    text_rule_line(text, result);
    text_labelled(text, "", view_reason(result));
    put_items(text, audit, result);
    g_autofree char *references = text->options->verbose ? view_references(result, ", ") : NULL;
    text_labelled(text, "references:", references);
    if (view_state_of(result) == VIEW_FAIL)
        text_labelled(text, "fix:", result->fix.text);
}
