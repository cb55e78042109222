/* Who the processes of a container are on the host, and which of the host's namespaces they are in. */
#pragma once

#include "probes/container/view.h"

/* The process is in a user namespace that was made inside of the container, which has another one or none of its own.
 */
bool container_is_nested(const struct view *view, const struct process *process);
/* All processes that are looked at are in such namespaces. */
bool container_is_all_nested(const struct view *view);
/* Sets root_user, uid and uid_inside. */
void container_set_users(const struct view *view, struct item *item);
/* Sets host_namespaces and user_namespace. */
void container_set_namespaces(const struct view *view, struct item *item);
