/* Which other containers it can act as: those whose processes it can make run its code. */
#pragma once

#include "probes/container/view.h"

/* Sets steers. */
void container_set_control(const struct view *view, struct item *item);
