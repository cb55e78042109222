/* What differs from an earlier audit. */
#include "reports/html.h"

#define CHANGES_MAX 100 /* of each kind; the data has all */

static void put_change(struct page *page, const struct change *change)
{
    html_put(page, "<li>");
    html_severity(page, change->severity);
    if (g_str_equal(change->after, "absent"))
        html_put(page, " <code>%s</code> ", change->rule);
    else
        html_put(page, " <a href=\"#r-%s\">%s</a> ", change->rule, change->title);
    if (change->finding)
        html_prose(page, change->finding);
    else if (change->subject)
        html_put(page, "<code>%s</code>", change->subject);
    if (change->reason)
        html_put(page, " <span>%s</span>", change->reason);
    if (change->objects > 1)
        html_put(page, " <span>(%u objects)</span>", (unsigned)MIN(change->objects, G_MAXUINT));
    html_put(page, "</li>");
}

static void put_changes(struct page *page, const GPtrArray *changes, const char *title)
{
    if (!changes->len)
        return;
    html_put(page, "<h3>%s (%u)</h3><ul class=\"changes\">", title, changes->len);
    guint shown = MIN(changes->len, CHANGES_MAX);
    for (guint i = 0; i < shown; i++)
        put_change(page, g_ptr_array_index(changes, i));
    if (shown < changes->len)
        html_put(page, "<li>and %u more, in the data of this page</li>", changes->len - shown);
    html_put(page, "</ul>");
}

void html_difference(struct page *page)
{
    const struct difference *difference = page->audit->difference;
    if (!difference)
        return;
    html_put(page,
             "<section class=\"card\" id=\"difference\" aria-labelledby=\"h-difference\"><h2 id=\"h-difference\">Since "
             "%s</h2><p>%u new, %u fixed, %u no longer judged; %u rules still fail.</p>",
             difference->since, difference->added->len, difference->fixed->len, difference->unjudged->len,
             difference->still->len);
    for (guint i = 0; i < difference->notes->len; i++)
        html_put(page, "<p class=\"notice\">%s</p>", (const char *)g_ptr_array_index(difference->notes, i));
    put_changes(page, difference->added, "New");
    put_changes(page, difference->unjudged, "No longer judged");
    put_changes(page, difference->fixed, "Fixed");
    html_put(page, "</section>\n");
}
