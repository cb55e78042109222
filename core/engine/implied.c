#include "engine/implied.h"

struct implied {
    GHashTable *worst; /* ability -> enum ability_grade of the worst rule, borrowed keys */
    GHashTable *next;  /* ability -> GPtrArray of char *, borrowed */
    const struct content *content;
    const struct ability_table *table;
    GHashTable *columns; /* ability -> index + 1 of those that can be filled; borrowed keys */
};

enum ability_grade implied_grade(enum severity severity)
{
    static const enum ability_grade failing[SEVERITY_COUNT] = {[SEVERITY_INFO] = ABILITY_INFO,
                                                               [SEVERITY_LOW] = ABILITY_LOW,
                                                               [SEVERITY_MEDIUM] = ABILITY_MEDIUM,
                                                               [SEVERITY_HIGH] = ABILITY_HIGH,
                                                               [SEVERITY_CRITICAL] = ABILITY_CRITICAL};
    return failing[severity];
}

static enum ability_grade worst_of(const struct implied *implied, const char *ability)
{
    return (enum ability_grade)GPOINTER_TO_UINT(g_hash_table_lookup(implied->worst, ability));
}

static void add_rule(struct implied *implied, const struct rule *rule)
{
    enum ability_grade grade = implied_grade(rule->severity);
    if (rule->ability && grade > worst_of(implied, rule->ability))
        g_hash_table_insert(implied->worst, rule->ability, GUINT_TO_POINTER(grade));
}

static void add_implication(struct implied *implied, const struct implication *one)
{
    GPtrArray *names = g_hash_table_lookup(implied->next, one->ability);
    if (!names) {
        names = g_ptr_array_new();
        g_hash_table_insert(implied->next, one->ability, names);
    }
    for (guint i = 0; i < one->implied->len; i++)
        g_ptr_array_add(names, g_ptr_array_index(one->implied, i));
}

struct implied *implied_new(const struct content *content)
{
    struct implied *implied = g_new0(struct implied, 1);
    implied->worst = g_hash_table_new(g_str_hash, g_str_equal);
    implied->next = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    implied->columns = g_hash_table_new(g_str_hash, g_str_equal);
    implied->content = content;
    for (guint i = 0; content && i < content->rules->len; i++)
        add_rule(implied, g_ptr_array_index(content->rules, i));
    for (guint m = 0; content && m < content->modules->len; m++) {
        const struct module *module = g_ptr_array_index(content->modules, m);
        for (guint i = 0; i < module->implications->len; i++)
            add_implication(implied, g_ptr_array_index(module->implications, i));
    }
    return implied;
}

void implied_free(struct implied *implied)
{
    if (!implied)
        return;
    g_hash_table_unref(implied->worst);
    g_hash_table_unref(implied->next);
    g_hash_table_unref(implied->columns);
    g_free(implied);
}

const GPtrArray *implied_of_rule(const struct implied *implied, const char *rule)
{
    const struct rule *found = implied->content ? content_rule(implied->content, rule) : NULL;
    return found && found->implies->len ? found->implies : NULL;
}

const char *implied_acting(const struct implied *implied, const char *rule)
{
    const struct rule *found = implied->content ? content_rule(implied->content, rule) : NULL;
    return found ? found->acts_as : NULL;
}

/* Some rule of the column applied to somebody, or nobody could look: elsewhere it means nothing on this host. */
static bool is_alive(const struct ability_table *table, guint column)
{
    if (((const struct ability_column *)g_ptr_array_index(table->columns, column))->unknown)
        return true;
    for (guint i = 0; i < table->rows->len; i++)
        if (ability_row_cell(g_ptr_array_index(table->rows, i), column))
            return true;
    return false;
}

void implied_begin(struct implied *implied, const struct ability_table *table)
{
    implied->table = table;
    g_hash_table_remove_all(implied->columns);
    for (guint k = 0; k < table->columns->len; k++) {
        const struct ability_column *column = g_ptr_array_index(table->columns, k);
        if (is_alive(table, k))
            g_hash_table_insert(implied->columns, column->ability, GUINT_TO_POINTER(k + 1));
    }
}

/* What is said of the ability itself stays where it is as bad. */
static bool raise_cell(struct ability_row *row, guint column, enum ability_grade grade,
                       const struct ability_cell *source, const char *by)
{
    void **place = &g_ptr_array_index(row->cells, column);
    struct ability_cell *cell = *place;
    if (cell == source || grade == ABILITY_NO || (cell && grade <= cell->grade))
        return false;
    struct ability_cell *raised = ability_cell_new(grade, source->rule, source->item);
    raised->by = g_strdup(by);
    ability_cell_free(cell);
    *place = raised;
    return true;
}

bool implied_raise(const struct implied *implied, struct ability_row *row, const char *ability,
                   const struct ability_cell *source, const char *by)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(implied->columns, ability));
    return found && raise_cell(row, found - 1, MIN(source->grade, worst_of(implied, ability)), source, by);
}

bool implied_inherit(const struct implied *implied, struct ability_row *row, const struct ability_row *other,
                     const struct ability_cell *source, const char *by)
{
    bool changed = false;
    for (guint k = 0; source && k < implied->table->columns->len; k++) {
        const struct ability_column *column = g_ptr_array_index(implied->table->columns, k);
        const struct ability_cell *theirs = other ? ability_row_cell(other, k) : source;
        enum ability_grade grade = theirs ? theirs->grade : ABILITY_NO;
        if (!ability_grade_fails(source->grade))
            grade = MIN(grade, source->grade);
        if (g_hash_table_contains(implied->columns, column->ability))
            changed |= raise_cell(row, k, grade, source, by);
    }
    return changed;
}

/* All columns that follow from column `from` of one row. */
static bool spread(const struct implied *implied, struct ability_row *row, guint from)
{
    const struct ability_column *column = g_ptr_array_index(implied->table->columns, from);
    const GPtrArray *names = g_hash_table_lookup(implied->next, column->ability);
    const struct ability_cell *source = ability_row_cell(row, from);
    bool changed = false;
    for (guint i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (!g_str_equal(name, IMPLIES_ALL)) {
            changed |= implied_raise(implied, row, name, source, column->ability);
            continue;
        }
        for (guint k = 0; k < implied->table->columns->len; k++) {
            const struct ability_column *other = g_ptr_array_index(implied->table->columns, k);
            changed |= k != from && implied_raise(implied, row, other->ability, source, column->ability);
        }
    }
    return changed;
}

/* Grades only rise, so this ends, circles or not. */
static void close_row(const struct implied *implied, struct ability_row *row)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (guint k = 0; k < implied->table->columns->len; k++) {
            const struct ability_cell *cell = ability_row_cell(row, k);
            changed |= cell && cell->grade != ABILITY_NO && spread(implied, row, k);
        }
    }
}

void implied_close(const struct implied *implied)
{
    for (guint i = 0; i < implied->table->rows->len; i++)
        close_row(implied, g_ptr_array_index(implied->table->rows, i));
}
