/* Device nodes of the host that a container has. */
#pragma once

#include "probes/container/view.h"

/* Sets devices, disks, user_devices, user_disks and user_device_names. */
void container_set_devices(const struct view *view, struct item *item);
