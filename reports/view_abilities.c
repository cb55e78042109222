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

guint view_ability_by(const struct ability_table *table, guint column, const char *way)
{
    guint able = 0;
    for (guint i = 0; i < table->rows->len; i++) {
        const struct ability_cell *cell = ability_row_cell(table->rows->pdata[i], column);
        able += cell && ability_grade_fails(cell->grade) && g_strcmp0(cell->by, way) == 0;
    }
    return able;
}

/* Not one of its cells has an item that shows it. */
static bool is_without_evidence(const struct ability_table *table, guint column)
{
    for (guint i = 0; i < table->rows->len; i++) {
        const struct ability_cell *cell = ability_row_cell(table->rows->pdata[i], column);
        if (cell && cell->grade != ABILITY_NO && cell->item >= 0)
            return false;
    }
    return true;
}

enum view_column view_ability_column(const struct ability_table *table, guint column)
{
    guint counts[ABILITY_GRADES];
    guint able = view_ability_counts(table, column, counts);
    const struct ability_column *head = table->columns->pdata[column];
    if (able || counts[ABILITY_WAIVED])
        return VIEW_COLUMN_SHOWN;
    /* What is said of nobody in particular is said once. */
    if (counts[ABILITY_UNKNOWN] && !(head->unknown && is_without_evidence(table, column)))
        return VIEW_COLUMN_SHOWN;
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

bool view_ability_any(const struct ability_row *row, const GArray *columns)
{
    for (guint k = 0; k < columns->len; k++) {
        const struct ability_cell *cell = ability_row_cell(row, g_array_index(columns, guint, k));
        if (cell && cell->grade != ABILITY_NO)
            return true;
    }
    return false;
}

GPtrArray *view_ability_rows(const struct ability_table *table)
{
    GPtrArray *rows = g_ptr_array_new();
    g_autoptr(GArray) columns = view_ability_columns(table);
    for (guint i = 0; i < table->rows->len; i++)
        if (view_ability_any(table->rows->pdata[i], columns))
            g_ptr_array_add(rows, table->rows->pdata[i]);
    return rows;
}

static guint count_stopped(const GPtrArray *rows)
{
    guint stopped = 0;
    for (guint i = 0; i < rows->len; i++)
        stopped += ((const struct ability_row *)rows->pdata[i])->stopped;
    return stopped;
}

char *view_ability_share(const struct ability_table *table, const GPtrArray *rows)
{
    guint all = count_stopped(table->rows), some = count_stopped(rows);
    return all ? g_strdup_printf("%u of %u running, %u of %u stopped", rows->len - some, table->rows->len - all, some,
                                 all)
               : g_strdup_printf("%u of %u", rows->len, table->rows->len);
}

char *view_stopped(guint64 stopped)
{
    return stopped ? g_strdup_printf(", %" G_GUINT64_FORMAT " stopped", stopped) : g_strdup("");
}

guint view_ability_stopped(const struct ability_table *table, guint column)
{
    guint able = 0;
    for (guint i = 0; i < table->rows->len; i++) {
        const struct ability_row *row = table->rows->pdata[i];
        const struct ability_cell *cell = ability_row_cell(row, column);
        able += row->stopped && cell && ability_grade_fails(cell->grade);
    }
    return able;
}
