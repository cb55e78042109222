/* The limits that count are the lowest along the ancestors (cgroup.h). */
#include "probes/container_limits.h"

#include "probes/cgroup.h"

static void set_limit(struct item *item, const char *field, struct cgroup_limit limit, bool whole)
{
    if (!limit.read)
        item_unread(item, field, "its control group could not be read");
    else if (!limit.limited)
        item_set(item, field, NULL);
    else if (whole)
        item_set_int(item, field, (gint64)limit.value);
    else
        item_set_double(item, field, limit.value);
}

void container_set_limits(const struct view *view, struct item *item)
{
    const char *cgroup = view->first->cgroup;
    struct cgroup_limit memory = cgroup_memory_limit(view->host, cgroup);
    set_limit(item, "memory_limit", memory, true);
    set_limit(item, "pids_limit", cgroup_pids_limit(view->host, cgroup), true);
    set_limit(item, "cpu_limit", cgroup_cpu_limit(view->host, cgroup), false);
    bool swap_v2 = false, known = false;
    struct cgroup_limit swap = cgroup_swap_limit(view->host, cgroup, &swap_v2);
    /* Version 1 counts memory and swap as one. */
    if (swap.limited && !swap_v2)
        swap.value = memory.limited ? MAX(swap.value - memory.value, 0) : swap.value;
    set_limit(item, "swap_limit", swap, true);
    bool disabled = cgroup_oom_kill_disabled(view->host, cgroup, &known);
    if (known)
        item_set_bool(item, "oom_kill_disabled", disabled);
    else
        item_unread(item, "oom_kill_disabled", "its control group could not be read");
    g_autofree char *path = cgroup ? cgroup_path(cgroup) : NULL;
    if (path)
        item_set_string(item, "cgroup", path);
    else
        item_unread(item, "cgroup", "/proc/%d/cgroup could not be read", view->first->pid);
    if (cgroup)
        item_set_bool(item, "cgroup_v1", cgroup_has_v1(cgroup));
    else
        item_unread(item, "cgroup_v1", "/proc/%d/cgroup could not be read", view->first->pid);
    struct cgroup_limit weight = cgroup_cpu_weight(view->host, cgroup);
    set_limit(item, "cpu_weight", weight, true);
    if (view->first->oom_score_adj == G_MININT)
        item_unread(item, "oom_score_adj", "/proc/%d/oom_score_adj could not be read", view->first->pid);
    else
        item_set_int(item, "oom_score_adj", view->first->oom_score_adj);
}
