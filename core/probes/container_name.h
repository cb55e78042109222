/* Which runtime a container belongs to, and what it is called. */
#pragma once

#include "probes/container_find.h"

/* Fills id, name and runtime from the first process: its control group, the monitor above it, and the records that
 * engines keep on disk. */
void container_name(struct host *host, struct container *container);
