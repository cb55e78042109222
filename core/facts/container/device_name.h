/* What the kernel calls a device, whatever its node is called. */
#pragma once

#include "host/host.h"

/* "/dev/sg0" of a node by its numbers, as sysfs has it, else by the numbers that never change
 * (Documentation/admin-guide/devices.txt); NULL where neither knows them. Caller frees. */
char *device_kernel_name(struct host *host, const struct host_stat *node);
