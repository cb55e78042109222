#include "model/ability.h"

static const char *const names[] = {
    [ABILITY_NO] = "no",   [ABILITY_WAIVED] = "waived", [ABILITY_UNKNOWN] = "unknown", [ABILITY_INFO] = "info",
    [ABILITY_LOW] = "low", [ABILITY_MEDIUM] = "medium", [ABILITY_HIGH] = "high",       [ABILITY_CRITICAL] = "critical",
};
_Static_assert(G_N_ELEMENTS(names) == ABILITY_GRADES, "a name for every grade");

const char *ability_grade_name(enum ability_grade grade)
{
    return names[grade];
}

bool ability_grade_parse(const char *name, enum ability_grade *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_str_equal(names[i], name))
            continue;
        *out = (enum ability_grade)i;
        return true;
    }
    return false;
}

bool ability_grade_fails(enum ability_grade grade)
{
    return grade >= ABILITY_INFO;
}

void ability_table_init(struct ability_table *table)
{
    table->columns = g_ptr_array_new_with_free_func(ability_column_free);
    table->rows = g_ptr_array_new_with_free_func(ability_row_free);
}

void ability_table_clear(struct ability_table *table)
{
    g_ptr_array_unref(table->columns);
    g_ptr_array_unref(table->rows);
}

struct ability_column *ability_column_new(const char *ability)
{
    struct ability_column *column = g_new0(struct ability_column, 1);
    column->ability = g_strdup(ability);
    column->rules = g_ptr_array_new_with_free_func(g_free);
    return column;
}

void ability_column_free(gpointer data)
{
    struct ability_column *column = data;
    g_free(column->ability);
    g_free(column->unknown);
    g_ptr_array_unref(column->rules);
    g_free(column);
}

struct ability_row *ability_row_new(const char *subject)
{
    struct ability_row *row = g_new0(struct ability_row, 1);
    row->subject = g_strdup(subject);
    row->cells = g_ptr_array_new_with_free_func(ability_cell_free);
    return row;
}

void ability_row_free(gpointer data)
{
    struct ability_row *row = data;
    g_free(row->subject);
    g_ptr_array_unref(row->cells);
    g_free(row);
}

struct ability_cell *ability_cell_new(enum ability_grade grade, const char *rule, int item)
{
    struct ability_cell *cell = g_new0(struct ability_cell, 1);
    cell->grade = grade;
    cell->rule = g_strdup(rule);
    cell->item = item;
    return cell;
}

void ability_cell_free(gpointer data)
{
    struct ability_cell *cell = data;
    if (!cell)
        return;
    g_free(cell->rule);
    g_free(cell->by);
    g_free(cell);
}

const struct ability_cell *ability_row_cell(const struct ability_row *row, guint column)
{
    return column < row->cells->len ? g_ptr_array_index(row->cells, column) : NULL;
}

enum ability_grade ability_row_worst(const struct ability_row *row)
{
    enum ability_grade worst = ABILITY_NO;
    for (guint i = 0; i < row->cells->len; i++) {
        const struct ability_cell *cell = g_ptr_array_index(row->cells, i);
        if (cell && cell->grade > worst)
            worst = cell->grade;
    }
    return worst;
}
