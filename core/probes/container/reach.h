/* What the processes of a container could do to the host as the users that they run as now. */
#pragma once

#include "probes/container/view.h"

/* Capabilities that count against the host: effective and permitted ones, and for root, which gains it at the next
 * execve(), the bounding set; none in a user namespace of its own (capabilities(7), user_namespaces(7)). What could not
 * be read of them is noted (host/notes.h). */
uint64_t container_host_caps(const struct view *view);

/* Some process may use the file as `bits` say, which are those of the last octal digit of a mode. */
bool container_may(const struct view *view, const struct host_stat *file, unsigned bits);
/* Some process is that user of the host's, or can become it. */
bool container_may_be(const struct view *view, uid_t uid);

/* Sets host_caps, host_user, host_groups, user_writable_host_paths and user_readable_host_paths. */
void container_set_reach(const struct view *view, struct item *item);
