/* Trees as readers see them: texts are escaped as everywhere. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

/* Appends a tree as compact JSON in its own member order. */
void shown_json(GString *out, const json_object *node);

/* A value as people read it: strings bare, the rest as compact JSON. NUL inside a string is shown as \x00. Caller
 * frees. */
char *shown_text(const json_object *node);
