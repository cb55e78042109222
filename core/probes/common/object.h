/* The object of a rule's check. */
#pragma once

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

/* Readers for collect(): the parameter was checked before. */
const char *object_string(const json_object *object, const char *name, const char *fallback);
bool object_bool(const json_object *object, const char *name, bool fallback);
gint64 object_int(const json_object *object, const char *name, gint64 fallback);
/* One string or a list of strings, as a vector; empty when absent. Caller frees. */
char **object_strv(const json_object *object, const char *name);
