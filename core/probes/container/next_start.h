/* What a container that does not run would be and reach at its next start. */
#pragma once

#include "facts/container/listed.h"
#include "model/item.h"

/* Sets what its plan decides: the plan's process and mounts are looked at as those of one that runs. */
void container_set_next_start(const struct fact_context *context, struct container_listed *listed, struct item *item);
