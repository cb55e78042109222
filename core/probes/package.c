#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_SET, .required = true, .text = "package names or globs"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "package"},        {"version", VALUE_VERSION, "installed version"},
    {"arch", VALUE_STRING, "architecture"},   {"source", VALUE_STRING, "source package"},
    {"manager", VALUE_STRING, "dpkg or rpm"}, {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "package: this probe is not written");
}

const struct probe probe_package = {
    .name = "package",
    .summary = "Installed packages of dpkg or rpm",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
