/* Trees as text, without json-c's printer: numbers have no locale, texts are escaped as everywhere. */
#pragma once

#include <glib.h>
#include <json-c/json.h>

/* Appends a tree as compact JSON in its own member order. */
void print_tree(GString *out, const json_object *node);

/* A value as people read it: strings bare, the rest as compact JSON. NUL inside a string is shown as \x00. Caller
 * frees. */
char *print_text(const json_object *node);
