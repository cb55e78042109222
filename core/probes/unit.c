#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_SET, .required = true, .text = "unit names or globs (sshd.service, *.timer)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the unit"},
    {"path", VALUE_STRING, "its main file, null when it has none"},
    {"enabled", VALUE_STRING, "enabled enabled-runtime disabled masked static indirect alias generated"},
    {"masked", VALUE_BOOL, "linked to /dev/null or empty"},
    {"active", VALUE_BOOL, "processes in its cgroup, or mounted, or socket bound; unread when that cannot be told"},
    {"starts", VALUE_BOOL,
     "would start at boot or on demand: enabled, wanted by an enabled unit, or its socket or timer is"},
    {"properties.*", VALUE_ANY,
     "merged value by \"Section.Key\" (properties.Service.User); a list when the key may repeat"},
    {"dropins", VALUE_LIST, "drop-in files in force"},
    {"triggers", VALUE_SET, "sockets, timers and paths that start it and are enabled"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "unit: this probe is not written");
}

const struct probe probe_unit = {
    .name = "unit",
    .summary = "systemd units: enablement, state, properties with drop-ins, without D-Bus",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
