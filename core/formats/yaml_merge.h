/* Copies of nodes: for aliases, and for <<. Private to core/formats/yaml*.c. */
#pragma once

#include "formats/yaml_reader.h"

/* A copy of `node` in *out, owned by the caller; `depth` is that of the containers around it. False with PL_ERROR_LIMIT
 * where copies get too many, too long or too deep. */
bool yaml_copy(struct yaml *yaml, const json_object *node, yaml_mark_t at, unsigned depth, json_object **out);
/* Adds to `object` copies of what the mapping, or the mappings, of << have and it has not. */
bool yaml_merge(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth);
/* False with an error where Go reads a merge otherwise than others: `object` is what its mapping has so far. */
bool yaml_merge_is_clear(struct yaml *yaml, const json_object *object, const json_object *source, yaml_mark_t at);
