/* The difference: new failures first, then what nobody can judge any more, then what was fixed; the rest is a number.
 */
#include "reports/text.h"

#define CHANGES_MAX 40 /* of each kind, without --verbose */

/* Objects of one rule stand below one line. */
static void put_rule(struct text *text, const struct change *change, const char *word, enum text_style style)
{
    text_printf(text, style, "%-6s", word);
    text_printf(text, TEXT_PLAIN, " %-8s ", severity_name(change->severity));
    text_put(text, TEXT_BOLD, text_non_empty(change->rule, "?"));
    if (change->objects > 1)
        text_printf(text, TEXT_PLAIN, " (%" G_GUINT64_FORMAT " objects)", change->objects);
    text_newline(text);
}

static void put_change(struct text *text, const struct change *change)
{
    g_autofree char *subject = change->subject ? g_strdup_printf("`%s`", change->subject) : NULL;
    const char *what = change->reason    ? change->reason
                       : change->finding ? change->finding
                       : subject         ? subject
                                         : change->title;
    text_tab(text, TEXT_INDENT - 1);
    text_put_wrapped(text, TEXT_PLAIN, text_non_empty(what, "?"), TEXT_INDENT);
    text_newline(text);
}

static int by_severity(gconstpointer a, gconstpointer b)
{
    const struct change *const *first = a, *const *second = b;
    return (int)(*second)->severity - (int)(*first)->severity;
}

static void put_changes(struct text *text, const GPtrArray *changes, const char *word, enum text_style style)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    for (guint i = 0; i < changes->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(changes, i));
    g_ptr_array_sort(sorted, by_severity); /* a merge sort: stable */
    guint shown = text->options->verbose ? sorted->len : MIN(sorted->len, CHANGES_MAX);
    const char *rule = "";
    for (guint i = 0; i < shown; i++) {
        const struct change *change = g_ptr_array_index(sorted, i);
        if (g_strcmp0(rule, change->rule) != 0)
            put_rule(text, change, word, style);
        rule = change->rule;
        put_change(text, change);
    }
    if (shown == sorted->len)
        return;
    text_printf(text, TEXT_DIM, "and %u more (--verbose lists them)", sorted->len - shown);
    text_newline(text);
}

static guint64 objects_of(const GPtrArray *changes)
{
    guint64 sum = 0;
    for (guint i = 0; i < changes->len; i++)
        sum += ((const struct change *)g_ptr_array_index(changes, i))->objects;
    return sum;
}

void text_difference(struct text *text, const struct audit *audit)
{
    const struct difference *difference = audit->difference;
    if (!difference)
        return;
    text_printf(text, TEXT_BOLD, "Since %s:", text_non_empty(difference->since, "?"));
    g_autofree char *counts =
        g_strdup_printf("%" G_GUINT64_FORMAT " new, %" G_GUINT64_FORMAT
                        " fixed, %u no longer judged, %" G_GUINT64_FORMAT " still failing (%u rule%s)",
                        objects_of(difference->added), objects_of(difference->fixed), difference->unjudged->len,
                        objects_of(difference->still), difference->still->len, difference->still->len == 1 ? "" : "s");
    text_put_wrapped(text, TEXT_PLAIN, counts, 2);
    text_newline(text);
    for (guint i = 0; i < difference->notes->len; i++) {
        text_put_wrapped(text, TEXT_WARN, g_ptr_array_index(difference->notes, i), 2);
        text_newline(text);
    }
    put_changes(text, difference->added, "NEW", TEXT_BAD);
    put_changes(text, difference->unjudged, "OPEN", TEXT_WARN);
    put_changes(text, difference->fixed, "FIXED", TEXT_GOOD);
    if (text->options->verbose)
        put_changes(text, difference->still, "STILL", TEXT_PLAIN);
    if (difference->left_out->len) {
        text_printf(text, TEXT_DIM, "%u rules of the earlier audit are not in this one", difference->left_out->len);
        text_newline(text);
    }
    if (!text->options->difference)
        text_newline(text);
}
