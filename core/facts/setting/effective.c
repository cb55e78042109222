/* The last candidate wins; maps, and lists that were told to add, gather over all candidates and the default. */
#include "facts/setting/effective.h"

#include "facts/setting/default.h"
#include "facts/setting/sockets.h"
#include "facts/setting/value.h"
#include "model/tree.h"

/* Maps gather over all candidates and the default, members of the stronger replacing the weaker's. */
static json_object *merged_map(const GPtrArray *candidates, json_object *base, bool deep)
{
    json_object *map = base;
    for (guint i = 0; i < candidates->len; i++) {
        const struct setting_candidate *candidate = g_ptr_array_index(candidates, i);
        if (candidate->value)
            map = deep ? setting_value_merge(map, candidate->value)
                       : setting_value_join(map, tree_copy(candidate->value));
    }
    return map;
}

/* Lists that add, on top of the last one that replaced, or of the default. NULL with *why when that is not known. */
static json_object *added_list(const struct setting_asked *asked, const GPtrArray *candidates, const char **why)
{
    guint start = candidates->len - 1;
    while (start > 0 && ((const struct setting_candidate *)g_ptr_array_index(candidates, start))->adds)
        start--;
    json_object *list = NULL;
    const struct setting_candidate *first = g_ptr_array_index(candidates, start);
    if (first->adds && !setting_default(asked->host, asked->key, asked->instance, &list, why))
        return NULL;
    for (guint i = start; i < candidates->len; i++) {
        const struct setting_candidate *candidate = g_ptr_array_index(candidates, i);
        *why = candidate->why;
        if (!candidate->value) {
            json_object_put(list);
            return NULL;
        }
        list = setting_value_join(list, tree_copy(candidate->value));
    }
    return list;
}

static bool find_value(const struct setting_asked *asked, const GPtrArray *candidates, json_object **out, char **why)
{
    const struct daemon_key *key = asked->key;
    const struct setting_candidate *winner = candidates_winner(candidates);
    const char *reason = NULL;
    if (winner && !winner->value) {
        *why = g_strdup_printf("%s: %s", key->name, winner->why);
        return false;
    }
    if (winner && winner->adds) {
        *out = added_list(asked, candidates, &reason);
        if (!*out)
            *why = g_strdup_printf("%s adds to a list that is not known: %s", key->name, reason);
        return *out != NULL;
    }
    if (winner && key->type != VALUE_MAP) {
        *out = tree_copy(winner->value);
        return true;
    }
    json_object *fallback = NULL;
    if (!setting_default(asked->host, key, asked->instance, &fallback, &reason) && !winner) {
        *why = g_strdup_printf("%s is not set, and %s", key->name, reason);
        return false;
    }
    *out = winner ? merged_map(candidates, fallback, key->places != NULL) : fallback;
    return true;
}

bool setting_effective(const struct setting_asked *asked, const GPtrArray *candidates, json_object **out, char **why)
{
    pl_autojson json_object *value = NULL;
    if (!find_value(asked, candidates, &value, why) || !setting_add_sockets(asked, &value, why))
        return false;
    *out = g_steal_pointer(&value);
    return true;
}
