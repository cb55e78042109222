/* What the processes of a container may do. */
#pragma once

#include "model/item.h"
#include "probes/container_find.h"

/* The processes that an item speaks of: all of a container, or one. */
struct view {
    struct host *host;
    const struct containers *containers;
    const struct container *container;
    const struct process *first;
    GPtrArray *processes;
};

/* Sets the capabilities, seccomp, no_new_privs, label and confined, over all processes of the view: the weakest
 * counts. */
void container_set_rights(const struct view *view, struct item *item);
/* Sets privileged. Needs devices. */
void container_set_privileged(const struct view *view, struct item *item);
