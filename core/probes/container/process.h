/* What single processes of a container give away. */
#pragma once

#include "probes/container/view.h"

/* Sets weaker_processes, exec_root, secret_variables, secret_options, deleted_programs,
 * changed_programs and open_files_limit. */
void container_set_processes(const struct view *view, struct item *item);
