#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name",
     .type = VALUE_SET,
     .required = true,
     .text = "dotted names; * for one level (net.ipv4.conf.*.rp_filter)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the parameter"},
    {"value", VALUE_ANY, "running value: number, or text; unread on an offline root"},
    {"persistent", VALUE_ANY, "last assignment of sysctl.d and sysctl.conf, null when there is none"},
    {"persistent_source", VALUE_STRING, "where that is, as path:line"},
    {"persists", VALUE_BOOL, "a persistent assignment exists and equals the running value"},
    {"overridden", VALUE_LIST, "assignments that lost, as \"path:line value\""},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "sysctl: this probe is not written");
}

const struct probe probe_sysctl = {
    .name = "sysctl",
    .summary = "Kernel parameters: running value and the value that the next boot sets",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
