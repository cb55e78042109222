/* What the control groups of a container leave its processes. */
#pragma once

#include "probes/container/view.h"

/* Sets memory_limit, swap_limit (bytes), pids_limit, cpu_limit (processors), cpu_weight, oom_kill_disabled, cgroup,
 * cgroup_v1 and oom_score_adj. What could not be read is unread. */
void container_set_limits(const struct view *view, struct item *item);
