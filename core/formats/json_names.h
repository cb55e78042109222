/* Names of JSON members as Go's encoding/json takes them: whatever their case is. */
#pragma once

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

/* A member of this name holds a mapping of free names, as labels are: there case counts. */
bool json_name_is_map(const char *key);

/* A later member of the same name takes the place of `earlier`: a scalar that of a scalar. Objects are laid over each
 * other, and null changes nothing: what is in force then depends on the program. `first` begins the later value. */
bool json_go_replaces(const json_object *earlier, char first);

/* The names that a program knows of an object, which ends with a NULL name. */
struct json_names {
    const char *name;
    const struct json_names *inside; /* of the objects, or of the elements, that it holds; NULL: left as they are */
};

/* Gives every member of `node`, an object or an array of them, the spelling that the program uses: "USER" becomes
 * "User". For trees that format json-go parsed, where no two members have one name, and that nobody else sees yet. */
void json_names_spell(json_object *node, const struct json_names *names);

/* A key on the way of a dotted path (tree_get(); a step "*" is every member) that is written in another case than the
 * path has it, beside or instead of the one that is meant: a program that matches names without case may take it.
 * Caller frees; NULL when there is none. */
char *json_names_respelled(const json_object *root, const char *path);
