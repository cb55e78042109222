#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "daemon", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called"},
    {.name = "key", .type = VALUE_STRING, .required = true, .text = "setting, as the daemon's file declares it"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"value", VALUE_ANY, "effective value, in the type that the daemon's file declares"},
    {"key", VALUE_STRING, "the setting"},
    {"origin", VALUE_STRING, "flag, environment, file, drop-in or default"},
    {"set", VALUE_BOOL, "somebody set it: origin is not default"},
    {"losing", VALUE_LIST, "settings that lost, as \"origin path:line value\""},
    {"pid", VALUE_NUMBER, "process; null when the daemon does not run"},
    {"version", VALUE_VERSION, "version the default was chosen by, null when not known"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "setting: this probe is not written");
}

const struct probe probe_setting = {
    .name = "setting",
    .summary = "Effective setting of a daemon: command line, environment, files, drop-ins, defaults by version",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
