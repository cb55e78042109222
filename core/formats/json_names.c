/* Folding is Unicode's, as Go's is: the long s is an s, the sign of Kelvin a k. */
#include "formats/json_names.h"

#include "model/cleanup.h"
#include "model/tree.h"

/* Members that hold a mapping of free names wherever Go programs of containers have them. */
bool json_name_is_map(const char *key)
{
    static const char *const maps[] = {
        "annotations", "builder",  "dns",     "exposedports", "features",   "labels",   "log-opts",   "metadata",
        "mountpoints", "networks", "options", "opts",         "ports",      "runtimes", "storageopt", "sysctl",
        "sysctls",     "tmpfs",    "volumes", "portbindings", "parameters", NULL};
    g_autofree char *lower = g_ascii_strdown(key, -1);
    return g_strv_contains(maps, lower);
}

bool json_go_replaces(const json_object *earlier, char first)
{
    bool scalar =
        earlier && !json_object_is_type(earlier, json_type_object) && !json_object_is_type(earlier, json_type_array);
    return scalar && first != '{' && first != '[' && first != 'n';
}

static const struct json_names *find(const struct json_names *names, const char *key)
{
    g_autofree char *folded = g_utf8_casefold(key, -1);
    for (; names->name; names++) {
        g_autofree char *known = g_utf8_casefold(names->name, -1);
        if (g_str_equal(folded, known))
            return names;
    }
    return NULL;
}

static void spell_member(json_object *object, const char *key, const struct json_names *names)
{
    const struct json_names *known = find(names, key);
    json_object *value = NULL;
    if (!known || !json_object_object_get_ex(object, key, &value))
        return;
    if (known->inside)
        json_names_spell(value, known->inside);
    if (g_str_equal(known->name, key))
        return;
    json_object_get(value);
    json_object_object_del(object, key);
    json_object_object_add(object, known->name, value);
}

static void spell_elements(json_object *array, const struct json_names *names)
{
    for (size_t i = 0; i < json_object_array_length(array); i++)
        json_names_spell(json_object_array_get_idx(array, i), names);
}

void json_names_spell(json_object *node, const struct json_names *names)
{
    if (json_object_is_type(node, json_type_array)) {
        spell_elements(node, names);
        return;
    }
    pl_autojson json_object *keys = tree_keys(node);
    for (size_t i = 0; i < json_object_array_length(keys); i++)
        spell_member(node, json_object_get_string(json_object_array_get_idx(keys, i)), names);
}
