#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the daemon"},
    {"running", VALUE_BOOL, "a process of it runs"},
    {"pid", VALUE_NUMBER, "its process; null when not running"},
    {"exe", VALUE_STRING, "its program"},
    {"argv", VALUE_LIST, "its command line"},
    {"config", VALUE_STRING, "its configuration file; null when it has none"},
    {"version", VALUE_VERSION, "its version where that can be read; null otherwise"},
    {"user", VALUE_STRING, "user that it runs as"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "daemon: this probe is not written");
}

const struct probe probe_daemon = {
    .name = "daemon",
    .summary = "Instances of a daemon described in checks/daemons, running or configured",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
