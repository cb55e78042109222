/* Observed values, made fit for every report: secrets become "<redacted, N bytes>", numbers are printed without locale.
 */
#pragma once

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

/* True when a value under this name is a secret: the name ends in password, secret, token, private-key and the like. */
bool redact_name(const char *name);

/* A copy of an observed tree without secrets; an empty object for NULL. Members named like a secret lose their text;
 * so does the `value` beside a `key` or `name` that is named so, and the right side of NAME=VALUE and NAME: VALUE
 * texts. Applied twice it changes nothing more. The copy has no
 * marks and nothing of a JSON parser in it. The caller owns it. */
json_object *redact_copy(const json_object *observed);

/* Appends a tree as compact JSON in its own member order. */
void redact_print(GString *out, const json_object *node);

/* A value as people read it: strings bare, the rest as compact JSON. NUL inside a string is shown as \x00. Caller
 * frees. */
char *redact_text(const json_object *node);
