/* Kernel command line: parameters of the running kernel, never of the boot loader's files. */
#include "facts/kernel/cmdline.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .required = true, .text = "parameter; - and _ are the same"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "parameter as written", FIELD_NAMES},
    {"value", VALUE_STRING, "last value, empty for a bare word", FIELD_TOLD | FIELD_VALUE},
    {"values", VALUE_LIST, "every value in order", FIELD_VALUE},
    {.name = NULL},
};

static bool cannot_look(struct host *host, const GError *error, struct items *items)
{
    if (!error)
        return false;
    if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        items_problem_from_error(items, error);
    else if (host_is_live(host))
        items_problem(items, PROBLEM_UNKNOWN, NULL, "/proc/cmdline does not exist: /proc is not mounted");
    else
        items_problem(items, PROBLEM_OFFLINE, NULL, "no kernel runs from an offline root");
    return true;
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const char *name = object_string(object, "name", "");
    const struct cmdline *cmdline = cmdline_get(context->host);
    if (cannot_look(context->host, cmdline->error, items))
        return;
    const struct cmdline_arg *last = NULL;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < cmdline->args->len; i++) {
        struct cmdline_arg *arg = cmdline->args->pdata[i];
        if (!cmdline_same_name(arg->name, name))
            continue;
        g_ptr_array_add(values, g_strdup(arg->value ? arg->value : ""));
        last = arg;
    }
    if (!last)
        return;
    g_ptr_array_add(values, NULL);
    struct item *item = items_add(items, last->name);
    item_set_string(item, "name", last->name);
    item_set_string(item, "value", last->value ? last->value : "");
    item_set_strv(item, "values", (const char *const *)values->pdata);
    item_source_path(item, "/proc/cmdline", 1);
}

const struct probe probe_kernel_cmdline = {
    .name = "kernel-cmdline",
    .summary = "Parameters of the kernel's command line",
    .object = {"kernel parameter", "kernel parameters"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
