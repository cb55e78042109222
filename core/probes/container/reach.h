/* What the processes of a container could do to the host as the users that they run as now. */
#pragma once

#include "probes/container/view.h"

/* Capabilities that count against the host: effective and permitted ones, and for root, which gains it at the next
 * execve(), the bounding set; none in a user namespace of its own (capabilities(7), user_namespaces(7)). What could not
 * be read of them is noted (host/notes.h). */
uint64_t container_host_caps(const struct view *view);

/* Sets host_caps, host_user, host_groups, host_accounts, neighbours and the fields that begin with user_. Needs host
 * paths, sockets and devices of the item. */
void container_set_reach(const struct view *view, struct item *item);
