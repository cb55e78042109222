/* Disks of the host that the users of a container can fill. */
#pragma once

#include "probes/container/view.h"

/* Sets user_writable_disks: its own mounts, and those of neighbours whose files it reaches. */
void container_set_user_disks(const struct view *view, struct item *item);
