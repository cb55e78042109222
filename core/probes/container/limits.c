/* The limits that count are the lowest along the ancestors (cgroup.h). */
#include "probes/container/limits.h"
#include "probes/common/noted.h"

#include "facts/process/cgroup.h"
#include "host/totals.h"
#include "model/error.h"
#include "model/value.h"

/* `failure` (taken): what hindered the lookup; NULL: nothing. */
static void set_limit(struct item *item, const char *field, struct cgroup_limit limit, bool whole, GError *failure)
{
    g_autoptr(GError) error = failure;
    if (error)
        item_unread_error(item, field, error);
    else if (!limit.read)
        item_unread(item, field, "its control group does not say it");
    else if (!limit.limited)
        item_set(item, field, NULL);
    else if (whole)
        item_set_int(item, field, (gint64)limit.value);
    else
        item_set_double(item, field, limit.value);
}

/* A group that is not known has no limits to be read. */
static GError *limit_failure(const struct view *view, struct host_noting *noted)
{
    if (!view->first->cgroup)
        host_process_note(view->first, "cgroup", NULL);
    return host_notes_take(noted);
}

static void set_swap_and_oom(const struct view *view, struct cgroup_limit memory, struct item *item)
{
    const char *cgroup = view->first->cgroup;
    bool swap_v2 = false, known = false;
    struct host_noting noted = host_notes_begin();
    struct cgroup_limit swap = cgroup_swap_limit(view->host, cgroup, &swap_v2);
    /* Version 1 counts memory and swap as one. */
    if (swap.limited && !swap_v2)
        swap.value = memory.limited ? MAX(swap.value - memory.value, 0) : swap.value;
    set_limit(item, "swap_limit", swap, true, limit_failure(view, &noted));
    noted = host_notes_begin();
    bool disabled = cgroup_oom_kill_disabled(view->host, cgroup, &known);
    g_autoptr(GError) failure = limit_failure(view, &noted);
    if (known)
        item_set_bool(item, "oom_kill_disabled", disabled);
    else if (failure)
        item_unread_error(item, "oom_kill_disabled", failure);
    else
        item_unread(item, "oom_kill_disabled", "its control group does not say it");
}

static void set_group(const struct view *view, struct item *item)
{
    const char *cgroup = view->first->cgroup;
    g_autofree char *path = cgroup ? cgroup_path(cgroup) : NULL;
    if (path)
        item_set_string(item, "cgroup", path);
    else
        item_unread_process(item, "cgroup", view->first, "cgroup");
    if (cgroup)
        item_set_bool(item, "cgroup_v1", cgroup_has_v1(cgroup));
    else
        item_unread_process(item, "cgroup_v1", view->first, "cgroup");
    if (view->first->oom_score_adj == G_MININT)
        item_unread_process(item, "oom_score_adj", view->first, "oom_score_adj");
    else
        item_set_int(item, "oom_score_adj", view->first->oom_score_adj);
}

/* A limit at or above what the machine has is none. */
static struct cgroup_limit binding(struct cgroup_limit limit, double most)
{
    limit.limited = limit.limited && (most <= 0 || limit.value < most);
    return limit;
}

/* The number in a file of /proc/sys/kernel; 0 where the machine has none, or it could not be read, which is noted. */
static double kernel_number(const struct view *view, const char *name)
{
    g_autofree char *path = g_strconcat("/proc/sys/kernel/", name, NULL);
    g_autofree char *text = host_read_text(view->host, path, NULL);
    uint64_t number = 0;
    return text && value_parse_u64(g_strchomp(text), UINT64_MAX, &number) ? (double)number : 0;
}

static double memory_of_machine(const struct view *view)
{
    const struct host_totals *totals = host_totals(view->host);
    if (totals->memory_error && !g_error_matches(totals->memory_error, PL_ERROR, PL_ERROR_ABSENT))
        host_note(g_error_copy(totals->memory_error));
    return totals->memory_error ? 0 : (double)totals->memory * 1024;
}

static double processes_of_machine(const struct view *view)
{
    double pids = kernel_number(view, "pid_max"), threads = kernel_number(view, "threads-max");
    return pids > 0 && threads > 0 ? MIN(pids, threads) : MAX(pids, threads);
}

void container_set_limits(const struct view *view, struct item *item)
{
    const char *cgroup = view->first->cgroup;
    struct host_noting noted = host_notes_begin();
    struct cgroup_limit memory = binding(cgroup_memory_limit(view->host, cgroup), memory_of_machine(view));
    set_limit(item, "memory_limit", memory, true, limit_failure(view, &noted));
    noted = host_notes_begin();
    struct cgroup_limit pids = binding(cgroup_pids_limit(view->host, cgroup), processes_of_machine(view));
    set_limit(item, "pids_limit", pids, true, limit_failure(view, &noted));
    noted = host_notes_begin();
    struct cgroup_limit cpus = cgroup_cpu_limit(view->host, cgroup);
    set_limit(item, "cpu_limit", cpus, false, limit_failure(view, &noted));
    noted = host_notes_begin();
    struct cgroup_limit weight = cgroup_cpu_weight(view->host, cgroup);
    set_limit(item, "cpu_weight", weight, true, limit_failure(view, &noted));
    set_swap_and_oom(view, memory, item);
    set_group(view, item);
}
