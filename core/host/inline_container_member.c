/* The members of a stated container, and how they are laid over each other. */
#include "host/inline_container.h"

#include "host/inline_words.h"
#include "model/tree.h"

#include <string.h>

#define LAY_DEPTH 16

static bool check_namespaces(const json_object *namespaces, GError **error)
{
    const json_object *list = tree_member(namespaces, "host");
    if (!namespaces)
        return true;
    if (!inline_members(namespaces, "containers: namespaces", inline_shared_members, error))
        return false;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        g_autofree char *fault = inline_misfit(one, inline_shared_members[0].type + strlen("list of "));
        if (fault)
            return inline_error(error, one ? one : list, "containers: namespaces: host: %s", fault);
    }
    return true;
}

bool inline_container_check(const json_object *spec, GError **error)
{
    return inline_members(spec, "containers", inline_container_members, error) &&
           check_namespaces(tree_member(spec, "namespaces"), error);
}

/* The first folder of a path, or the path itself, that the host states as a link; NULL: none. Caller frees. */
static char *link_on(const json_object *files, const char *path)
{
    for (const char *end = path; *end; end += strcspn(end, "/")) {
        end += strspn(end, "/");
        g_autofree char *part = g_strndup(path, (gsize)(end - path) + strcspn(end, "/"));
        const json_object *file = json_object_is_type(files, json_type_object) ? tree_member(files, part) : NULL;
        const json_object *mapping = json_object_is_type(file, json_type_object) ? file : NULL;
        if (mapping && (tree_member(mapping, "target") || g_strcmp0(tree_string(mapping, "type"), "symlink") == 0))
            return g_steal_pointer(&part);
    }
    return NULL;
}

bool inline_container_place(const json_object *files, const json_object *at, const char *source, const char *target,
                            GError **error)
{
    if (strpbrk(source, " \t\n") || strpbrk(target, " \t\n"))
        return inline_error(error, at,
                            "containers: mounts: a blank or newline is written as mountinfo has it: \\040, \\012");
    g_autofree char *link = link_on(files, source);
    return !link ||
           inline_error(error, at, "containers: mounts: %s is a link: the kernel shows the path it leads to", link);
}

/* Only the optional fields are several words. */
bool inline_container_parts(const json_object *mount, GError **error)
{
    static const char *const parts[] = {"options", "type", "device", "root", "super"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *text = tree_string(mount, parts[i]);
        if (text && (!*text || strpbrk(text, " \t\n")))
            return inline_error(error, mount, "containers: mounts: %s: one word is needed, as mountinfo has it",
                                parts[i]);
    }
    return true;
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
