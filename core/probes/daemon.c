/* Whether a daemon of checks/daemons runs here, or is configured to. */
#include "facts/daemon/files.h"
#include "facts/daemon/instance.h"
#include "model/error.h"
#include "probes/common/ids.h"
#include "probes/common/noted.h"
#include "probes/common/object.h"
#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .required = true, .text = "daemon, as its file is called", .daemon = true},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "the daemon"},
    {"running", VALUE_BOOL, "a process of it runs"},
    {"pid", VALUE_NUMBER, "its process; null when not running", FIELD_PROCESS},
    {"exe", VALUE_STRING, "its program"},
    {"argv", VALUE_LIST, "its command line"},
    {"config", VALUE_STRING, "its configuration file; null when it has none"},
    {"starts_by", VALUE_STRING,
     "unit that starts it at the next boot; null when it runs, or when only its file is there"},
    {"version", VALUE_VERSION, "its version where that can be read; null otherwise"},
    {"user", VALUE_STRING, "user that it runs as; of a tool without a process: the account whose own files these are"},
    {"started", VALUE_NUMBER, "when its process started, seconds since the epoch; null when not running"},
    {"config_files", VALUE_LIST,
     "its configuration files, drop-ins and imports, its unit with drop-ins and environment files"},
    {"config_newer", VALUE_BOOL,
     "one of config_files was written after the process started: what it says may not be in force; null when not "
     "running"},
    {"newer_files", VALUE_LIST, "those that were"},
    {.name = NULL},
};

static void set_process(struct host *host, const struct process *process, struct item *item)
{
    item_set_bool(item, "running", process != NULL);
    if (!process) {
        static const char *const absent[] = {"pid", "exe", "argv", "user"};
        for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
            item_set(item, absent[i], NULL);
        return;
    }
    item_set_int(item, "pid", process->pid);
    if (process->exe)
        item_set_string(item, "exe", process->exe);
    else
        item_unread_process(item, "exe", process, "exe");
    g_autoptr(GError) why = process->argv ? NULL : host_process_argv_failure(process);
    if (process->argv)
        item_set_strv(item, "argv", (const char *const *)process->argv);
    else
        item_unread_error(item, "argv", why);
    if (!process->ids_known) {
        item_unread_process(item, "user", process, "status");
        return;
    }
    item_set_user_or_id(item, "user", host, process->uid[1]);
}

static void set_newer(const struct daemon_files *found, struct item *item)
{
    const struct problem *why = found->started_why ? found->started_why : found->newer_why;
    if (found->newer && (*found->newer || !why))
        item_set_bool(item, "config_newer", *found->newer != NULL);
    else
        item_unread_problem(item, "config_newer", why);
    if (found->newer && (*found->newer || !why))
        item_set_strv(item, "newer_files", (const char *const *)found->newer);
    if (why)
        item_unread_problem(item, "newer_files", why);
}

static void set_files(struct host *host, const struct daemon_instance *instance, struct item *item)
{
    const struct daemon_files *found = daemon_files_find(host, instance);
    item_set_strv(item, "config_files", (const char *const *)found->files);
    if (found->files_why)
        item_unread_problem(item, "config_files", found->files_why);
    if (!instance->process) {
        static const char *const absent[] = {"started", "config_newer", "newer_files"};
        for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
            item_set(item, absent[i], NULL);
        return;
    }
    if (found->started_why)
        item_unread_problem(item, "started", found->started_why);
    else
        item_set_int(item, "started", found->started);
    set_newer(found, item);
}

static void add_item(struct host *host, const struct daemon *daemon, const struct daemon_instance *instance,
                     struct items *items)
{
    struct item *item = items_add(items, instance->subject);
    item_set_string(item, "name", daemon->name);
    set_process(host, instance->process, item);
    if (instance->home)
        item_set_string(item, "user", instance->home->user);
    if (instance->blind && daemon->config.format)
        item_unread_problem(item, "config", instance->blind);
    else if (instance->error && !instance->documents->len &&
             (!instance->config || g_error_matches(instance->error, PL_ERROR, PL_ERROR_READ)))
        item_unread_error(item, "config", instance->error); /* whether there is one at all */
    else
        item_set_string(item, "config", instance->config);
    item_set_string(item, "starts_by", instance->start ? instance->start->unit : NULL);
    item_set_string(item, "version", instance->version);
    set_files(host, instance, item);
    if (instance->process)
        item_source_process(item, instance->process->comm, instance->process->pid);
    else if (instance->start)
        item_source_path(item, instance->start->path, instance->start->line);
    else if (instance->config)
        item_source_path(item, instance->config, 0);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct daemon *daemon = daemons_find(context->daemons, object_string(object, "name", ""));
    if (!daemon) {
        items_problem(items, PROBLEM_ERROR, NULL, "daemon \"%s\" is not described", object_string(object, "name", ""));
        return;
    }
    const struct daemon_instances *instances = daemon_instances_find(context->host, daemon);
    if (instances->error)
        items_problem_from_error(items, instances->error);
    if (instances->homes)
        items_problem_from_error(items, instances->homes);
    if (instances->hidden)
        items_problem(items, PROBLEM_UNKNOWN, RUN_AS_ROOT, "the processes of other users are hidden");
    if (instances->installed && !instances->error)
        items_problem(items, PROBLEM_NOTAPPLICABLE, NULL, "%s is installed, not started at boot", daemon->name);
    for (guint i = 0; i < instances->list->len; i++)
        add_item(context->host, daemon, g_ptr_array_index(instances->list, i), items);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    return daemon_check_name(daemons, object_string(object, "name", ""), error);
}

const struct probe probe_daemon = {
    .name = "daemon",
    .summary = "Instances of a daemon described in checks/daemons, running or configured",
    .object = {"daemon", "daemons", .absent = "{} is not on this host"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
