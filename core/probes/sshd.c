#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "keyword", .type = VALUE_STRING, .required = true, .text = "keyword in any case"},
    {.name = "match",
     .type = VALUE_BOOL,
     .text = "also one item for each Match block that sets the keyword (default true)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"keyword", VALUE_STRING, "keyword in lower case"},
    {"value", VALUE_ANY, "effective value: text, number for counts and durations"},
    {"values", VALUE_LIST, "all words or all accumulated values"},
    {"origin", VALUE_STRING, "file, flag or default"},
    {"scope", VALUE_STRING, "global, or the Match line"},
    {"set", VALUE_BOOL, "somebody set it"},
    {"losing", VALUE_LIST, "later settings that do not count, as \"path:line value\""},
    {"version", VALUE_VERSION, "OpenSSH version the default was chosen by, null when not known"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "sshd: this probe is not written");
}

const struct probe probe_sshd = {
    .name = "sshd",
    .summary = "Effective OpenSSH server settings: Include, first value wins, Match blocks, built-in defaults",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
