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

/* ---- another case ---- */

/* The step at *path, unescaped, and the rest after its dot. */
static char *take_step(const char **path)
{
    GString *step = g_string_new(NULL);
    const char *p = *path;
    for (; *p && *p != '.'; p++) {
        if (*p == '\\' && p[1])
            p++;
        g_string_append_c(step, *p);
    }
    *path = *p ? p + 1 : p;
    return g_string_free(step, FALSE);
}

static char *respelled_below(const json_object *node, const char *step, const char *rest)
{
    bool any = g_str_equal(step, "*");
    char *found = NULL;
    if (json_object_is_type(node, json_type_array)) {
        for (size_t i = 0; !found && i < json_object_array_length(node); i++)
            found = json_names_respelled(json_object_array_get_idx(node, i), rest);
        return found;
    }
    g_autofree char *wanted = g_utf8_casefold(step, -1);
    json_object_object_foreach (node, key, value) {
        g_autofree char *folded = g_utf8_casefold(key, -1);
        bool meant = any || g_str_equal(key, step);
        if (!found && !meant && g_str_equal(folded, wanted))
            found = g_strdup(key);
        if (!found && meant)
            found = json_names_respelled(value, rest);
    }
    return found;
}

char *json_names_respelled(const json_object *root, const char *path)
{
    bool container = json_object_is_type(root, json_type_object) || json_object_is_type(root, json_type_array);
    if (!*path || !container)
        return NULL;
    g_autofree char *step = take_step(&path);
    return respelled_below(root, step, path);
}
