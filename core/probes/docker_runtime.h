/* The programs that a Docker Engine starts containers with. */
#pragma once

#include "model/item.h"
#include "probes/docker.h"

/* Sets `path` (the program on the host; null when it was not found) and `root_only` (root alone can replace it: the
 * file, what a link leads to, and every folder above belong to root and nobody else may write there). `runtime` is the
 * engine's record of it. */
void docker_set_runtime(struct host *host, const struct docker_engine *engine, const json_object *runtime,
                        const char *name, struct item *item);
