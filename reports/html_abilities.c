/* What a compromised container could do to this host: subjects by abilities, worst first. Every cell leads to the item
 * that says so, in the results below; a cell is a plain link, so that it works without the script. */
#include "reports/html.h"

static GHashTable *results_by_rule(const struct audit *audit)
{
    GHashTable *results = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (result->rule)
            g_hash_table_insert(results, result->rule, result);
    }
    return results;
}

/* The item of a cell; NULL when the report does not hold it. */
static struct item_result *item_of(GHashTable *results, const struct ability_cell *cell)
{
    const struct result *result = cell && cell->rule ? g_hash_table_lookup(results, cell->rule) : NULL;
    bool has = result && cell->item >= 0 && (guint)cell->item < result->items->len;
    return has ? result->items->pdata[cell->item] : NULL;
}

GHashTable *html_ability_evidence(const struct audit *audit)
{
    GHashTable *evidence = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) results = results_by_rule(audit);
    for (guint i = 0; i < audit->abilities.rows->len; i++) {
        const struct ability_row *row = audit->abilities.rows->pdata[i];
        for (guint k = 0; k < row->cells->len; k++) {
            struct item_result *item = item_of(results, ability_row_cell(row, k));
            if (item)
                g_hash_table_add(evidence, item);
        }
    }
    return evidence;
}

static void put_cell(struct page *page, GHashTable *results, const struct ability_cell *cell)
{
    if (!cell) {
        html_put(page, "<td></td>");
        return;
    }
    const char *name = ability_grade_name(cell->grade);
    html_put(page, "<td class=\"g-%s\">", name);
    if (cell->rule && item_of(results, cell))
        html_put(page, "<a href=\"#i-%s-%d\">%s</a>", cell->rule, cell->item, name);
    else if (cell->rule && g_hash_table_contains(results, cell->rule))
        html_put(page, "<a href=\"#r-%s\">%s</a>", cell->rule, name);
    else
        html_put(page, "%s", name);
    if (cell->by)
        html_put(page, " <small>by %s</small>", cell->by);
    html_put(page, "</td>");
}

static void put_table(struct page *page, const GPtrArray *rows, const GArray *columns)
{
    const struct ability_table *table = &page->audit->abilities;
    g_autoptr(GHashTable) results = results_by_rule(page->audit);
    html_put(page,
             "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Table of containers and "
             "abilities\"><table "
             "class=\"able\"><caption class=\"sr\">Containers by what code in them could do, worst first</caption>"
             "<thead><tr><th scope=\"col\">Container</th>");
    for (guint k = 0; k < columns->len; k++) {
        const struct ability_column *column = table->columns->pdata[g_array_index(columns, guint, k)];
        html_put(page, "<th scope=\"col\">%s</th>", column->ability);
    }
    html_put(page, "</tr></thead><tbody>\n");
    for (guint i = 0; i < rows->len; i++) {
        const struct ability_row *row = rows->pdata[i];
        html_put(page, "<tr><th scope=\"row\"><bdi>%s</bdi></th>", row->subject);
        for (guint k = 0; k < columns->len; k++)
            put_cell(page, results, ability_row_cell(row, g_array_index(columns, guint, k)));
        html_put(page, "</tr>\n");
    }
    html_put(page, "</tbody></table></div>");
}

/* "Nobody: load kernel modules, ...", or those that could not be told. */
static void put_names(struct page *page, const char *label, enum view_column state)
{
    const struct ability_table *table = &page->audit->abilities;
    bool any = false;
    for (guint k = 0; k < table->columns->len; k++) {
        const struct ability_column *column = table->columns->pdata[k];
        if (view_ability_column(table, k) != state || (state == VIEW_COLUMN_SHOWN && !column->unknown))
            continue;
        if (any)
            html_put(page, ", %s", column->ability);
        else
            html_put(page, "<p class=\"nobody\"><b>%s</b> %s", label, column->ability);
        if (column->unknown)
            html_put(page, " <span class=\"mute\">(%s)</span>", column->unknown);
        any = true;
    }
    if (any)
        html_put(page, "</p>");
}

static void put_rest(struct page *page, const GArray *columns, guint able)
{
    const GPtrArray *rows = page->audit->abilities.rows;
    guint rest = rows->len - able;
    if (!rest)
        return;
    html_put(page, "<details class=\"rest\"><summary>%u %s: nothing of this</summary><p>", rest,
             !able ? "in all" : (rest == 1 ? "other" : "others"));
    bool first = true;
    for (guint i = 0; i < rows->len; i++) {
        const struct ability_row *row = rows->pdata[i];
        if (view_ability_any(row, columns))
            continue;
        html_put(page, "%s<bdi>%s</bdi>", first ? "" : ", ", row->subject);
        first = false;
    }
    html_put(page, "</p></details>");
}

void html_abilities(struct page *page)
{
    const struct ability_table *table = &page->audit->abilities;
    if (!view_has_abilities(table))
        return;
    g_autoptr(GArray) columns = view_ability_columns(table);
    g_autoptr(GPtrArray) rows = view_ability_rows(table);
    html_put(page, "<section class=\"card list\" id=\"abilities\" aria-labelledby=\"h-abilities\"><h2 "
                   "id=\"h-abilities\">" VIEW_ABILITIES_TITLE "</h2>");
    g_autofree char *share = view_ability_share(table, rows);
    if (rows->len)
        html_put(page,
                 "<p class=\"lead\">%s, worst first. A word says how bad it is that code in the container "
                 "could do it; it leads to the evidence, which is that of the "
                 "other ability where one is named. Unknown means that nobody could see.</p>",
                 share);
    if (rows->len)
        put_table(page, rows, columns);
    put_rest(page, columns, rows->len);
    put_names(page, "Not all were seen:", VIEW_COLUMN_SHOWN);
    put_names(page, "Nobody:", VIEW_COLUMN_NOBODY);
    put_names(page, "Not known:", VIEW_COLUMN_UNKNOWN);
    html_put(page, "</section>\n");
}
