#include "reports/junit_text.h"

#include "reports/escape.h"
#include "reports/view.h"

/* A finding names its subject itself. */
static void append_look(GString *line, const struct result *result, const char *subject, const struct item_result *look)
{
    g_autofree char *finding = view_finding(look);
    const char *expected = view_expected(result, look);
    g_autofree char *source = view_source(&look->source);
    if (!look->finding)
        g_string_append_printf(line, "%s: ", subject);
    g_string_append(line, *finding ? finding : "nothing observed");
    if (expected)
        g_string_append_printf(line, ", expected: %s", expected);
    if (*source)
        g_string_append_printf(line, ", source: %s", source);
}

/* One item in one line: what, observed, where. */
static char *item_line(const struct result *result, const struct item_result *item)
{
    GString *line = g_string_new(NULL);
    append_look(line, result, item->subject, item);
    const struct item_result *look = view_look(item, 1);
    for (guint i = 2; look; look = view_look(item, i++)) {
        g_string_append(line, "; and ");
        append_look(line, result, item->subject, look);
    }
    if (item->waived) {
        g_autofree char *note = view_note(item->waived);
        g_string_append_printf(line, ", waived %s", note);
    }
    return g_string_free(line, FALSE);
}

char *junit_message(const struct result *result)
{
    GString *message = g_string_new(NULL);
    g_autoptr(GPtrArray) items = view_items(result);
    const char *reason = view_reason(result);
    bool fails = result->verdict == VERDICT_FAIL;
    if (reason && *reason)
        g_string_append(message, reason);
    if (result->remediation)
        g_string_append_printf(message, "%s%s",
                               message->len ? "; remediation: " : "remediation: ", result->remediation);
    if (items->len && fails) {
        g_autofree char *line = item_line(result, items->pdata[0]);
        g_string_append_printf(message, "%s%s", message->len ? "; " : "", line);
    }
    g_autofree char *objects = fails ? view_objects(result) : NULL;
    if (objects)
        g_string_append_printf(message, " (%s)", objects);
    if (!message->len)
        g_string_append(message, result->title);
    return g_string_free(message, FALSE);
}

/* On one line, whatever a host wrote into it: no line but ours begins with a label. */
static void append_label(GString *text, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_string_append_printf(text, "%s: ", label);
    escape_visible(text, value, false);
    g_string_append_c(text, '\n');
}

/* What a rule says on several lines: those after the first are indented. */
static void append_prose(GString *text, const char *label, const char *value)
{
    g_auto(GStrv) lines = g_strsplit(value ? value : "", "\n", -1);
    gsize start = text->len;
    for (char **line = lines; *line; line++) {
        if (!*g_strchomp(*line))
            continue;
        if (text->len == start)
            g_string_append_printf(text, "%s: ", label);
        else
            g_string_append(text, "  ");
        escape_visible(text, *line, false);
        g_string_append_c(text, '\n');
    }
}

static void append_items(GString *text, const struct result *result)
{
    g_autoptr(GPtrArray) items = view_items(result);
    gsize start = text->len;
    guint shown = 0;
    while (shown < MIN(items->len, VIEW_ITEMS_MAX) && text->len - start < VIEW_EVIDENCE_MAX) {
        g_autofree char *line = item_line(result, items->pdata[shown++]);
        append_label(text, result->verdict == VERDICT_FAIL ? "finding" : "observed", line);
    }
    guint64 more = view_more(result, items, shown);
    if (more)
        g_string_append_printf(text, "and %" G_GUINT64_FORMAT " more\n", more);
}

char *junit_story(const struct result *result)
{
    GString *text = g_string_new(NULL);
    g_autofree char *references = view_references(result, "; ");
    append_label(text, "rule", result->rule);
    append_label(text, "title", result->title);
    append_label(text, "severity", severity_name(result->severity));
    append_label(text, "references", references);
    append_label(text, "reason", view_reason(result));
    append_label(text, "remediation", result->remediation);
    g_autofree char *objects = view_objects(result);
    append_label(text, result->verdict == VERDICT_FAIL ? "failed" : "looked at", objects);
    append_items(text, result);
    append_prose(text, "rationale", result->rationale);
    append_prose(text, "fix", result->fix.text);
    return g_string_free(text, FALSE);
}

void junit_append_pass(GString *text, const struct result *result)
{
    escape_visible(text, result->rule, false);
    g_string_append(text, " pass");
    if (result->items->len) {
        g_autofree char *line = item_line(result, result->items->pdata[0]);
        g_string_append(text, ": ");
        escape_visible(text, line, false);
    } else if (result->reason) {
        g_string_append(text, ": ");
        escape_visible(text, result->reason, false);
    }
    guint64 more = view_more(result, result->items, 1);
    if (more)
        g_string_append_printf(text, " (and %" G_GUINT64_FORMAT " more)", more);
    g_string_append_c(text, '\n');
}
