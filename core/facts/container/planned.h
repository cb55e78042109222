/* What a Docker container that does not run would be at its next start, from its record. */
#pragma once

#include "facts/docker/engines.h"

#include <json-c/json.h>

struct container_planned {
    json_object *fields; /* of the probe `container`, by name; what the record does not decide is not in it */
    json_object *partly; /* why a list in `fields` may have more, by its name: texts */
};

/* From the answer to GET /containers/ID/json, or the same put together from files. `engine` will start it; NULL: none
 * runs, and what its settings decide is not known but for what `root`, its data directory, tells. Never NULL. */
struct container_planned *container_planned_new(const struct fact_context *context, const struct docker_engine *engine,
                                                const char *root, const json_object *tree);
void container_planned_free(struct container_planned *planned);
