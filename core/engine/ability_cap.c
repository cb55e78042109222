#include "engine/ability_cap.h"

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

void ability_cap(struct result *result, GHashTable *shown, guint max, guint passing)
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
