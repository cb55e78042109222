/* Texts and nodes of configuration files, flags and variables as values of the type that a key declares. */
#pragma once

#include "facts/daemon/daemon.h"
#include "model/problem.h"

/* The value of `node` in the key's type; the caller owns it. NULL with *why set (caller frees) when it is none; NULL
 * without *why when it is null, or an empty text of a scalar other than a string: not set. */
json_object *setting_value(const struct daemon_key *key, const json_object *node, struct problem **why);

/* The same for the text of one flag or variable. */
json_object *setting_value_text(const struct daemon_key *key, const char *text, struct problem **why);

/* False, 0, an empty text, list or map. */
bool setting_value_is_zero(const json_object *value);

/* Puts a copy of `more` on top of `value` (taken; may be NULL), maps inside of maps too; everything else replaces. */
json_object *setting_value_merge(json_object *value, const json_object *more);

/* Puts `more` (taken) on top of `value` (taken; may be NULL): lists are joined, members of maps replaced. */
json_object *setting_value_join(json_object *value, json_object *more);
