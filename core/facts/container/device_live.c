#include "facts/container/device_live.h"

#include "facts/container/device_program.h"
#include "facts/container/device_rules.h"
#include "facts/process/cgroup.h"
#include "host/device_programs.h"
#include "host/notes.h"
#include "model/error.h"

static void live_free(gpointer data)
{
    struct device_live *live = data;
    g_strfreev(live->rules);
    problem_free(live->problem);
    g_free(live);
}

static void read_list(struct host *host, const char *cgroup, struct device_live *live)
{
    struct host_noting noted = host_notes_begin();
    live->rules = cgroup_device_rules(host, cgroup);
    g_autoptr(GError) error = host_notes_take(&noted);
    if (live->rules && !error)
        return;
    g_clear_pointer(&live->rules, g_strfreev);
    live->may_be_told = !error;
    live->problem = error ? problem_of_error(error)
                          : problem_new(PROBLEM_UNKNOWN, NULL, "/sys/fs/cgroup/devices: its devices.list is not there");
}

/* What the kernel does not show, or shows in a way that is not followed, is not known; that is no failure of ours. */
static struct problem *told_problem(const GError *error)
{
    struct problem *problem = problem_of_error(error);
    problem->kind = PROBLEM_UNKNOWN;
    return problem;
}

/* False: the kernel does not show them. */
static bool read_programs(struct host *host, const char *path, struct device_live *live)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = cgroup_v2_folder(host, path);
    g_autoptr(GPtrArray) programs = host_device_programs(host, folder, &error);
    bool shown = !g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED);
    live->may_be_told = true;
    live->rules = programs ? device_programs_rules(programs, folder, &error) : NULL;
    if (!shown)
        live->problem =
            problem_new(PROBLEM_UNKNOWN, NULL, "the kernel does not show the device rules of version 2 control groups");
    else if (error)
        live->problem = told_problem(error);
    return shown;
}

static bool allows_all(char *const *rules)
{
    struct device_rule rule;
    for (; *rules; rules++)
        if (device_rule_parse(*rules, &rule) && rule.type == 'a' && rule.opens && rule.major < 0 && rule.minor < 0)
            return true;
    return false;
}

/* With both versions both have to allow: where the list leaves everything open, programs may still not. A kernel that
 * does not show programs has none or is too old to; in the root of version 2 there is none where nobody mounts it. */
static void look_beside(struct host *host, const char *cgroup, struct device_live *live)
{
    bool v2 = false;
    g_autofree char *path = live->rules && allows_all(live->rules) ? cgroup_controller_path(cgroup, "", &v2) : NULL;
    if (!path || *path != '/')
        return;
    struct device_live beside = {.rules = NULL};
    bool shown = read_programs(host, path, &beside);
    if (!beside.rules && (!shown || g_str_equal(path, "/"))) {
        problem_free(beside.problem);
        return;
    }
    g_strfreev(live->rules);
    *live = beside;
}

static gpointer make_live(struct host *host, gpointer data)
{
    const char *cgroup = data;
    struct device_live *live = g_new0(struct device_live, 1);
    bool v2 = false;
    g_autofree char *path = cgroup ? cgroup_controller_path(cgroup, "devices", &v2) : NULL;
    if (!path || *path != '/') {
        live->may_be_told = true;
        live->problem = problem_new(PROBLEM_UNKNOWN, NULL, "/sys/fs/cgroup: its control group is not known");
    } else if (v2) {
        read_programs(host, path, live);
    } else {
        read_list(host, cgroup, live);
        look_beside(host, cgroup, live);
    }
    return live;
}

const struct device_live *device_rules_live(struct host *host, const char *cgroup)
{
    g_autofree char *key = g_strconcat("facts:device-rules:", cgroup ? cgroup : "", NULL);
    return host_memo(host, key, make_live, (gpointer)(uintptr_t)cgroup, live_free);
}
