#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .required = true, .text = "module; - and _ are the same"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the module"},
    {"loaded", VALUE_BOOL, "in /proc/modules"},
    {"builtin", VALUE_BOOL, "built into the running kernel"},
    {"available", VALUE_BOOL, "a file of it is installed for any kernel"},
    {"blacklisted", VALUE_BOOL, "modprobe.d blacklists it: no loading by alias"},
    {"install_disabled", VALUE_BOOL, "modprobe.d replaces its loading by /bin/true, /bin/false or the like"},
    {"install", VALUE_STRING, "the install command, null without"},
    {"cmdline_blocked", VALUE_BOOL, "module_blacklist= of the command line bars it"},
    {"barred", VALUE_BOOL,
     "cannot be loaded by alias nor by name: blacklisted and install_disabled, or cmdline_blocked, or not available"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "kernel-module: this probe is not written");
}

const struct probe probe_kernel_module = {
    .name = "kernel-module",
    .summary = "A kernel module: loaded, loadable, barred",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
