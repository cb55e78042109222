/* Values inside a tree by a dotted path with wildcards: what the probes config and setting have in common. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

struct member_found {
    char *key;                /* the path without wildcards, "" for the root */
    const json_object *value; /* borrowed from the tree; NULL is a null */
};

/* Every value at `path`, in the order of the tree: struct member_found, caller unrefs. "*" stands for every member or
 * element of one level; a backslash keeps the next byte literal, also a star. "" is the root. Reads only. */
GPtrArray *members_find(const json_object *root, const char *path);
/* The same, where `unset` (may be NULL) stands for what a map on the way lacks. */
GPtrArray *members_find_or(const json_object *root, const char *path, const json_object *unset);
