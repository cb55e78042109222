#include "probes/common/object.h"

#include "model/tree.h"

const char *object_string(const json_object *object, const char *name, const char *fallback)
{
    const char *value = tree_string(object, name);
    return value ? value : fallback;
}

bool object_bool(const json_object *object, const char *name, bool fallback)
{
    const json_object *value = tree_member(object, name);
    return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) : fallback;
}

gint64 object_int(const json_object *object, const char *name, gint64 fallback)
{
    const json_object *value = tree_member(object, name);
    return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : fallback;
}

char **object_strv(const json_object *object, const char *name)
{
    const json_object *value = tree_member(object, name);
    GPtrArray *list = g_ptr_array_new();
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            g_ptr_array_add(list, tree_text(json_object_array_get_idx(value, i)));
    } else if (value) {
        g_ptr_array_add(list, tree_text(value));
    }
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}
