/* The members of a stated container by name and kind, and how they are laid over each other. */
#include "host/inline_container.h"

#include "model/suggest.h"
#include "model/tree.h"

#define LAY_DEPTH 16

enum { TEXT = 1, NUMBER = 2, TRUTH = 4, LIST = 8, MAPPING = 16, NOTHING = 32 };

static const struct container_member {
    const char *name;
    unsigned kinds;
} members[] = {
    {"name", TEXT},
    {"id", TEXT},
    {"runtime", TEXT},
    {"pid", NUMBER},
    {"argv", LIST},
    {"comm", TEXT},
    {"exe", TEXT | NOTHING},
    {"uid", NUMBER},
    {"gid", NUMBER},
    {"user", TEXT},
    {"groups", LIST},
    {"caps", TEXT | LIST | MAPPING},
    {"no_new_privs", TRUTH},
    {"seccomp", TEXT},
    {"label", TEXT},
    {"env", MAPPING},
    {"cwd", TEXT | NOTHING},
    {"fd", MAPPING},
    {"oom_score_adj", NUMBER},
    {"start", NUMBER},
    {"state", TEXT},
    {"proc", MAPPING},
    {"processes", LIST},
    {"privileged", TRUTH},
    {"readonly", TRUTH},
    {"unmasked", TEXT | LIST},
    {"mounts", LIST},
    {"volumes", LIST},
    {"devices", LIST},
    {"device_rules", LIST},
    {"files", MAPPING},
    {"root", TEXT},
    {"namespaces", MAPPING},
    {"uid_map", TEXT},
    {"gid_map", TEXT},
    {"cgroup", TEXT},
    {"cgroup_files", MAPPING},
    {"cgroup_version", NUMBER},
    {"controllers", LIST},
    {"memory", NUMBER | TEXT | NOTHING},
    {"swap", NUMBER | TEXT | NOTHING},
    {"pids", NUMBER | TEXT | NOTHING},
    {"cpus", NUMBER | TEXT | NOTHING},
    {"network", TEXT},
    {"ports", LIST},
    {"image", TEXT},
    {"labels", MAPPING},
    {"restart", TEXT},
    {"healthcheck", TEXT},
    {"monitor", TRUTH},
    {"record", TEXT | LIST | MAPPING},
};

static unsigned kind_of(const json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return NOTHING;
    case json_type_boolean:
        return TRUTH;
    case json_type_int:
    case json_type_double:
        return NUMBER;
    case json_type_string:
        return TEXT;
    case json_type_array:
        return LIST;
    case json_type_object:
        return MAPPING;
    }
    return 0;
}

static bool wrong_kind(const json_object *spec, const json_object *value, const struct container_member *member,
                       GError **error)
{
    static const char *const words[] = {"a text", "a number", "true or false", "a list", "a mapping", "null"};
    g_autoptr(GString) wanted = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (member->kinds & 1U << i)
            g_string_append_printf(wanted, "%s%s", wanted->len ? " or " : "", words[i]);
    }
    return inline_error(error, value ? value : spec, "containers: %s: %s is needed", member->name, wanted->str);
}

bool inline_container_keys(const json_object *object, const char *what, const char *const *known, GError **error)
{
    if (!json_object_is_type(object, json_type_object))
        return inline_error(error, object, "%s: a mapping is needed", what);
    json_object_object_foreach (object, key, value) {
        if (g_strv_contains(known, key))
            continue;
        struct tree_mark mark = tree_mark(value);
        g_autofree char *clause = suggest_clause(key, known);
        g_autofree char *list = g_strjoinv(", ", (char **)(uintptr_t)known);
        g_autofree char *message = g_strdup_printf("%s: unknown key \"%s\"%s; there are %s", what, key, clause, list);
        if (!mark.key_line)
            return inline_error(error, value ? value : object, "%s", message);
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%u:%u: host: %s", mark.key_line, mark.key_column, message);
        return false;
    }
    return true;
}

static bool check_namespaces(const json_object *namespaces, GError **error)
{
    static const char *const known[] = {"host", NULL}, *const kinds[] = {"pid",    "net",  "ipc", "uts",
                                                                         "cgroup", "user", NULL};
    const json_object *list = tree_member(namespaces, "host");
    if (!namespaces)
        return true;
    if (!inline_container_keys(namespaces, "containers: namespaces", known, error))
        return false;
    bool ok = json_object_is_type(list, json_type_array);
    for (size_t i = 0; ok && i < json_object_array_length(list); i++) {
        const char *kind = tree_string_of(json_object_array_get_idx(list, i));
        ok = kind && g_strv_contains(kinds, kind);
    }
    return ok || inline_error(error, list ? list : namespaces,
                              "containers: namespaces: host: a list of pid, net, ipc, uts, cgroup and user is needed");
}

bool inline_container_check(const json_object *spec, GError **error)
{
    const char *names[G_N_ELEMENTS(members) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        names[i] = members[i].name;
    if (!inline_container_keys(spec, "containers", names, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        json_object *value = NULL;
        if (json_object_object_get_ex(spec, members[i].name, &value) && !(kind_of(value) & members[i].kinds))
            return wrong_kind(spec, value, &members[i], error);
    }
    return check_namespaces(tree_member(spec, "namespaces"), error);
}

bool inline_stated(const json_object *object, const char *key)
{
    return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, NULL);
}

char *inline_member(const json_object *object, const char *key, const char *fallback, GError **error)
{
    const json_object *value = tree_member(object, key);
    return value ? inline_scalar(value, key, error) : g_strdup(fallback);
}

void inline_put_text(json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text));
}

void inline_put_int(json_object *object, const char *key, gint64 number)
{
    json_object_object_add(object, key, json_object_new_int64(number));
}

bool inline_has_word(const json_object *list, const char *word)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        if (g_strcmp0(tree_string_of(json_object_array_get_idx(list, i)), word) == 0)
            return true;
    }
    return false;
}

static json_object *lay(const json_object *base, const json_object *over, unsigned depth)
{
    bool both = json_object_is_type(base, json_type_object) && json_object_is_type(over, json_type_object);
    json_object *copy = tree_copy(both ? base : over);
    if (!both || depth > LAY_DEPTH)
        return copy;
    json_object_object_foreach (over, key, value)
        json_object_object_add(copy, key, lay(tree_member(base, key), value, depth + 1));
    return copy;
}

json_object *inline_lay(const json_object *base, const json_object *over)
{
    return over ? lay(base, over, 0) : tree_copy(base);
}
