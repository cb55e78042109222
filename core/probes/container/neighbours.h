/* What containers have in common with each other. */
#pragma once

#include "probes/container/view.h"

/* Sets shares_with, neighbour_services and uid_range_shared_with. */
void container_set_neighbours(const struct view *view, struct item *item);
