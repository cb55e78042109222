/* Taking secrets out of what a Docker Engine says. */
#pragma once

#include <json-c/json.h>

/* A string node of `text` without secrets (secret_hide()). Caller owns. */
json_object *docker_masked(const char *text);

/* A deep copy of a published tree without secrets; `name` is the member that it is the value of, or NULL. Members
 * called Env keep their variables' names only. The reader of JSON bounds the depth. Caller owns. */
json_object *docker_clean(const json_object *node, const char *name);
