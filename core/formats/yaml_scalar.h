/* What a plain scalar means by the core schema of YAML 1.2 (YAML 1.2.2, 10.3.2). */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

/* True when `text` is something else than a text: *out is then a new node without a mark, NULL for null. The caller
 * owns it. */
bool yaml_resolve(const char *text, json_object **out);
