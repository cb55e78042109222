/* Which processes make one container. */
#pragma once

#include "facts/container/find.h"

/* A process that is in a container, and what its control group says about which. */
struct container_member {
    const struct process *process;
    char *id, *place; /* owned; NULL: no component names one */
};
void container_member_free(gpointer member);

/* Groups struct container_member, which it sorts by their start, and adds the struct container to `list` with key,
 * place, mnt, processes, first and exec_sessions. A runtime that was only on its way into one is none of its processes.
 */
void container_group(struct host *host, GPtrArray *members, GPtrArray *list);
