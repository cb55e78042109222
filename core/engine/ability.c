/* Each item of a rule with an ability says something about its subject: can it, can it not, could nobody see. The cell
 * of the subject keeps the worst. */
#include "engine/ability.h"

#include "engine/ability_cap.h"
#include "engine/implied.h"
#include "engine/judge.h"
#include "model/tree.h"

/* A rule that could not look at everybody. */
struct blind {
    guint column;
    const char *rule; /* of the column's list */
    GHashTable *seen; /* subjects that it has an item of, as the rows have them */
};

/* That a rule fails for a subject gives it more than the rule's own ability. */
struct claim {
    struct ability_row *row;
    const char *ability;       /* the rule's own, of its column */
    const GPtrArray *implied;  /* char *, borrowed from the rule; NULL: nothing follows */
    json_object *others;       /* names of subjects that it can act as; NULL: that is no matter of the rule */
    struct ability_cell *cell; /* the worst that the rule says of the subject, with its evidence */
};

struct abilities {
    struct ability_table *table;
    GHashTable *rows;    /* subject -> struct ability_row */
    GHashTable *columns; /* ability -> index + 1 */
    GPtrArray *blind;    /* struct blind */
    GPtrArray *claims;   /* struct claim */
    struct implied *implied;
};

static void blind_free(gpointer data)
{
    struct blind *blind = data;
    g_hash_table_unref(blind->seen);
    g_free(blind);
}

static void claim_free(gpointer data)
{
    struct claim *claim = data;
    ability_cell_free(claim->cell);
    json_object_put(claim->others);
    g_free(claim);
}

struct abilities *abilities_new(struct ability_table *table, const struct content *content)
{
    struct abilities *abilities = g_new0(struct abilities, 1);
    abilities->table = table;
    abilities->blind = g_ptr_array_new_with_free_func(blind_free);
    abilities->claims = g_ptr_array_new_with_free_func(claim_free);
    abilities->implied = implied_new(content);
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
    g_ptr_array_unref(abilities->blind);
    g_ptr_array_unref(abilities->claims);
    implied_free(abilities->implied);
    g_free(abilities);
}

static bool is_blind(const struct result *result)
{
    return result->verdict == VERDICT_UNKNOWN || result->verdict == VERDICT_ERROR;
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
    if (is_blind(result) && !column->unknown)
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
    if (item->verdict == VERDICT_FAIL)
        *grade = item->waived || result_is_waived(result) ? ABILITY_WAIVED : implied_grade(result->severity);
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

/* What is known of the cells that one result decides. */
struct filling {
    struct abilities *abilities;
    const struct result *result;
    guint column;
    const GPtrArray *implied; /* what follows from the rule's failure; NULL */
    const char *acting;       /* the field that names whom its subjects can act as; NULL */
    struct blind *blind;      /* NULL: the rule could look at all */
    GHashTable *claims;       /* struct ability_row -> struct claim of this result */
    GHashTable *decided;      /* struct ability_cell -> the item that shows it, the last being the worst */
};

static void decide(struct filling *filling, struct ability_cell *cell, enum ability_grade grade,
                   struct item_result *item)
{
    if (grade <= cell->grade)
        return;
    cell->grade = grade;
    g_free(cell->rule);
    cell->rule = g_strdup(filling->result->rule);
    g_hash_table_insert(filling->decided, cell, item);
}

static struct claim *claim_of(struct filling *filling, struct ability_row *row)
{
    struct claim *claim = g_hash_table_lookup(filling->claims, row);
    if (!claim) {
        const struct ability_column *own = g_ptr_array_index(filling->abilities->table->columns, filling->column);
        claim = g_new0(struct claim, 1);
        *claim = (struct claim){.row = row, .ability = own->ability, .implied = filling->implied};
        claim->cell = ability_cell_new(ABILITY_NO, NULL, -1);
        claim->others = filling->acting ? json_object_new_array() : NULL;
        g_hash_table_insert(filling->claims, row, claim);
        g_ptr_array_add(filling->abilities->claims, claim);
    }
    return claim;
}

static void claim_more(struct filling *filling, struct ability_row *row, enum ability_grade grade,
                       struct item_result *item)
{
    struct claim *claim = claim_of(filling, row);
    const json_object *names = filling->acting ? evidence_field(item, filling->acting) : NULL;
    size_t n = json_object_is_type(names, json_type_array) ? json_object_array_length(names) : 0;
    for (size_t i = 0; i < n; i++)
        json_object_array_add(claim->others, tree_copy(json_object_array_get_idx(names, i)));
    decide(filling, claim->cell, grade, item);
}

static void fill_item(struct filling *filling, struct item_result *item)
{
    enum ability_grade grade = ABILITY_NO;
    if (!item->subject || !grade_of(filling->result, item, &grade))
        return;
    struct ability_row *row = row_of(filling->abilities, item->subject);
    row->stopped = item->stopped;
    if (filling->blind)
        g_hash_table_add(filling->blind->seen, row->subject);
    decide(filling, cell_of(row, filling->column), grade, item);
    if ((filling->implied || filling->acting) && grade != ABILITY_NO)
        claim_more(filling, row, grade, item);
}

static struct blind *blind_new(struct abilities *abilities, guint column)
{
    const struct ability_column *own = g_ptr_array_index(abilities->table->columns, column);
    struct blind *blind = g_new0(struct blind, 1);
    blind->column = column;
    blind->rule = g_ptr_array_index(own->rules, own->rules->len - 1);
    blind->seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_ptr_array_add(abilities->blind, blind);
    return blind;
}

/* Which cells this result decides: cell -> item. */
static GHashTable *fill(struct abilities *abilities, const struct result *result)
{
    guint column = column_of(abilities, result);
    g_autoptr(GHashTable) claims = g_hash_table_new(NULL, NULL);
    struct filling filling = {.abilities = abilities,
                              .result = result,
                              .column = column,
                              .implied = implied_of_rule(abilities->implied, result->rule),
                              .acting = implied_acting(abilities->implied, result->rule),
                              .blind = is_blind(result) ? blind_new(abilities, column) : NULL,
                              .claims = claims,
                              .decided = g_hash_table_new(NULL, NULL)};
    for (guint i = 0; i < result->items->len; i++)
        fill_item(&filling, g_ptr_array_index(result->items, i));
    return filling.decided;
}

static GHashTable *items_of(GHashTable *decided)
{
    GHashTable *shown = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer item = NULL;
    g_hash_table_iter_init(&iter, decided);
    while (g_hash_table_iter_next(&iter, NULL, &item))
        g_hash_table_add(shown, item);
    return shown;
}

/* Cells point at their items where these are now. */
static void point(GHashTable *decided, const struct result *result)
{
    g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL); /* item -> its place + 1 */
    for (guint i = 0; i < result->items->len; i++)
        g_hash_table_insert(places, g_ptr_array_index(result->items, i), GUINT_TO_POINTER(i + 1));
    GHashTableIter iter;
    gpointer cell = NULL, item = NULL;
    g_hash_table_iter_init(&iter, decided);
    while (g_hash_table_iter_next(&iter, &cell, &item))
        ((struct ability_cell *)cell)->item = (int)GPOINTER_TO_UINT(g_hash_table_lookup(places, item)) - 1;
}

void abilities_take(struct abilities *abilities, struct result *result, guint max, guint passing)
{
    g_autoptr(GHashTable) decided = result->ability ? fill(abilities, result) : NULL;
    g_autoptr(GHashTable) shown = decided ? items_of(decided) : NULL;
    ability_cap(result, shown, max, passing);
    if (decided && g_hash_table_size(decided))
        point(decided, result);
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

/* Whom a rule of the column could not look at may have the ability. */
static void doubt(struct abilities *abilities, const struct blind *blind)
{
    for (guint i = 0; i < abilities->table->rows->len; i++) {
        struct ability_row *row = g_ptr_array_index(abilities->table->rows, i);
        if (g_hash_table_contains(blind->seen, row->subject))
            continue;
        struct ability_cell *cell = cell_of(row, blind->column);
        if (cell->grade >= ABILITY_UNKNOWN)
            continue;
        cell->grade = ABILITY_UNKNOWN;
        cell->item = -1;
        g_free(cell->rule);
        cell->rule = g_strdup(blind->rule);
    }
}

static void settle(struct abilities *abilities, const struct claim *claim)
{
    for (guint i = 0; claim->implied && i < claim->implied->len; i++)
        implied_raise(abilities->implied, claim->row, g_ptr_array_index(claim->implied, i), claim->cell,
                      claim->ability);
}

/* Whoever can act as others has what these have. */
static bool inherit(struct abilities *abilities, const struct claim *claim)
{
    size_t n = claim->others ? json_object_array_length(claim->others) : 0;
    bool changed = claim->others && claim->cell->grade == ABILITY_UNKNOWN &&
                   implied_inherit(abilities->implied, claim->row, NULL, claim->cell, claim->ability);
    for (size_t i = 0; i < n; i++) {
        const char *name = tree_string_of(json_object_array_get_idx(claim->others, i));
        const struct ability_row *other = name ? g_hash_table_lookup(abilities->rows, name) : NULL;
        changed |= other && implied_inherit(abilities->implied, claim->row, other, claim->cell, claim->ability);
    }
    return changed;
}

/* Grades only rise, so this ends, circles or not. */
static void close_all(struct abilities *abilities)
{
    bool changed = true;
    while (changed) {
        changed = false;
        implied_close(abilities->implied);
        for (guint i = 0; i < abilities->claims->len; i++)
            changed |= inherit(abilities, g_ptr_array_index(abilities->claims, i));
    }
}

void abilities_finish(struct abilities *abilities)
{
    const struct ability_table *table = abilities->table;
    for (guint i = 0; i < table->rows->len; i++)
        g_ptr_array_set_size(((struct ability_row *)g_ptr_array_index(table->rows, i))->cells,
                             (int)table->columns->len);
    for (guint i = 0; i < abilities->blind->len; i++)
        doubt(abilities, g_ptr_array_index(abilities->blind, i));
    implied_begin(abilities->implied, table);
    for (guint i = 0; i < abilities->claims->len; i++)
        settle(abilities, g_ptr_array_index(abilities->claims, i));
    close_all(abilities);
    for (guint i = 0; i < table->rows->len; i++) {
        struct ability_row *row = g_ptr_array_index(table->rows, i);
        row->score = 0;
        for (guint k = 0; k < row->cells->len; k++) {
            const struct ability_cell *cell = ability_row_cell(row, k);
            row->score += cell ? weight_of(cell->grade) : 0;
        }
    }
    g_ptr_array_sort(table->rows, worst_first);
}
