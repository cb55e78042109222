/* What the reader of YAML shares with what copies and merges its nodes. Private to core/formats/yaml*.c. */
#pragma once

#include "formats/parse.h"

#include <yaml.h>

struct yaml {
    yaml_parser_t parser;
    const char *text;
    bool go;
    unsigned documents; /* begun, those that are nothing among them */
    struct parse_budget budget;
    gsize copied;        /* bytes of texts that aliases have copied */
    GHashTable *anchors; /* name -> node, borrowed from the tree under construction or from `merged` */
    GPtrArray *merged;   /* values of <<, kept because anchors may point into them */
};

struct tree_mark yaml_mark(yaml_mark_t mark);
/* Sets the budget's error; false. */
bool yaml_fail(struct yaml *yaml, yaml_mark_t at, const char *what);

/* A copy of `node` in *out, owned by the caller; `depth` is that of the containers around it. False with PL_ERROR_LIMIT
 * where copies get too many, too long or too deep. */
bool yaml_copy(struct yaml *yaml, const json_object *node, yaml_mark_t at, unsigned depth, json_object **out);
/* Adds to `object` copies of what the mapping, or the mappings, of << have and it has not. */
bool yaml_merge(struct yaml *yaml, json_object *object, json_object *source, yaml_mark_t at, unsigned depth);
/* False with an error where Go reads a merge otherwise than others: `object` is what its mapping has so far. */
bool yaml_merge_is_clear(struct yaml *yaml, const json_object *object, const json_object *source, yaml_mark_t at);
