/* Which runtime a container belongs to, and what it is called. */
#pragma once

#include "probes/container_find.h"

/* Fills id, name, runtime and record from the first process: its control group, the monitor above it, and what engines
 * know. */
void container_name(const struct probe_context *context, struct container *container);
