#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "symbol", .type = VALUE_STRING, .required = true, .text = "symbol with CONFIG_"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"symbol", VALUE_STRING, "the symbol"},
    {"value", VALUE_STRING,
     "y, m, n (also when it is not set or unknown to this kernel), a number or a text without quotes"},
    {"present", VALUE_BOOL, "the file names the symbol, also as \"is not set\""},
    {"path", VALUE_STRING, "the file it was read from"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "kernel-config: this probe is not written");
}

const struct probe probe_kernel_config = {
    .name = "kernel-config",
    .summary = "Options the running kernel was built with",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
