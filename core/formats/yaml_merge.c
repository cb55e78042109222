#include "formats/yaml_merge.h"

#include <string.h>

/* Texts that aliases may copy, over all of a file. */
#define COPY_BYTES_MAX ((gsize)64 << 20)

/* What a copy would cost. */
struct weight {
    unsigned nodes, depth;
    gsize bytes;
};

static void weigh(const json_object *node, unsigned depth, struct weight *weight)
{
    weight->nodes++;
    weight->depth = MAX(weight->depth, depth);
    if (json_object_is_type(node, json_type_string))
        weight->bytes += (gsize)json_object_get_string_len(node);
    if (json_object_is_type(node, json_type_array))
        for (size_t i = 0; i < json_object_array_length(node); i++)
            weigh(json_object_array_get_idx(node, i), depth + 1, weight);
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach (node, key, value) {
            weight->bytes += strlen(key);
            weigh(value, depth + 1, weight);
        }
    }
}

bool yaml_copy(struct yaml *yaml, const json_object *node, yaml_mark_t at, unsigned depth, json_object **out)
{
    struct weight weight = {0};
    weigh(node, 0, &weight);
    if (!parse_spend(&yaml->budget, weight.nodes, yaml_mark(at)))
        return false;
    yaml->copied += weight.bytes;
    if (yaml->copied > COPY_BYTES_MAX || depth + weight.depth > PARSE_DEPTH_MAX)
        return parse_fail(yaml->budget.error, PL_ERROR_LIMIT, yaml->budget.name, yaml_mark(at),
                          "aliases that copy too much");
    *out = tree_copy(node);
    return true;
}

/* Adds copies of what `source` has and `object` has not. */
static bool merge_object(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth)
{
    if (!json_object_is_type(source, json_type_object))
        return yaml_fail(yaml, at, "<< takes a mapping or a list of mappings");
    json_object_object_foreach (source, key, value) {
        json_object *copy = NULL;
        if (json_object_object_get_ex(object, key, NULL))
            continue;
        if (!yaml_copy(yaml, value, at, depth, &copy))
            return false;
        json_object_object_add(object, key, copy);
    }
    return true;
}

bool yaml_merge(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth)
{
    if (!json_object_is_type(source, json_type_array))
        return merge_object(yaml, object, source, at, depth);
    for (size_t i = 0; i < json_object_array_length(source); i++)
        if (!merge_object(yaml, object, json_object_array_get_idx(source, i), at, depth))
            return false;
    return true;
}

/* In Go a merge sets anew what its mapping has so far: {x: 1, <<: {x: 2}} is 2 there, and 1 by YAML. */
bool yaml_merge_is_clear(struct yaml *yaml, const json_object *object, const json_object *source, yaml_mark_t at)
{
    for (size_t i = 0; json_object_is_type(source, json_type_array) && i < json_object_array_length(source); i++)
        if (!yaml_merge_is_clear(yaml, object, json_object_array_get_idx(source, i), at))
            return false;
    if (!yaml->go || !json_object_is_type(source, json_type_object))
        return true;
    json_object_object_foreach (source, key, value) {
        (void)value;
        if (json_object_object_get_ex(object, key, NULL))
            return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, yaml_mark(at),
                              "<< brings the key \"%s\" again, and which of them counts is up to the reader", key);
    }
    return true;
}
