/* Running processes as /proc shows them: who they are, what they may do, and in which namespaces and unit they run. */
#include "model/name_glob.h"
#include "probes/probe.h"

#include "facts/container/find.h"
#include "facts/daemon/owner.h"
#include "facts/process/cgroup.h"
#include "facts/process/namespaces.h"
#include "host/notes.h"
#include "host/path.h"
#include "host/process.h"
#include "probes/common/ids.h"
#include "probes/common/noted.h"
#include "probes/common/object.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "comm", .type = VALUE_STRING, .text = "glob on the command name", .subject = true},
    {.name = "exe", .type = VALUE_STRING, .text = "glob on the program's path"},
    {.name = "argument", .type = VALUE_STRING, .text = "glob that one argument must match"},
    {.name = "program",
     .type = VALUE_SET,
     .text =
         "globs: only processes whose program's file is called so, or that root called so; in no container, and of a "
         "file of a user's own only what listens"},
    {.name = "uid", .type = VALUE_NUMBER, .text = "only processes with this effective uid"},
    {.name = "service",
     .type = VALUE_BOOL,
     .text =
         "only the host's own services: of root or a system account, in no container, called like its program (default "
         "false)"},
    {.name = "kernel", .type = VALUE_BOOL, .text = "include kernel threads (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"pid", VALUE_NUMBER, "process id", FIELD_PROCESS},
    {"ppid", VALUE_NUMBER, "parent"},
    {"comm", VALUE_STRING, "command name"},
    {"exe", VALUE_STRING, "program"},
    {"argv", VALUE_LIST, "command line"},
    {"uid", VALUE_NUMBER, "effective uid"},
    {"gid", VALUE_NUMBER, "effective gid"},
    {"user", VALUE_STRING, "name of the effective uid", .number = "uid"},
    {"caps_effective", VALUE_SET, "effective capabilities"},
    {"caps_bounding", VALUE_SET, "bounding set"},
    {"caps_permitted", VALUE_SET, "permitted capabilities"},
    {"seccomp", VALUE_STRING, "off, strict or filter"},
    {"no_new_privs", VALUE_BOOL, "no_new_privs is set"},
    {"label", VALUE_STRING, "LSM label"},
    {"exe_deleted", VALUE_BOOL, "the program's file was replaced or removed since the start"},
    {"host_namespaces", VALUE_SET, "kinds of namespace shared with pid 1's"},
    {"cgroup", VALUE_STRING, "path in the unified or systemd hierarchy"},
    {"unit", VALUE_STRING, "systemd unit taken from the cgroup, null without"},
    {.name = NULL},
};

static bool is_meant(const char *pattern, const char *text)
{
    return !pattern || (text && name_matches(pattern, text));
}

static bool argument_matches(const char *pattern, char **argv)
{
    if (!pattern)
        return true;
    for (; argv && *argv; argv++)
        if (name_matches(pattern, *argv))
            return true;
    return false;
}

/* What cannot be read may match: that is a problem, not a no. The first that holds of several parts counts. */
enum selected { SELECTED_NO, SELECTED_UNKNOWN, SELECTED_YES };

static enum selected selects_uid(gint64 uid, const struct process *process)
{
    if (uid < 0)
        return SELECTED_YES;
    if (!process->ids_known)
        return SELECTED_UNKNOWN;
    return process->uid[1] == (uid_t)uid ? SELECTED_YES : SELECTED_NO;
}

static enum selected selects_comm(const char *glob, const struct process *process)
{
    if (glob && !*process->comm)
        return SELECTED_UNKNOWN;
    return is_meant(glob, process->comm) ? SELECTED_YES : SELECTED_NO;
}

static enum selected selects_exe(const char *glob, const struct process *process)
{
    g_autofree char *exe = process->exe ? host_link_path(process->exe) : NULL;
    if (!glob)
        return SELECTED_YES;
    if (exe)
        return is_meant(glob, exe) ? SELECTED_YES : SELECTED_NO;
    return process->kernel || !process_is_alive(process) ? SELECTED_NO : SELECTED_UNKNOWN; /* they have none */
}

static enum selected selects_argument(const char *pattern, const struct process *process)
{
    if (argument_matches(pattern, process->argv_seen))
        return SELECTED_YES;
    return process->argv ? SELECTED_NO : SELECTED_UNKNOWN;
}

/* A system account that was taken over calls itself what it likes; its program is one that root installed. */
static bool is_called_like_program(const struct process *process)
{
    g_autofree char *exe = process->exe ? host_link_path(process->exe) : NULL;
    return exe && g_str_has_prefix(host_base_name(exe), process->comm);
}

/* An ordinary user's process may have any name, and so may one of a container. */
static enum selected selects_service(const struct fact_context *context, const struct process *process)
{
    if (containers_have(containers_find(context), process))
        return SELECTED_NO;
    /* Unheard: the process is named as one that could not be compared. */
    switch (daemon_owner(context->host, process, host_unheard())) {
    case DAEMON_HOST:
        return daemon_name_is_roots(process) || is_called_like_program(process) ? SELECTED_YES : SELECTED_NO;
    case DAEMON_UNKNOWN:
        return SELECTED_UNKNOWN;
    case DAEMON_USER:
    case DAEMON_LOOKALIKE:
        break;
    }
    return SELECTED_NO;
}

static bool any_matches(char **globs, const char *path)
{
    g_autofree char *clean = path ? host_link_path(path) : NULL;
    for (; clean && *globs; globs++)
        if (name_matches(*globs, host_base_name(clean)))
            return true;
    return false;
}

/* One program may be several by the name that it was called by (busybox, k3s): that counts where root chose it. */
static enum selected is_called(char **globs, const struct process *process)
{
    if (any_matches(globs, process->exe))
        return SELECTED_YES;
    bool named = any_matches(globs, process->argv_seen ? process->argv_seen[0] : NULL) ||
                 (*process->comm && any_matches(globs, process->comm));
    if (named && daemon_name_is_roots(process))
        return SELECTED_YES;
    bool seen = process->exe && process->ids_known && *process->comm;
    bool none = process->kernel || !process_is_alive(process);
    return seen || none ? SELECTED_NO : SELECTED_UNKNOWN;
}

static enum selected selects_program(const struct fact_context *context, const json_object *object,
                                     const struct process *process)
{
    g_auto(GStrv) globs = object_strv(object, "program");
    enum selected called = *globs ? is_called(globs, process) : SELECTED_YES;
    if (!*globs || called == SELECTED_NO)
        return called;
    if (containers_have(containers_find(context), process))
        return SELECTED_NO;
    /* Unheard: as above. */
    switch (daemon_owner_or_copy(context->host, process, host_unheard())) {
    case DAEMON_HOST:
    case DAEMON_USER:
        return called;
    case DAEMON_LOOKALIKE:
        return SELECTED_NO;
    case DAEMON_UNKNOWN:
        break;
    }
    return SELECTED_UNKNOWN;
}

static enum selected selects(const struct fact_context *context, const json_object *object,
                             const struct process *process)
{
    if (process->kernel && !object_bool(object, "kernel", false))
        return SELECTED_NO;
    enum selected comm = selects_comm(object_string(object, "comm", NULL), process);
    enum selected uid = selects_uid(object_int(object, "uid", -1), process);
    enum selected exe = selects_exe(object_string(object, "exe", NULL), process);
    enum selected argument = selects_argument(object_string(object, "argument", NULL), process);
    enum selected selected = MIN(MIN(comm, uid), MIN(exe, argument));
    if (selected != SELECTED_NO)
        selected = MIN(selected, selects_program(context, object, process));
    bool asks = selected != SELECTED_NO && object_bool(object, "service", false);
    return asks ? MIN(selected, selects_service(context, process)) : selected;
}

static void set_caps(struct item *item, const struct process *process)
{
    static const struct {
        const char *field;
        enum capset set;
    } sets[] = {
        {"caps_effective", CAPSET_EFFECTIVE},
        {"caps_bounding", CAPSET_BOUNDING},
        {"caps_permitted", CAPSET_PERMITTED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        if (!process->caps_known) {
            item_unread_process(item, sets[i].field, process, "status");
            continue;
        }
        g_auto(GStrv) names = host_capability_names(process->caps[sets[i].set]);
        item_set_strv(item, sets[i].field, (const char *const *)names);
    }
}

static void set_owner(struct host *host, struct item *item, const struct process *process)
{
    if (!process->ids_known) {
        item_unread_process(item, "uid", process, "status");
        item_unread_process(item, "gid", process, "status");
        item_unread_process(item, "user", process, "status");
        return;
    }
    item_set_int(item, "uid", process->uid[1]);
    item_set_int(item, "gid", process->gid[1]);
    item_set_user(item, "user", host, process->uid[1]);
}

static void set_program(struct item *item, const struct process *process)
{
    g_autofree char *exe = process->exe ? host_link_path(process->exe) : NULL;
    bool none = process->kernel || !process_is_alive(process);
    if (exe || none) {
        item_set_string(item, "exe", exe);
        item_set_bool(item, "exe_deleted", exe && host_link_is_deleted(process->exe));
    } else {
        item_unread_process(item, "exe", process, "exe");
        item_unread_process(item, "exe_deleted", process, "exe");
    }
    g_autoptr(GError) why = process->argv ? NULL : host_process_argv_failure(process);
    if (process->argv)
        item_set_strv(item, "argv", (const char *const *)process->argv);
    else
        item_unread_error(item, "argv", why);
}

static void set_confinement(struct item *item, const struct process *process)
{
    static const char *const modes[] = {"off", "strict", "filter"};
    g_autofree char *status = host_process_file(process, "status");
    if (process->seccomp >= 0 && process->seccomp < (int)G_N_ELEMENTS(modes))
        item_set_string(item, "seccomp", modes[process->seccomp]);
    else
        item_unread(item, "seccomp", "%s does not say it", status);
    if (process->no_new_privs >= 0)
        item_set_bool(item, "no_new_privs", process->no_new_privs > 0);
    else
        item_unread(item, "no_new_privs", "%s does not say it", status);
    if (process->label)
        item_set_string(item, "label", process->label);
    else
        item_unread_process(item, "label", process, "attr/current");
}

static void set_place(struct host *host, struct item *item, const struct process *process)
{
    const char *unread = NULL;
    g_autofree const char **shared = namespaces_shared(host, process, &unread);
    if (unread)
        item_unread_namespace(item, "host_namespaces", process, unread);
    else
        item_set_strv(item, "host_namespaces", shared);
    if (!process->cgroup) {
        item_unread_process(item, "cgroup", process, "cgroup");
        item_unread_process(item, "unit", process, "cgroup");
        return;
    }
    g_autofree char *path = cgroup_path(process->cgroup);
    g_autofree char *unit = cgroup_unit(path);
    item_set_string(item, "cgroup", path);
    item_set_string(item, "unit", unit);
}

static void add_item(struct host *host, const struct process *process, struct items *items)
{
    g_autofree char *subject = g_strdup_printf("%s (pid %d)", process->comm, process->pid);
    struct item *item = items_add(items, subject);
    item_source_process(item, process->comm, process->pid);
    item_set_int(item, "pid", process->pid);
    if (process->ppid_known)
        item_set_int(item, "ppid", process->ppid);
    else
        item_unread_process(item, "ppid", process, "status");
    if (*process->comm)
        item_set_string(item, "comm", process->comm);
    else
        item_unread_process(item, "comm", process, "status");
    set_program(item, process);
    set_owner(host, item, process);
    set_caps(item, process);
    set_confinement(item, process);
    set_place(host, item, process);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *processes = host_processes(context->host, &error);
    if (!processes) {
        problems_take(items->problems, problem_of(problem_of_error(error), "the process table could not be read"));
        return;
    }
    if (!host_is_privileged(context->host) && !host_process(context->host, 1))
        items_problem(items, PROBLEM_UNKNOWN, RUN_AS_ROOT, "the processes of other users are hidden");
    unsigned unknown = 0;
    pid_t first = 0;
    for (guint i = 0; i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        enum selected selected = selects(context, object, process);
        if (!items_room(items, 1, "processes"))
            return;
        if (selected == SELECTED_YES)
            add_item(context->host, process, items);
        first = selected == SELECTED_UNKNOWN && !unknown ? process->pid : first;
        unknown += selected == SELECTED_UNKNOWN;
    }
    if (unknown)
        items_problem(items, PROBLEM_UNKNOWN, host_is_privileged(context->host) ? NULL : RUN_AS_ROOT,
                      "%u processes could not be compared with the object, the first: /proc/%d", unknown, (int)first);
}

const struct probe probe_process = {
    .name = "process",
    .summary = "Running processes",
    .object = {"process", "processes", .absent = "no process {} runs"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
