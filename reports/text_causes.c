/* What could not be assessed, by reason, with what would remedy it. */
#include "reports/text.h"

/* Where plumbline knows no remediation, the first rule's own reason says more than the group's common one. */
static void put_example(struct text *text, const struct view_cause *group)
{
    const struct result *first = group->results->pdata[0];
    const char *reason = text_non_empty(first->reason, "");
    if (group->remediation || !*reason || g_str_equal(reason, group->cause))
        return;
    g_autofree char *line =
        g_strdup_printf("%s%s: %s", group->results->len > 1 ? "as " : "", text_non_empty(first->rule, "?"), reason);
    text_tab(text, TEXT_INDENT);
    text_put_wrapped(text, TEXT_PLAIN, line, TEXT_INDENT);
    text_newline(text);
}

static void put_cause(struct text *text, const struct view_cause *group)
{
    text_state(text, group->errors == group->results->len ? VIEW_ERROR : VIEW_UNKNOWN);
    text_tab(text, TEXT_INDENT - 1);
    g_autofree char *line =
        g_strdup_printf("%u rule%s: %s", group->results->len, group->results->len == 1 ? "" : "s", group->cause);
    g_autofree char *remediation =
        group->remediation ? g_strdup_printf("remediation: %s", group->remediation) : g_strdup("");
    text_put_wrapped(text, TEXT_PLAIN, line, TEXT_INDENT);
    text_put(text, TEXT_PLAIN, group->remediation ? ";" : "");
    text_put_wrapped(text, TEXT_NOTE, remediation, TEXT_INDENT);
    text_newline(text);
    g_autoptr(GString) names = g_string_new(NULL);
    guint shown = text->options->verbose ? VIEW_ITEMS_MAX : TEXT_ITEMS;
    for (guint i = 0; i < MIN(group->results->len, shown); i++) {
        const struct result *result = group->results->pdata[i];
        g_string_append_printf(names, "%s%s", i ? ", " : "", text_non_empty(result->rule, "?"));
    }
    if (group->results->len > shown)
        g_string_append_printf(names, " and %u more", group->results->len - shown);
    text_tab(text, TEXT_INDENT);
    text_put_wrapped(text, TEXT_DIM, names->str, TEXT_INDENT);
    text_newline(text);
    put_example(text, group);
}

void text_causes(struct text *text, const struct audit *audit)
{
    g_autoptr(GPtrArray) causes = view_causes(audit);
    if (!causes->len)
        return;
    guint rules = 0;
    for (guint i = 0; i < causes->len; i++)
        rules += ((struct view_cause *)causes->pdata[i])->results->len;
    g_autofree char *title = g_strdup_printf("Not assessed (%u)", rules);
    text_heading(text, title, ", by cause");
    guint shown = text->options->verbose ? causes->len : MIN(causes->len, 8);
    for (guint i = 0; i < shown; i++)
        put_cause(text, causes->pdata[i]);
    if (shown < causes->len) {
        text_tab(text, TEXT_INDENT);
        text_printf(text, TEXT_DIM, "and %u more causes", causes->len - shown);
        text_newline(text);
    }
}
