/* The last voice wins; maps, and lists that were told to add, gather over all voices and the default. */
#include "facts/setting/effective.h"

#include "facts/setting/default.h"
#include "facts/setting/sockets.h"
#include "facts/setting/value.h"
#include "model/tree.h"

/* Maps gather over all voices and the default, members of the stronger replacing the weaker's. */
static json_object *merged_map(const GPtrArray *voices, json_object *base, bool deep)
{
    json_object *map = base;
    for (guint i = 0; i < voices->len; i++) {
        const struct voice *voice = g_ptr_array_index(voices, i);
        if (voice->value)
            map = deep ? setting_value_merge(map, voice->value) : setting_value_join(map, tree_copy(voice->value));
    }
    return map;
}

/* Lists that add, on top of the last one that replaced, or of the default. NULL with *why when that is not known. */
static json_object *added_list(const struct setting_asked *asked, const GPtrArray *voices, const char **why)
{
    guint start = voices->len - 1;
    while (start > 0 && ((const struct voice *)g_ptr_array_index(voices, start))->adds)
        start--;
    json_object *list = NULL;
    const struct voice *first = g_ptr_array_index(voices, start);
    if (first->adds && !setting_default(asked->host, asked->key, asked->instance, &list, why))
        return NULL;
    for (guint i = start; i < voices->len; i++) {
        const struct voice *voice = g_ptr_array_index(voices, i);
        *why = voice->why;
        if (!voice->value) {
            json_object_put(list);
            return NULL;
        }
        list = setting_value_join(list, tree_copy(voice->value));
    }
    return list;
}

static bool find_value(const struct setting_asked *asked, const GPtrArray *voices, json_object **out, char **why)
{
    const struct daemon_key *key = asked->key;
    const struct voice *winner = voices_winner(voices);
    const char *reason = NULL;
    if (winner && !winner->value) {
        *why = g_strdup_printf("%s: %s", key->name, winner->why);
        return false;
    }
    if (winner && winner->adds) {
        *out = added_list(asked, voices, &reason);
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
    *out = winner ? merged_map(voices, fallback, key->places != NULL) : fallback;
    return true;
}

bool setting_effective(const struct setting_asked *asked, const GPtrArray *voices, json_object **out, char **why)
{
    pl_autojson json_object *value = NULL;
    if (!find_value(asked, voices, &value, why) || !setting_add_sockets(asked, &value, why))
        return false;
    *out = g_steal_pointer(&value);
    return true;
}
