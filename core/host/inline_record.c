#include "host/inline_record.h"

#include "model/tree.h"

json_object *inline_new_mapping(json_object *in, const char *key)
{
    json_object *mapping = json_object_new_object();
    json_object_object_add(in, key, mapping);
    return mapping;
}

const char *inline_record_text(const struct inline_record *record, const char *key, const char *fallback)
{
    const char *text = tree_string(record->container->spec, key);
    return text ? text : fallback;
}

bool inline_record_false(const struct inline_record *record, const char *key)
{
    const json_object *value = tree_member(record->container->spec, key);
    return json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value);
}

bool inline_record_filtered(const struct inline_record *record)
{
    const char *word = inline_record_text(record, "seccomp", record->container->privileged ? "off" : "filter");
    return !g_str_equal(word, "off");
}

double inline_record_limit(const struct inline_record *record, const char *key, double usual)
{
    const json_object *value = tree_member(record->container->spec, key);
    if (inline_stated(record->container->spec, key) && !tree_is_number(value))
        return 0;
    return value ? json_object_get_double(value) : usual;
}

json_object *inline_list_of(const char *word)
{
    json_object *list = json_object_new_array();
    json_object_array_add(list, json_object_new_string(word));
    return list;
}
