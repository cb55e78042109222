#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on group names; default every group"},
    {.name = "gid", .type = VALUE_NUMBER, .text = "only this numeric id"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "group name"},
    {"gid", VALUE_NUMBER, "numeric id"},
    {"members", VALUE_SET, "users listed in the group file"},
    {"users", VALUE_SET, "members and the users whose primary group it is"},
    {"password", VALUE_STRING, "set, empty, locked or none"},
    {"duplicate_name", VALUE_BOOL, "another line has this name"},
    {"duplicate_gid", VALUE_BOOL, "another group has this id"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "group: this probe is not written");
}

const struct probe probe_group = {
    .name = "group",
    .summary = "Local groups: group and gshadow joined with primary members",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
