/* Named values: `$name` in checks becomes what the module, a profile or --set says. */
#pragma once

#include "engine/complain.h"
#include "engine/content.h"

/* The name when `node` is a text that is exactly a reference ("$max_auth_tries"), else NULL. Borrowed. "$$x" is the
 * literal "$x" and no reference. */
const char *value_reference(const json_object *node);

/* Name -> value for the declarations of a module, overridden by members of `overrides` (may be NULL); a value that is a
 * reference itself is followed. Complains about unknown names and circles. Caller owns. */
json_object *values_environment(const GPtrArray *declarations, const json_object *overrides, struct complaints *to);

/* A copy of `tree` with every reference replaced. Names that were met are added to `used` (may be NULL). Complains
 * about unknown names. Caller owns; marks are kept. */
json_object *values_put_in(const json_object *tree, const json_object *environment, GHashTable *used,
                           struct complaints *to);

/* "NAME=TEXT" typed like the default of that name: a list takes comma separated texts. NULL with PL_ERROR_USAGE. */
json_object *values_parse_like(const json_object *fallback, const char *name, const char *text, GError **error);
/* A value may only be changed to one of its own kind. */
bool values_same_kind(const json_object *a, const json_object *b);
/* "a number", "text", "yes or no" ... */
const char *values_kind(const json_object *node);

/* json_object_put() as a GDestroyNotify. */
void value_free(gpointer node);
