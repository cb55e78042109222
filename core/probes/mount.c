#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .required = true, .text = "mount points (exact paths)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "mount point"},
    {"mounted", VALUE_BOOL, "mounted now; unread on an offline root"},
    {"fstype", VALUE_STRING, "type, of the live mount when there is one"},
    {"source", VALUE_STRING, "device or source"},
    {"options", VALUE_SET, "options in force: of the live mount (per-mount and super block), else of fstab"},
    {"persistent", VALUE_BOOL, "set up at boot by fstab or a mount unit"},
    {"persistent_options", VALUE_SET, "options that fstab or the unit states"},
    {"persistent_source", VALUE_STRING, "where that is stated, as path:line"},
    {"separate", VALUE_BOOL, "a file system of its own, not a bind mount of another directory's"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "mount: this probe is not written");
}

const struct probe probe_mount = {
    .name = "mount",
    .summary = "File systems: mounted now, and at boot by fstab or mount units",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
