/* What the processes of a container may do. */
#pragma once

#include "probes/container/view.h"

/* Sets the capabilities, seccomp, no_new_privs, label and confined, over all processes of the view: the weakest
 * counts. */
void container_set_rights(const struct view *view, struct item *item);
/* Sets privileged. Needs devices. */
void container_set_privileged(const struct view *view, struct item *item);
