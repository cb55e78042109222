/* Each item of a rule with an ability says something about its subject: can it, can it not, could nobody see. The cell
 * of the subject keeps the worst. */
#include "engine/ability.h"

struct abilities {
    struct ability_table *table;
    GHashTable *rows;    /* subject -> struct ability_row */
    GHashTable *columns; /* ability -> index + 1 */
};

struct abilities *abilities_new(struct ability_table *table)
{
    struct abilities *abilities = g_new0(struct abilities, 1);
    abilities->table = table;
    abilities->rows = g_hash_table_new(g_str_hash, g_str_equal);
    abilities->columns = g_hash_table_new(g_str_hash, g_str_equal);
    return abilities;
}

void abilities_free(struct abilities *abilities)
{
    if (!abilities)
        return;
    g_hash_table_unref(abilities->rows);
    g_hash_table_unref(abilities->columns);
    g_free(abilities);
}

static guint column_of(struct abilities *abilities, const struct result *result)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(abilities->columns, result->ability));
    if (!found) {
        struct ability_column *column = ability_column_new(result->ability);
        g_ptr_array_add(abilities->table->columns, column);
        found = abilities->table->columns->len;
        g_hash_table_insert(abilities->columns, column->ability, GUINT_TO_POINTER(found));
    }
    struct ability_column *column = g_ptr_array_index(abilities->table->columns, found - 1);
    g_ptr_array_add(column->rules, g_strdup(result->rule));
    bool blind = result->verdict == VERDICT_UNKNOWN || result->verdict == VERDICT_ERROR;
    if (blind && !column->unknown)
        column->unknown = g_strdup(result->reason ? result->reason : "could not be observed");
    return found - 1;
}

static struct ability_row *row_of(struct abilities *abilities, const char *subject)
{
    struct ability_row *row = g_hash_table_lookup(abilities->rows, subject);
    if (row)
        return row;
    row = ability_row_new(subject);
    g_ptr_array_add(abilities->table->rows, row);
    g_hash_table_insert(abilities->rows, row->subject, row);
    return row;
}

/* False: the item says nothing about the subject. */
static bool grade_of(const struct result *result, const struct item_result *item, enum ability_grade *grade)
{
    static const enum ability_grade failing[SEVERITY_COUNT] = {[SEVERITY_INFO] = ABILITY_INFO,
                                                               [SEVERITY_LOW] = ABILITY_LOW,
                                                               [SEVERITY_MEDIUM] = ABILITY_MEDIUM,
                                                               [SEVERITY_HIGH] = ABILITY_HIGH,
                                                               [SEVERITY_CRITICAL] = ABILITY_CRITICAL};
    if (item->verdict == VERDICT_FAIL)
        *grade = item->waived || result_is_waived(result) ? ABILITY_WAIVED : failing[result->severity];
    else if (item->verdict == VERDICT_UNKNOWN || item->verdict == VERDICT_ERROR)
        *grade = ABILITY_UNKNOWN;
    else if (item->verdict == VERDICT_PASS)
        *grade = ABILITY_NO;
    else
        return false;
    return true;
}

static struct ability_cell *cell_of(struct ability_row *row, guint column)
{
    if (row->cells->len <= column)
        g_ptr_array_set_size(row->cells, (int)column + 1);
    void **place = &g_ptr_array_index(row->cells, column);
    if (!*place)
        *place = ability_cell_new(ABILITY_NO, NULL, -1);
    return *place;
}

/* Which cells this result decides: item -> cell, the last one for a cell being the worst. */
static GHashTable *fill(struct abilities *abilities, const struct result *result)
{
    guint column = column_of(abilities, result);
    g_autoptr(GHashTable) decided = g_hash_table_new(NULL, NULL); /* cell -> item */
    for (guint i = 0; i < result->items->len; i++) {
        struct item_result *item = g_ptr_array_index(result->items, i);
        enum ability_grade grade = ABILITY_NO;
        if (!item->subject || !grade_of(result, item, &grade))
            continue;
        struct ability_cell *cell = cell_of(row_of(abilities, item->subject), column);
        if (grade <= cell->grade)
            continue;
        cell->grade = grade;
        g_free(cell->rule);
        cell->rule = g_strdup(result->rule);
        g_hash_table_insert(decided, cell, item);
    }
    GHashTable *shown = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer cell = NULL, item = NULL;
    g_hash_table_iter_init(&iter, decided);
    while (g_hash_table_iter_next(&iter, &cell, &item))
        g_hash_table_insert(shown, item, cell);
    return shown;
}

static int failing_first(const void *a, const void *b)
{
    const struct item_result *left = *(const struct item_result *const *)a;
    const struct item_result *right = *(const struct item_result *const *)b;
    bool l = left->verdict == VERDICT_FAIL && !left->waived, r = right->verdict == VERDICT_FAIL && !right->waived;
    return r - l;
}

static bool in_order(const GPtrArray *items)
{
    for (guint i = 1; i < items->len; i++)
        if (failing_first(&items->pdata[i - 1], &items->pdata[i]) > 0)
            return false;
    return true;
}

/* How many more items a result may keep, and how many of them may pass. */
struct room {
    guint items, passing;
};

/* Whether an item is kept, and its room taken. */
static bool takes_room(struct room *room, const struct item_result *item, bool must)
{
    bool passes = item->verdict == VERDICT_PASS;
    bool keep = must || (room->items && (!passes || room->passing));
    room->items -= keep && !must;
    room->passing -= keep && passes && room->passing;
    return keep;
}

/* Items that a cell shows count first against `max`, and stay even beyond it. */
static void cap(struct result *result, GHashTable *shown, guint max, guint passing)
{
    if (!in_order(result->items))
        g_ptr_array_sort(result->items, failing_first);
    guint held = shown ? g_hash_table_size(shown) : 0;
    struct room room = {.items = max > held ? max - held : 0, .passing = passing};
    if (result->items->len <= MIN(max, passing))
        return;
    GPtrArray *kept = g_ptr_array_new_with_free_func(item_result_free);
    for (guint i = 0; i < result->items->len; i++) {
        struct item_result *item = g_ptr_array_index(result->items, i);
        if (takes_room(&room, item, shown && g_hash_table_contains(shown, item)))
            g_ptr_array_add(kept, item);
        else
            item_result_free(item);
    }
    g_ptr_array_set_free_func(result->items, NULL);
    g_ptr_array_unref(result->items);
    result->items = kept;
}

void abilities_take(struct abilities *abilities, struct result *result, guint max, guint passing)
{
    g_autoptr(GHashTable) shown = result->ability ? fill(abilities, result) : NULL;
    cap(result, shown, max, passing);
    for (guint i = 0; shown && i < result->items->len; i++) {
        struct ability_cell *cell = g_hash_table_lookup(shown, g_ptr_array_index(result->items, i));
        if (cell)
            cell->item = (int)i;
    }
}

static unsigned weight_of(enum ability_grade grade)
{
    return ability_grade_fails(grade) ? severity_weight((enum severity)(grade - ABILITY_INFO)) : 0;
}

static guint count_grade(const struct ability_row *row, enum ability_grade grade)
{
    guint count = 0;
    for (guint i = 0; i < row->cells->len; i++) {
        const struct ability_cell *cell = ability_row_cell(row, i);
        count += cell && cell->grade == grade;
    }
    return count;
}

/* By score, then by what could not be seen, then by the worst that is left (waived before nothing), then by name. */
static int worst_first(const void *a, const void *b)
{
    const struct ability_row *left = *(const struct ability_row *const *)a;
    const struct ability_row *right = *(const struct ability_row *const *)b;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    guint l = count_grade(left, ABILITY_UNKNOWN), r = count_grade(right, ABILITY_UNKNOWN);
    if (l != r)
        return l > r ? -1 : 1;
    int worst = (int)ability_row_worst(right) - (int)ability_row_worst(left);
    return worst ? worst : g_strcmp0(left->subject, right->subject);
}

void abilities_finish(struct abilities *abilities)
{
    const struct ability_table *table = abilities->table;
    for (guint i = 0; i < table->rows->len; i++) {
        struct ability_row *row = g_ptr_array_index(table->rows, i);
        g_ptr_array_set_size(row->cells, (int)table->columns->len);
        row->score = 0;
        for (guint k = 0; k < row->cells->len; k++) {
            const struct ability_cell *cell = ability_row_cell(row, k);
            row->score += cell ? weight_of(cell->grade) : 0;
        }
    }
    g_ptr_array_sort(table->rows, worst_first);
}
