/* What a plain scalar means: by the core schema of YAML 1.2 (YAML 1.2.2, 10.3.2), and as Go's yaml package v2 reads it,
 * by which Kubernetes' programs and etcd do. */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

/* True when `text` is something else than a text: *out is then a new node without a mark, NULL for null. The caller
 * owns it. */
bool yaml_resolve(const char *text, json_object **out);

/* The same in Go: yes, no, on and off are bools, 010 is eight, 0b11 three, and 1_000 a thousand. */
bool yaml_resolve_go(const char *text, json_object **out);
/* Whether that reader has a plain key under the very text that it is written with: "true" and "8", not "yes" or "010".
 */
bool yaml_go_keeps_key(const char *key);
