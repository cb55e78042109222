/* json_object trees with positions: what every configuration file, rule file and item becomes.
 *
 * A mark is kept in a node's userdata, so a null node (NULL in json-c) has none. json-c's own parser keeps the text of
 * a decimal in the same place: its trees are not for tree_mark() and tree_copy(), those of formats/ are.
 *
 * json-c's reference counts and its to_json_string cache are not safe between threads: a tree that was published
 * through host_memo() is read only, is never json_object_get()ed or printed by json_object_to_json_string(), and is
 * copied with tree_copy(). */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

struct tree_mark {
    unsigned line, column;         /* of the value, from 1; 0: not known */
    unsigned key_line, key_column; /* of the key that leads to it, when it is a member of an object */
};

void tree_set_mark(json_object *node, struct tree_mark mark);
/* The mark of a node; all zero when it has none or node is NULL. */
struct tree_mark tree_mark(const json_object *node);

/* The one language of paths: names and indexes parted by dots. A backslash keeps the next byte literal, also a dot or a
 * star; a step that is "*" alone means every member to those who look for several.
 * Takes the first step off *path, which is NULL behind the last one. NULL at the end; caller frees. */
char *tree_path_step(const char **path, bool *every);
/* A member of an object, or of an array by its index. Borrowed; false when it is not there. */
bool tree_has(const json_object *node, const char *name, json_object **member);
/* The node at a dotted path ("a.b.0.c"); a backslash keeps a dot literal ("labels.io\\.x"). "" is the root.
 * Borrowed. False when the path leads nowhere; a null at the end is true with *out NULL. */
bool tree_get(const json_object *root, const char *path, json_object **out);
/* The same; NULL where the path leads nowhere or to null. */
json_object *tree_at(const json_object *root, const char *path);
/* The path leads to true. */
bool tree_true(const json_object *root, const char *path);

/* A member of an object, NULL when absent, null or `object` is no object. Borrowed. */
json_object *tree_member(const json_object *object, const char *key);
/* The string of a member; NULL when it is absent or no string. Borrowed. */
const char *tree_string(const json_object *object, const char *key);
/* The text of a string, NULL of anything else. Borrowed. */
const char *tree_string_of(const json_object *node);
/* An integer or a decimal. */
bool tree_is_number(const json_object *node);

/* A deep copy with marks; the caller owns it. Safe on published trees. */
json_object *tree_copy(const json_object *node);

/* About how many bytes of memory a tree takes. Safe on published trees. */
size_t tree_weight(const json_object *node);

/* Compact JSON with members sorted by key: equal trees give equal texts. Safe on published trees. */
char *tree_canonical(const json_object *node);

/* A scalar as people write it (strings unquoted, true, 42); arrays and objects as canonical JSON. */
char *tree_text(const json_object *node);

/* A string of a text, bytes that are no UTF-8 as \xNN; NULL of NULL. The caller owns it. */
json_object *tree_new_text(const char *text);
/* The keys of an object as an array of texts, empty for anything else. The caller owns it. */
json_object *tree_keys(const json_object *object);
/* Appends a text to an array of texts unless it is there already, like tree_new_text(). */
void tree_add_text(json_object *array, const char *text);
bool tree_equal(const json_object *a, const json_object *b);
