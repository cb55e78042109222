/* Kernel build configuration: one item for any symbol, since a symbol that the file does not name is off. */
#include "facts/kernel/kconfig.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "symbol", .type = VALUE_STRING, .required = true, .text = "symbol with CONFIG_"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"symbol", VALUE_STRING, "the symbol"},
    {"value", VALUE_STRING,
     "y, m, n (also when it is not set or unknown to this kernel), a number or a text without quotes",
     FIELD_TOLD | FIELD_VALUE},
    {"present", VALUE_BOOL, "the file names the symbol, also as \"is not set\""},
    {"path", VALUE_STRING, "the file it was read from"},
    {.name = NULL},
};

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    const char *symbol = object_string(object, "symbol", "");
    const char *rest = symbol + strlen("CONFIG_");
    if (g_str_has_prefix(symbol, "CONFIG_") && *rest &&
        strspn(rest, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") == strlen(rest))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "symbol: \"%s\" is no name that starts with CONFIG_", symbol);
    return false;
}

/* Every kernel was built with some configuration: where no file has it, it is not known. */
static void cannot_look(struct host *host, const struct kconfig *config, struct items *items)
{
    if (config->error)
        items_problem_from_error(items, config->error);
    else if (!config->kernel)
        items_problem(items, PROBLEM_NOTAPPLICABLE, NULL, "no kernel is installed under this root");
    else if (config->release)
        items_problem(items, PROBLEM_UNKNOWN, NULL,
                      "the build configuration of kernel %s is in no file: neither /proc/config.gz nor "
                      "/boot/config-%s nor beside its modules",
                      config->release, config->release);
    else if (host_is_live(host))
        items_problem(items, PROBLEM_UNKNOWN, NULL, "no kernel configuration: the kernel's release is not known");
    else
        items_problem(items, PROBLEM_UNKNOWN, NULL,
                      "the build configuration of the installed kernel is in no file of /boot and /lib/modules");
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct kconfig *config = kconfig_get(context->host);
    if (!config->path) {
        cannot_look(context->host, config, items);
        return;
    }
    const char *symbol = object_string(object, "symbol", "");
    const char *value = g_hash_table_lookup(config->symbols, symbol);
    struct item *item = items_add(items, symbol);
    item_set_string(item, "symbol", symbol);
    item_set_string(item, "value", value ? value : "n");
    item_set_bool(item, "present", value != NULL);
    item_set_string(item, "path", config->path);
    item_source_path(item, config->path, 0);
}

const struct probe probe_kernel_config = {
    .name = "kernel-config",
    .summary = "Options the running kernel was built with",
    .object = {"build option", "build options"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
