/* Which rows are about one object. */
#include "engine/row.h"

#include "engine/outcome.h"

/* How much of a row says which object it is about. */
enum row_level { LEVEL_NAME, LEVEL_PLACE, LEVEL_ITEM };

struct row_key {
    const struct row *row;
    const struct bound_test *test; /* NULL: of any test */
    int64_t process;               /* that it is, or is of; 0: none */
    enum row_level level;
};

static const struct probe_object *object_of(const struct row *row)
{
    return &row->test->test->probe->object;
}

static const char *kind_of(const struct row *row)
{
    const struct probe_object *object = object_of(row);
    return object->kind ? object->kind : object->one;
}

static guint hash_text(const char *text)
{
    return text ? g_str_hash(text) : 0;
}

static guint key_hash(gconstpointer data)
{
    const struct row_key *key = data;
    const struct source *source = &key->row->item->source;
    guint hash = hash_text(key->row->item->subject) * 31 + (guint)key->level + g_direct_hash(key->test);
    if (key->level >= LEVEL_PLACE)
        hash = (hash * 31 + hash_text(source->path)) * 31 + source->line;
    return key->level == LEVEL_ITEM ? hash ^ g_direct_hash(key->row->item) : hash;
}

static bool same_place(const struct source *a, const struct source *b)
{
    return a->line == b->line && g_strcmp0(a->path, b->path) == 0 && g_strcmp0(a->process, b->process) == 0 &&
           g_strcmp0(a->api, b->api) == 0;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const struct row_key *left = a, *right = b;
    const struct row *l = left->row, *r = right->row;
    if (left->level != right->level || left->test != right->test || left->process != right->process)
        return FALSE;
    if (left->level == LEVEL_ITEM)
        return l->item == r->item;
    return g_strcmp0(l->item->subject, r->item->subject) == 0 && g_strcmp0(kind_of(l), kind_of(r)) == 0 &&
           (left->level == LEVEL_NAME || same_place(&l->item->source, &r->item->source));
}

/* The keys of all rows, in their order. */
struct row_keys {
    struct row_key *keys;
    guint n;
};

/* Where one test found several things of one name, the name does not tell them apart: their level is raised, and that
 * of the rows of other tests which have the same name. */
static void raise_level(struct row_keys *all, enum row_level level)
{
    g_autofree struct row_key *of_test = g_new(struct row_key, all->n);
    g_autoptr(GHashTable) seen = g_hash_table_new(key_hash, key_equal), several = g_hash_table_new(key_hash, key_equal);
    for (guint i = 0; i < all->n; i++) {
        of_test[i] = all->keys[i];
        of_test[i].test = all->keys[i].row->test;
        if (all->keys[i].level != level)
            continue;
        const struct row_key *first = g_hash_table_lookup(seen, &of_test[i]);
        if (!first)
            g_hash_table_add(seen, &of_test[i]);
        else if (first->row->item != of_test[i].row->item)
            g_hash_table_add(several, &all->keys[i]);
    }
    if (!g_hash_table_size(several))
        return;
    g_autofree bool *raised = g_new0(bool, all->n);
    for (guint i = 0; i < all->n; i++)
        raised[i] = g_hash_table_contains(several, &all->keys[i]);
    g_hash_table_remove_all(several);
    for (guint i = 0; i < all->n; i++)
        all->keys[i].level += raised[i];
}

static int rank(enum verdict verdict)
{
    static const int ranks[VERDICT_COUNT] = {
        [VERDICT_PASS] = 1, [VERDICT_UNKNOWN] = 2, [VERDICT_ERROR] = 3, [VERDICT_NOTCHECKED] = 4, [VERDICT_FAIL] = 5};
    return ranks[verdict];
}

/* The rows of one object. */
struct row_group {
    struct row *first;
    bool fails, passes;
};

static bool wins(const struct row *row, const struct row *over, bool best)
{
    if (best && (row->base.verdict == VERDICT_PASS || over->base.verdict == VERDICT_PASS))
        return over->base.verdict != VERDICT_PASS;
    return rank(row->base.verdict) > rank(over->base.verdict);
}

static bool is_shown(const struct row *in, const struct row *row)
{
    bool same = in->item == row->item && in->test == row->test && in->turned == row->turned;
    for (guint i = 0; !same && in->base.also && i < in->base.also->len; i++)
        same = is_shown(g_ptr_array_index(in->base.also, i), row);
    return same;
}

static void add_also(struct row *to, struct row *row)
{
    if (is_shown(to, row)) {
        item_result_free(row);
        return;
    }
    if (!to->base.also)
        to->base.also = g_ptr_array_new_with_free_func(item_result_free);
    g_clear_pointer(&row->base.subject, g_free);
    g_ptr_array_add(to->base.also, row);
}

/* Returns the row that stands for both. */
static struct row *put_together(struct row *a, struct row *b, bool best)
{
    struct row *first = wins(b, a, best) ? b : a, *second = first == a ? b : a;
    GPtrArray *others = g_steal_pointer(&second->base.also);
    add_also(first, second);
    for (guint i = 0; others && i < others->len; i++)
        add_also(first, g_ptr_array_index(others, i));
    if (others) {
        g_ptr_array_set_free_func(others, NULL);
        g_ptr_array_unref(others);
    }
    return first;
}

/* place[i]: the group of row i. Returns how many there are. */
static guint group_rows(const struct row_keys *all, guint *place)
{
    g_autoptr(GHashTable) found = g_hash_table_new(key_hash, key_equal); /* key -> its group + 1 */
    guint groups = 0;
    for (guint i = 0; i < all->n; i++) {
        guint group = GPOINTER_TO_UINT(g_hash_table_lookup(found, &all->keys[i]));
        if (!group) {
            group = ++groups;
            g_hash_table_insert(found, &all->keys[i], GUINT_TO_POINTER(group));
        }
        place[i] = group - 1;
    }
    return groups;
}

/* Is something left that fails when what passes in one test passes? */
static bool leaves_failing(const struct row_group *groups, guint n)
{
    for (guint i = 0; i < n; i++)
        if (groups[i].fails && !groups[i].passes)
            return true;
    return false;
}

static bool of_one_test(const GPtrArray *rows)
{
    for (guint i = 1; i < rows->len; i++)
        if (((const struct row *)g_ptr_array_index(rows, i))->test !=
            ((const struct row *)g_ptr_array_index(rows, 0))->test)
            return false;
    return true;
}

static bool twice(const GPtrArray *rows)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = g_ptr_array_index(rows, i);
        if (!g_hash_table_add(seen, (gpointer)(uintptr_t)row->item))
            return true;
    }
    return false;
}

static void merge_groups(GPtrArray *rows, const guint *place, guint n, bool best)
{
    g_autofree struct row_group *groups = g_new0(struct row_group, n);
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = g_ptr_array_index(rows, i);
        groups[place[i]].fails |= row->base.verdict == VERDICT_FAIL;
        groups[place[i]].passes |= row->base.verdict == VERDICT_PASS;
    }
    best = best && leaves_failing(groups, n);
    for (guint i = 0; i < rows->len; i++) {
        struct row_group *group = &groups[place[i]];
        struct row *row = g_ptr_array_index(rows, i);
        group->first = group->first ? put_together(group->first, row, best) : row;
    }
    g_ptr_array_set_free_func(rows, NULL);
    g_ptr_array_set_size(rows, 0);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(rows, groups[i].first);
    g_ptr_array_set_free_func(rows, item_result_free);
}

void rows_merge(GPtrArray *rows, bool best)
{
    if (rows->len < 2 || (of_one_test(rows) && !twice(rows)))
        return;
    struct row_keys all = {g_new(struct row_key, rows->len), rows->len};
    for (guint i = 0; i < rows->len; i++) {
        const struct row *row = g_ptr_array_index(rows, i);
        all.keys[i] = (struct row_key){row, NULL, 0, object_of(row)->by_place ? LEVEL_PLACE : LEVEL_NAME};
        judge_process_of(row->test->test->probe, row->item, &all.keys[i].process);
    }
    raise_level(&all, LEVEL_NAME);
    raise_level(&all, LEVEL_PLACE);
    g_autofree guint *place = g_new(guint, rows->len);
    guint groups = group_rows(&all, place);
    if (groups < rows->len)
        merge_groups(rows, place, groups, best);
    g_free(all.keys);
}
