/* Sockets of the host that a container reaches, and what listens there. */
#pragma once

#include "probes/container/view.h"

/* Sets sockets, user_sockets and host_sockets. */
void container_set_sockets(const struct view *view, struct item *item);
