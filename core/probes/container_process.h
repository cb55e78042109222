/* What single processes of a container give away, and what containers have in common with each other. */
#pragma once

#include "probes/container_rights.h"

/* Sets weaker_processes, exec_root, secret_variables, secret_options, deleted_programs,
 * changed_programs and open_files_limit. */
void container_set_processes(const struct view *view, struct item *item);
/* Sets shares_with and uid_range_shared_with. */
void container_set_neighbours(const struct view *view, struct item *item);
/* Sets on_network and metadata_route. */
void container_set_routes(const struct view *view, struct item *item);
