#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "comm", .type = VALUE_STRING, .text = "glob on the command name"},
    {.name = "exe", .type = VALUE_STRING, .text = "glob on the program's path"},
    {.name = "argument", .type = VALUE_STRING, .text = "glob that one argument must match"},
    {.name = "uid", .type = VALUE_NUMBER, .text = "only processes with this effective uid"},
    {.name = "kernel", .type = VALUE_BOOL, .text = "include kernel threads (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"pid", VALUE_NUMBER, "process id"},
    {"ppid", VALUE_NUMBER, "parent"},
    {"comm", VALUE_STRING, "command name"},
    {"exe", VALUE_STRING, "program"},
    {"argv", VALUE_LIST, "command line"},
    {"uid", VALUE_NUMBER, "effective uid"},
    {"gid", VALUE_NUMBER, "effective gid"},
    {"user", VALUE_STRING, "name of the effective uid"},
    {"caps_effective", VALUE_SET, "effective capabilities"},
    {"caps_bounding", VALUE_SET, "bounding set"},
    {"caps_permitted", VALUE_SET, "permitted capabilities"},
    {"seccomp", VALUE_STRING, "off, strict or filter"},
    {"no_new_privs", VALUE_BOOL, "no_new_privs is set"},
    {"label", VALUE_STRING, "LSM label"},
    {"exe_deleted", VALUE_BOOL, "the program's file was replaced or removed since the start"},
    {"host_namespaces", VALUE_SET, "kinds of namespace shared with pid 1's"},
    {"cgroup", VALUE_STRING, "path in the unified or systemd hierarchy"},
    {"unit", VALUE_STRING, "systemd unit taken from the cgroup, null without"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "process: this probe is not written");
}

const struct probe probe_process = {
    .name = "process",
    .summary = "Running processes",
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
