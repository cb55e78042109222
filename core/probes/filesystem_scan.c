#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "find",
     .type = VALUE_STRING,
     .required = true,
     .text = "the kind",
     .choices = "setuid setgid world-writable sticky-missing unowned ungrouped device capability"},
    {.name = "exclude", .type = VALUE_SET, .text = "globs on paths that are left out"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"mode", VALUE_MODE, "permission bits"},
    {"uid", VALUE_NUMBER, "owner id"},
    {"gid", VALUE_NUMBER, "group id"},
    {"owner", VALUE_STRING, "owner name; null when there is none"},
    {"group", VALUE_STRING, "group name; null when there is none"},
    {"type", VALUE_STRING, "kind of file"},
    {"capabilities", VALUE_SET, "permitted file capabilities"},
    {"package", VALUE_STRING, "package that installed the path; null when none did or no package database is read"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "filesystem-scan: this probe is not written");
}

const struct probe probe_filesystem_scan = {
    .name = "filesystem-scan",
    .summary = "Files of a kind anywhere on the local file systems, from one shared walk",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
