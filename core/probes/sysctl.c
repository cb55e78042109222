/* Kernel parameters: what runs now from /proc/sys, what the next boot sets from facts/kernel/sysctls.h. */
#include "facts/kernel/kconfig.h"
#include "facts/kernel/sysctl_default.h"
#include "facts/kernel/sysctls.h"
#include "facts/system/machine.h"
#include "facts/system/mounts.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

static const struct probe_param params[] = {
    {.name = "name",
     .type = VALUE_SET,
     .required = true,
     .text = "dotted names; * for one level (net.ipv4.conf.*.rp_filter)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the parameter", FIELD_NAMES},
    {"value", VALUE_ANY, "running value: number, or text; unread on an offline root", FIELD_TOLD | FIELD_VALUE},
    {"persistent", VALUE_ANY,
     "last assignment of sysctl.d, sysctl.conf, sysctl.NAME= of the command line, or ufw; null when there is none",
     FIELD_VALUE},
    {"persistent_source", VALUE_STRING, "where that is, as path:line", FIELD_TOLD},
    {"boot", VALUE_ANY,
     "what the next boot makes it: `persistent`; without one, null on the running machine, which nothing tells to "
     "change "
     "it, and on an offline root what its kernel begins with, unread where that is not known",
     FIELD_VALUE},
    {"boot_source", VALUE_STRING, "where that is, as path:line, or that it is the kernel's own value", FIELD_TOLD},
    {"persists", VALUE_BOOL, "a persistent assignment exists and equals the running value"},
    {"overridden", VALUE_LIST, "assignments that lost, as \"path:line value\"", FIELD_LOST},
    {.name = NULL},
};

static json_object *typed_value(const char *text)
{
    int64_t number = 0;
    if (value_parse_i64(text, &number))
        return json_object_new_int64(number);
    return tree_new_text(text);
}

/* The running value, or NULL with the field marked as unread. */
static char *set_running(struct host *host, struct item *item, const char *path, bool offline)
{
    if (offline) {
        item_unread(item, "value", "no kernel runs from an offline root");
        return NULL;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        item_unread_error(item, "value", error);
        return NULL;
    }
    char *value = sysctl_value(text);
    item_set(item, "value", typed_value(value));
    return value;
}

static char *where(const struct sysctl_assignment *assignment)
{
    return g_strdup_printf("%s:%u", assignment->path, assignment->line);
}

static void set_overridden(struct item *item, const GPtrArray *losers)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < losers->len; i++) {
        const struct sysctl_assignment *loser = losers->pdata[i];
        g_ptr_array_add(texts, g_strdup_printf("%s:%u %s%s", loser->path, loser->line, loser->value,
                                               loser->ignored ? " (not read at boot by systemd)" : ""));
    }
    g_ptr_array_add(texts, NULL);
    item_set_strv(item, "overridden", (const char *const *)texts->pdata);
}

/* What an offline root boots with. Caller frees. */
static char *initial_value(struct host *host, const char *key, struct problem **hindrance)
{
    const struct kconfig *config = kconfig_get(host);
    if (!g_str_equal(machine_init(host), "none") || (config->kernel && !config->error))
        return sysctl_default(host, key, hindrance);
    *hindrance = config->error
                     ? problem_of(problem_of_error(config->error),
                                  "no file sets it, and whether a kernel is installed here is not known")
                     : problem_unknown("no file sets it, and neither a kernel nor an init system is installed here");
    return NULL;
}

static void set_boot(struct host *host, struct item *item, const char *key, bool offline)
{
    pl_auto(problem) hindrance = NULL;
    g_autofree char *value = offline ? initial_value(host, key, &hindrance) : NULL;
    if (hindrance) {
        item_unread_problem(item, "boot", hindrance);
        item_unread_problem(item, "boot_source", hindrance);
        return;
    }
    item_set(item, "boot", value ? typed_value(value) : NULL);
    item_set_string(item, "boot_source", value ? "the kernel's own value, which no file changes" : NULL);
}

static void set_persistent(struct host *host, struct item *item, const char *key, const char *running, bool offline)
{
    const struct sysctl_chain *chain = sysctl_chain_get(host);
    if (chain->errors->len) {
        static const char *const fields_of_chain[] = {"persistent",  "persistent_source", "boot",
                                                      "boot_source", "persists",          "overridden"};
        const GError *error = chain->errors->pdata[0];
        for (size_t i = 0; i < G_N_ELEMENTS(fields_of_chain); i++)
            item_unread_error(item, fields_of_chain[i], error);
        return;
    }
    g_autoptr(GPtrArray) losers = g_ptr_array_new();
    const struct sysctl_assignment *winner = sysctl_chain_decide(chain, key, losers);
    g_autofree char *source = winner ? where(winner) : NULL;
    item_set(item, "persistent", winner ? typed_value(winner->value) : NULL);
    item_set_string(item, "persistent_source", source);
    set_overridden(item, losers);
    if (winner) {
        item_set(item, "boot", typed_value(winner->value));
        item_set_string(item, "boot_source", source);
    } else {
        set_boot(host, item, key, offline);
    }
    if (!winner)
        item_set_bool(item, "persists", false);
    else if (running)
        item_set_bool(item, "persists", sysctl_values_equal(winner->value, running));
    else
        item_unread(item, "persists", "the running value is not known");
}

static void add_item(struct host *host, const char *key, bool offline, struct items *items)
{
    g_autofree char *name = sysctl_name(key);
    g_autofree char *path = g_strconcat("/proc/sys/", key, NULL);
    struct item *item = items_add(items, name);
    item_set_string(item, "name", name);
    g_autofree char *running = set_running(host, item, path, offline);
    set_persistent(host, item, key, running, offline);
    if (!offline) {
        item_source_path(item, path, 0);
        return;
    }
    const struct sysctl_assignment *winner = sysctl_chain_decide(sysctl_chain_get(host), key, NULL);
    if (winner)
        item_source_path(item, winner->path, winner->line);
}

static bool is_directory(struct host *host, const char *path)
{
    struct host_stat st;
    return host_stat(host, path, &st, NULL) && S_ISDIR(st.mode);
}

static void collect_exact(struct host *host, const char *key, struct items *items)
{
    g_autofree char *path = g_strconcat("/proc/sys/", key, NULL);
    struct host_stat st;
    g_autoptr(GError) error = NULL;
    if (!host_stat(host, path, &st, &error))
        items_problem_from_error(items, error);
    else if (S_ISDIR(st.mode))
        items_problem(items, PROBLEM_ERROR, NULL, "%s is a directory, not a parameter", path);
    else
        add_item(host, key, false, items);
}

static void collect_pattern(struct host *host, const char *key, struct items *items)
{
    g_autofree char *pattern = g_strconcat("/proc/sys/", key, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) paths = host_glob(host, pattern, &error);
    items_problem_from_error(items, error);
    for (char **path = paths; path && *path; path++)
        if (!is_directory(host, *path))
            add_item(host, *path + strlen("/proc/sys/"), false, items);
}

/* Interfaces that no file names begin with what "default" has then (networking/ip-sysctl.rst). */
static bool add_interfaces(struct host *host, const char *key, GHashTable *seen, struct items *items)
{
    static const char *const trees[] = {"net/ipv4/conf/*/", "net/ipv6/conf/*/"};
    static const char *const always[] = {"all", "default"};
    for (size_t i = 0; i < G_N_ELEMENTS(trees); i++) {
        if (!g_str_has_prefix(key, trees[i]) || strpbrk(key + strlen(trees[i]), "*?["))
            continue;
        const char *rest = key + strlen(trees[i]);
        for (size_t j = 0; j < G_N_ELEMENTS(always); j++) {
            char *one = g_strdup_printf("%.*s%s/%s", (int)(strlen(trees[i]) - 2), key, always[j], rest);
            g_hash_table_add(seen, one);
            add_item(host, one, true, items);
        }
        return true;
    }
    return false;
}

/* Which keys a kernel will have is not known without it: those that are assigned are shown. */
static void collect_offline_pattern(struct host *host, const char *key, struct items *items)
{
    const GPtrArray *assignments = sysctl_chain_get(host)->assignments;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool complete = add_interfaces(host, key, seen, items);
    for (guint i = 0; i < assignments->len; i++) {
        const struct sysctl_assignment *assignment = assignments->pdata[i];
        if (!assignment->glob && fnmatch(key, assignment->key, FNM_PATHNAME) == 0 &&
            g_hash_table_add(seen, g_strdup(assignment->key)))
            add_item(host, assignment->key, true, items);
    }
    if (!complete)
        items_problem(items, PROBLEM_UNKNOWN, NULL, "which parameters match %s is not known on an offline root", key);
}

/* /proc may be mounted without what is not about processes. */
static bool proc_is_cut(struct host *host)
{
    const struct mount_entry *proc = mounts_at(mounts_get(host), "/proc");
    for (char **option = proc ? proc->options : NULL; option && *option; option++)
        if (g_str_equal(*option, "subset=pid"))
            return true;
    return false;
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    g_auto(GStrv) names = object_strv(object, "name");
    for (char **name = names; *name; name++) {
        if (strpbrk(*name, "./") && !strpbrk(*name, " \t\n=") && !strstr(*name, ".."))
            continue;
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "name: \"%s\" is no dotted name of a parameter", *name);
        return false;
    }
    return true;
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct host *host = context->host;
    bool has_table = host_exists(host, "/proc/sys");
    bool offline = !has_table && !host_is_live(host);
    if (!has_table && !offline && proc_is_cut(host)) {
        items_problem(items, PROBLEM_UNKNOWN, NULL, "/proc/sys is left out of this mount of /proc (subset=pid)");
        return;
    }
    g_auto(GStrv) names = object_strv(object, "name");
    for (char **name = names; *name; name++) {
        g_autofree char *key = sysctl_key(*name);
        bool pattern = strpbrk(key, "*?[") != NULL;
        if (offline && pattern)
            collect_offline_pattern(host, key, items);
        else if (offline)
            add_item(host, key, true, items);
        else if (pattern)
            collect_pattern(host, key, items);
        else
            collect_exact(host, key, items);
    }
}

const struct probe probe_sysctl = {
    .name = "sysctl",
    .summary = "Kernel parameters: running value and the value that the next boot sets",
    .object = {"kernel setting", "kernel settings"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
