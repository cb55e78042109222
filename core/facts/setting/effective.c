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
static json_object *added_list(const struct setting_asked *asked, const GPtrArray *candidates, struct problem **why)
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
        if (!candidate->value) {
            *why = problem_copy(candidate->why);
            json_object_put(list);
            return NULL;
        }
        list = setting_value_join(list, tree_copy(candidate->value));
    }
    return list;
}

static bool find_value(const struct setting_asked *asked, const GPtrArray *candidates, json_object **out,
                       struct problem **why)
{
    const struct daemon_key *key = asked->key;
    const struct setting_candidate *winner = candidates_winner(candidates);
    if (winner && !winner->value) {
        *why = problem_of(problem_copy(winner->why), "%s", key->name);
        return false;
    }
    if (winner && winner->adds) {
        *out = added_list(asked, candidates, why);
        if (!*out)
            *why = problem_of(*why, "%s adds to a list that is not known", key->name);
        return *out != NULL;
    }
    if (winner && key->type != VALUE_MAP) {
        *out = tree_copy(winner->value);
        return true;
    }
    json_object *fallback = NULL;
    pl_auto(problem) no_default = NULL;
    if (!setting_default(asked->host, key, asked->instance, &fallback, &no_default) && !winner) {
        *why = problem_of(g_steal_pointer(&no_default), "%s is not set", key->name);
        return false;
    }
    *out = winner ? merged_map(candidates, fallback, key->places != NULL) : fallback;
    return true;
}

bool setting_effective(const struct setting_asked *asked, const GPtrArray *candidates, json_object **out,
                       struct problem **why)
{
    pl_autojson json_object *value = NULL;
    if (!find_value(asked, candidates, &value, why) || !setting_add_sockets(asked, &value, why))
        return false;
    *out = g_steal_pointer(&value);
    return true;
}
