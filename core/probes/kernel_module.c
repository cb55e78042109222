/* Kernel modules: one item for any name, since a name that no kernel knows is a module that cannot be loaded. */
#include "facts/file/lines.h"
#include "facts/kernel/cmdline.h"
#include "facts/kernel/kconfig.h"
#include "facts/kernel/modprobe.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

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
    {"cmdline_blocked", VALUE_BOOL, "module_blacklist= or nomodule of the command line bars it"},
    {"barred", VALUE_BOOL,
     "cannot be loaded by alias nor by name: blacklisted and install_disabled, or cmdline_blocked, or not available"},
    {.name = NULL},
};

/* A fact that may be unknown; `why` says so then, or names the place. */
struct kernel_module_fact {
    bool known, value;
    struct problem *why;
};

static void fact_clear(struct kernel_module_fact *fact)
{
    problem_free(fact->why);
}

#define auto_fact __attribute__((cleanup(fact_clear))) struct kernel_module_fact

static struct kernel_module_fact known(bool value)
{
    return (struct kernel_module_fact){.known = true, .value = value};
}

/* Takes the problem. */
static struct kernel_module_fact unknown(struct problem *why)
{
    return (struct kernel_module_fact){.why = why};
}

static struct kernel_module_fact failed(const GError *error)
{
    return (struct kernel_module_fact){.why = problem_of_error(error)};
}

static struct kernel_module_fact unknown_like(const struct kernel_module_fact *other)
{
    return (struct kernel_module_fact){.why = problem_copy(other->why)};
}

static const char offline_reason[] = "no kernel runs from an offline root";

static const GError *first_error(const GPtrArray *errors)
{
    return errors->len ? errors->pdata[0] : NULL;
}

static void set_fact(struct item *item, const char *field, const struct kernel_module_fact *fact)
{
    if (fact->known)
        item_set_bool(item, field, fact->value);
    else
        item_unread_problem(item, field, fact->why);
}

static struct kernel_module_fact is_loaded(const struct kernel_modules *modules, bool live, const char *name)
{
    if (modules->has_table || modules->no_support)
        return known(g_hash_table_contains(modules->loaded, name));
    const GError *error = first_error(modules->errors);
    return error ? failed(error)
                 : unknown(problem_unknown("%s", live ? "/proc/modules could not be read" : offline_reason));
}

/* Where a kernel says what is built in although it ships no modules.builtin: options of drivers that benchmarks ask
 * for, so that a kernel without modules gets an answer. */
static const struct {
    const char *module, *symbol;
} options[] = {
    {"cramfs", "CONFIG_CRAMFS"},
    {"freevxfs", "CONFIG_VXFS_FS"},
    {"hfs", "CONFIG_HFS_FS"},
    {"hfsplus", "CONFIG_HFSPLUS_FS"},
    {"jffs2", "CONFIG_JFFS2_FS"},
    {"overlay", "CONFIG_OVERLAY_FS"},
    {"squashfs", "CONFIG_SQUASHFS"},
    {"udf", "CONFIG_UDF_FS"},
    {"vfat", "CONFIG_VFAT_FS"},
    {"gfs2", "CONFIG_GFS2_FS"},
    {"ceph", "CONFIG_CEPH_FS"},
    {"cifs", "CONFIG_CIFS"},
    {"nfsd", "CONFIG_NFSD"},
    {"nfs", "CONFIG_NFS_FS"},
    {"fuse", "CONFIG_FUSE_FS"},
    {"afs", "CONFIG_AFS_FS"},
    {"exfat", "CONFIG_EXFAT_FS"},
    {"usb_storage", "CONFIG_USB_STORAGE"},
    {"firewire_core", "CONFIG_FIREWIRE"},
    {"thunderbolt", "CONFIG_USB4"},
    {"bluetooth", "CONFIG_BT"},
    {"atm", "CONFIG_ATM"},
    {"can", "CONFIG_CAN"},
    {"dccp", "CONFIG_IP_DCCP"},
    {"tipc", "CONFIG_TIPC"},
    {"rds", "CONFIG_RDS"},
    {"sctp", "CONFIG_IP_SCTP"},
    {"n_hdlc", "CONFIG_N_HDLC"},
    {"ax25", "CONFIG_AX25"},
    {"netrom", "CONFIG_NETROM"},
    {"rose", "CONFIG_ROSE"},
    {"x25", "CONFIG_X25"},
    {"appletalk", "CONFIG_ATALK"},
    {"psnap", "CONFIG_LLC"},
    {"br_netfilter", "CONFIG_BRIDGE_NETFILTER"},
    {"ip_vs", "CONFIG_IP_VS"},
    {"algif_aead", "CONFIG_CRYPTO_USER_API_AEAD"},
};

static const char *option_value(struct host *host, const char *name)
{
    const struct kconfig *config = kconfig_get(host);
    for (size_t i = 0; config->path && i < G_N_ELEMENTS(options); i++) {
        if (!g_str_equal(options[i].module, name))
            continue;
        const char *value = g_hash_table_lookup(config->symbols, options[i].symbol);
        return value ? value : "n";
    }
    return NULL;
}

static bool is_file_system(struct host *host, const char *name)
{
    g_autofree char *text = host_read_text(host, "/proc/filesystems", NULL);
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        const char *last = strrchr(line, '\t');
        if (g_str_equal(last ? last + 1 : line, name))
            return true;
    }
    return false;
}

/* Signs of a running kernel that a driver is part of it: it shows in /sys/module or /proc/filesystems, but was not
 * loaded. */
static bool shows_built_in(struct host *host, const struct kernel_modules *modules, const char *name)
{
    if (!(modules->has_table || modules->no_support) || g_hash_table_contains(modules->loaded, name))
        return false;
    g_autofree char *path = g_strconcat("/sys/module/", name, NULL);
    return host_exists(host, path) || is_file_system(host, name);
}

static struct kernel_module_fact is_builtin(struct host *host, const struct kernel_modules *modules, const char *name)
{
    if (g_hash_table_contains(modules->builtin, name) || shows_built_in(host, modules, name))
        return known(true);
    /* A driver is either a file or part of the image. */
    bool is_file = g_hash_table_contains(modules->running, name);
    if (is_file || modules->running_builtin || (!modules->release && modules->any_builtin))
        return known(false);
    const char *option = option_value(host, name);
    if (option)
        return known(g_str_equal(option, "y"));
    return unknown(
        problem_unknown("modules.builtin of kernel %s is not installed", modules->release ? modules->release : "?"));
}

static struct kernel_module_fact is_available(const struct kernel_modules *modules, const char *name)
{
    if (g_hash_table_contains(modules->available, name))
        return known(true);
    const GError *error = first_error(modules->errors);
    if (error)
        return failed(error);
    if (modules->running_dep || modules->no_support || (!modules->release && modules->kernels))
        return known(false);
    return unknown(problem_unknown("modules.dep of the running kernel %s is not installed",
                                   modules->release ? modules->release : "?"));
}

/* module_blacklist= is the kernel's own and bars every way; nomodule switches loading off. */
static struct kernel_module_fact is_cmdline_blocked(struct host *host, const char *name)
{
    const struct cmdline *cmdline = cmdline_get(host);
    if (cmdline->error && !g_error_matches(cmdline->error, PL_ERROR, PL_ERROR_ABSENT))
        return failed(cmdline->error);
    for (guint i = 0; i < cmdline->args->len; i++) {
        const struct cmdline_arg *arg = cmdline->args->pdata[i];
        if (!arg->value && g_str_equal(arg->name, "nomodule"))
            return known(true);
        if (!arg->value || !cmdline_same_name(arg->name, "module_blacklist"))
            continue;
        g_auto(GStrv) names = g_strsplit(arg->value, ",", 1000);
        for (char **other = names; *other; other++)
            if (cmdline_same_name(*other, name))
                return known(true);
    }
    return known(false);
}

struct state {
    struct kernel_module_fact loaded, builtin, available, blocked, blacklisted, disabled;
    const struct modprobe_rule *install, *blacklist;
};

static void state_clear(struct state *state)
{
    fact_clear(&state->loaded);
    fact_clear(&state->builtin);
    fact_clear(&state->available);
    fact_clear(&state->blocked);
    fact_clear(&state->blacklisted);
    fact_clear(&state->disabled);
}

static void read_state(struct host *host, const char *name, struct state *state)
{
    const struct kernel_modules *modules = kernel_modules_get(host);
    const struct modprobe *modprobe = modprobe_get(host);
    const GError *error = first_error(modprobe->errors);
    state->install = modprobe_find_install(modprobe, name);
    state->blacklist = modprobe_find_blacklist(modprobe, name);
    state->loaded = is_loaded(modules, host_is_live(host), name);
    state->builtin = is_builtin(host, modules, name);
    state->available = is_available(modules, name);
    state->blocked = is_cmdline_blocked(host, name);
    state->blacklisted = error ? failed(error) : known(state->blacklist != NULL);
    state->disabled = error ? failed(error) : known(state->install && modprobe_is_nothing(state->install->command));
}

static bool is_true(const struct kernel_module_fact *fact)
{
    return fact->known && fact->value;
}

static bool is_false(const struct kernel_module_fact *fact)
{
    return fact->known && !fact->value;
}

/* A driver in the kernel image needs no loading, so nothing bars it. */
static struct kernel_module_fact is_barred(const struct state *state)
{
    if (is_true(&state->builtin))
        return known(false);
    bool by_modprobe = is_true(&state->blacklisted) && is_true(&state->disabled);
    if (by_modprobe || is_true(&state->blocked) || is_false(&state->available))
        return state->builtin.known ? known(true) : unknown_like(&state->builtin);
    const struct kernel_module_fact *const needed[] = {&state->available, &state->blocked, &state->blacklisted,
                                                       &state->disabled};
    bool modprobe_fails = is_false(&state->blacklisted) || is_false(&state->disabled);
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!needed[i]->known && !(i >= 2 && modprobe_fails))
            return unknown_like(needed[i]);
    return known(false);
}

static void set_source(struct item *item, const struct state *state, const struct kernel_modules *modules)
{
    const struct modprobe_rule *rule = state->install ? state->install : state->blacklist;
    if (rule)
        item_source_path(item, rule->path, rule->line);
    else if (modules->has_table)
        item_source_path(item, "/proc/modules", 0);
    else
        item_source_api(item, modules->no_support ? "kernel without modules" : "modules.dep of the installed kernels");
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct host *host = context->host;
    const struct kernel_modules *modules = kernel_modules_get(host);
    if (!host_is_live(host) && !modules->has_table && !modules->no_support && !modules->kernels &&
        !modules->errors->len) {
        items_problem(items, PROBLEM_NOTAPPLICABLE, NULL, "no kernel is installed under this root");
        return;
    }
    const char *shown = object_string(object, "name", "");
    g_autofree char *name = modprobe_name(shown);
    __attribute__((cleanup(state_clear))) struct state state = {0};
    read_state(host, name, &state);
    auto_fact barred = is_barred(&state);
    struct item *item = items_add(items, shown);
    item_set_string(item, "name", shown);
    set_fact(item, "loaded", &state.loaded);
    set_fact(item, "builtin", &state.builtin);
    set_fact(item, "available", &state.available);
    set_fact(item, "blacklisted", &state.blacklisted);
    set_fact(item, "install_disabled", &state.disabled);
    if (state.disabled.known)
        item_set_string(item, "install", state.install ? state.install->command : NULL);
    else
        item_unread_problem(item, "install", state.disabled.why);
    set_fact(item, "cmdline_blocked", &state.blocked);
    set_fact(item, "barred", &barred);
    set_source(item, &state, modules);
}

const struct probe probe_kernel_module = {
    .name = "kernel-module",
    .summary = "A kernel module: loaded, loadable, barred",
    .object = {"kernel module", "kernel modules"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
