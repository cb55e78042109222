/* The table of subjects by abilities: what of it the readable formats show. */
#include "reports/view.h"

#include <string.h>

bool view_has_abilities(const struct ability_table *table)
{
    bool hindered = false;
    for (guint k = 0; k < table->columns->len; k++)
        hindered |= ((struct ability_column *)table->columns->pdata[k])->unknown != NULL;
    return table->columns->len && (table->rows->len || hindered);
}

guint view_ability_counts(const struct ability_table *table, guint column, guint counts[ABILITY_GRADES])
{
    guint able = 0;
    memset(counts, 0, ABILITY_GRADES * sizeof *counts);
    for (guint i = 0; i < table->rows->len; i++) {
        const struct ability_cell *cell = ability_row_cell(table->rows->pdata[i], column);
        if (!cell)
            continue;
        counts[cell->grade]++;
        able += ability_grade_fails(cell->grade);
    }
    return able;
}

enum view_column view_ability_column(const struct ability_table *table, guint column)
{
    guint counts[ABILITY_GRADES];
    guint able = view_ability_counts(table, column, counts);
    if (able || counts[ABILITY_UNKNOWN] || counts[ABILITY_WAIVED])
        return VIEW_COLUMN_SHOWN;
    const struct ability_column *head = table->columns->pdata[column];
    return head->unknown ? VIEW_COLUMN_UNKNOWN : VIEW_COLUMN_NOBODY;
}

GArray *view_ability_columns(const struct ability_table *table)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint k = 0; k < table->columns->len; k++)
        if (view_ability_column(table, k) == VIEW_COLUMN_SHOWN)
            g_array_append_val(columns, k);
    return columns;
}

GPtrArray *view_ability_rows(const struct ability_table *table)
{
    GPtrArray *rows = g_ptr_array_new();
    for (guint i = 0; i < table->rows->len; i++)
        if (ability_row_worst(table->rows->pdata[i]) != ABILITY_NO)
            g_ptr_array_add(rows, table->rows->pdata[i]);
    return rows;
}
