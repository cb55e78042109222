/* The values of a test's `host:` mapping, and what is wrong with them. */
#pragma once

#include "model/error.h"
#include "model/member.h"

#include <json-c/json.h>
#include <stdbool.h>

/* "line:column: message", at the value or, where it has no mark, without. Always false. */
bool inline_error(GError **error, const json_object *at, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* A scalar's text; booleans become "1" and "0" as the kernel prints them. NULL with error for other types. */
char *inline_scalar(const json_object *value, const char *what, GError **error);
/* False with error when `object` is no mapping or has a key that is not in the table: says which is near. */
bool inline_keys(const json_object *object, const char *what, const struct member *known, GError **error);
bool inline_int(const json_object *object, const char *key, gint64 low, gint64 high, gint64 *out, GError **error);
/* True with *out as it was when the key is absent. */
bool inline_bool(const json_object *object, const char *key, bool *out, GError **error);

/* NULL when the value is of one of the kinds that a member's type names (model/member.h), else "text or null is
 * needed", with the word that is near. A list or map is looked at for being one: what is inside has a type of its own.
 * Caller frees. */
char *inline_misfit(const json_object *value, const char *type);
/* inline_keys(), and every member of one of its kinds, none missing that is required. */
bool inline_members(const json_object *object, const char *what, const struct member *known, GError **error);
