/* The state of a reader of YAML, and how it fails: what reading, copying and merging share. Private to
 * core/formats/yaml*.c. */
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
