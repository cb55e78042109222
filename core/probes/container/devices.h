/* Device nodes that a container has beyond those that every runtime makes. */
#pragma once

#include "probes/container/rights.h"

/* Sets devices and disks; where not all could be looked at, what was seen of them. */
void container_set_devices(const struct view *view, struct item *item);
