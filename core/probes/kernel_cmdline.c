#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .required = true, .text = "parameter; - and _ are the same"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "parameter as written"},
    {"value", VALUE_STRING, "last value, empty for a bare word"},
    {"values", VALUE_LIST, "every value in order"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "kernel-cmdline: this probe is not written");
}

const struct probe probe_kernel_cmdline = {
    .name = "kernel-cmdline",
    .summary = "Parameters of the kernel's command line",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
