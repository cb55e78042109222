#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .required = true, .text = "files: absolute paths or globs, read in this order"},
    {.name = "format", .type = VALUE_STRING, .required = true, .text = "format name as plumbline probes shows it"},
    {.name = "key",
     .type = VALUE_STRING,
     .required = true,
     .text = "dotted path to the value; * stands for every member of one level; the empty text is the whole file"},
    {.name = "merge",
     .type = VALUE_STRING,
     .text = "each: an item for every file that has it; first or last: the one that wins over all files in order",
     .choices = "each first last"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"key", VALUE_STRING, "the full key"},
    {"value", VALUE_ANY, "the value"},
    {"line", VALUE_NUMBER, "line in the file"},
    {"losing", VALUE_LIST, "earlier or later settings of the same key that do not count, as \"path:line value\""},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "config: this probe is not written");
}

const struct probe probe_config = {
    .name = "config",
    .summary = "A value at a path inside configuration files of any known format",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
