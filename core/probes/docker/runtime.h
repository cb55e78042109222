/* The programs that a Docker Engine starts containers with, and who could replace a file of it. */
#pragma once

#include "facts/docker/engines.h"
#include "model/item.h"

/* Root alone can replace a file: it, what a link leads to, and every folder above belong to root, and nobody else may
 * write there. False with error when it could not be looked at. */
bool docker_root_only(struct host *host, const char *path, bool *root_only, GError **error);

/* Sets `path` (the program on the host; null when it was not found) and `root_only`. `runtime` is the engine's record.
 */
void docker_set_runtime(struct host *host, const struct docker_engine *engine, const json_object *runtime,
                        const char *name, struct item *item);
