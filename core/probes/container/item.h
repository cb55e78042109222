/* Items of containers and of their processes. */
#pragma once

#include "probes/container/view.h"

/* The item of a whole container. */
void container_add_whole(const struct view *view, struct items *items);
/* An item for each process of a container, up to ITEMS_MAX altogether. Items of which all could be read share the
 * table of what is not said of single processes: *usual, NULL at first, which the caller unrefs. */
void container_add_processes(const struct view *view, struct items *items, GHashTable **usual);
