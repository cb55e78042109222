/* Finds a daemon's processes, or, when none runs, what starts next, or its files. */
#include "facts/daemon/documents.h"

#include "facts/daemon/match.h"
#include "facts/daemon/owner.h"
#include "facts/daemon/pods.h"
#include "host/notes.h"
#include "model/error.h"

#include <string.h>

static void document_free(gpointer data)
{
    struct daemon_document *document = data;
    g_free(document->path);
    g_free(document);
}

static void instance_free(gpointer data)
{
    struct daemon_instance *instance = data;
    g_free(instance->user);
    g_free(instance->subject);
    flag_values_free(instance->flags);
    problem_free(instance->blind);
    g_free(instance->config);
    g_ptr_array_unref(instance->documents);
    g_clear_error(&instance->error);
    g_free(instance->version);
    g_free(instance);
}

static void instances_free(gpointer data)
{
    struct daemon_instances *instances = data;
    g_ptr_array_unref(instances->list);
    g_clear_error(&instances->error);
    g_clear_error(&instances->homes);
    g_free(instances);
}

/* A daemon's helper children run the same program under another name. */
static bool is_helper(struct host *host, const struct daemon *daemon, const struct process *process)
{
    const struct process *parent = process->ppid > 0 ? host_process(host, process->ppid) : NULL;
    bool perhaps = false;
    return parent && parent != process && daemon_match(daemon, parent, &perhaps) &&
           g_strcmp0(parent->exe, process->exe) == 0;
}

static void replace_variables(GString *text, char **variables)
{
    for (char **variable = variables; variable && *variable; variable++) {
        const char *equals = strchr(*variable, '=');
        g_autofree char *name = equals ? g_strndup(*variable, (gsize)(equals - *variable)) : NULL;
        g_autofree char *written = name ? g_strdup_printf("${%s}", name) : NULL;
        if (written)
            g_string_replace(text, written, equals + 1, 0);
    }
}

/* An embedding program's own command line says nothing; some keep the daemon's in a file. */
static void read_embedded(struct host *host, struct daemon_instance *instance, const struct daemon *daemon,
                          const struct daemon_program *program)
{
    if (!program->arguments) {
        instance->blind = problem_unknown("%s runs inside %s (pid %d), which does not show its settings", daemon->name,
                                          instance->process->comm, instance->process->pid);
        return;
    }
    g_autofree char *path = host_process_path(host, instance->process, program->arguments);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        instance->blind = problem_of(problem_of_error(error), "%s runs inside %s, and its arguments could not be read",
                                     daemon->name, instance->process->comm);
        return;
    }
    g_autoptr(GString) replaced = g_string_new(text);
    replace_variables(replaced, program->variables);
    g_auto(GStrv) words = daemon_arguments_split(replaced->str);
    instance->flags = daemon_flags_parse(daemon, (const char *const *)words);
}

static void read_arguments(struct host *host, struct daemon_instance *instance, const struct daemon *daemon,
                           const struct daemon_program *program)
{
    const struct process *process = instance->process;
    if (program->embedded) {
        read_embedded(host, instance, daemon, program);
        return;
    }
    if (process->argv && process->argv[0]) {
        instance->flags = daemon_flags_parse(daemon, (const char *const *)process->argv);
        return;
    }
    g_autoptr(GError) why = process->argv ? NULL : host_process_argv_failure(process);
    instance->blind =
        problem_of(problem_of_error(why), "the command line of %s (pid %d) is not known", process->comm, process->pid);
}

static struct daemon_instance *instance_new(const struct daemon *daemon, const struct process *process,
                                            const char *subject)
{
    struct daemon_instance *instance = g_new0(struct daemon_instance, 1);
    instance->daemon = daemon;
    instance->process = process;
    instance->subject = g_strdup(subject);
    instance->documents = g_ptr_array_new_with_free_func(document_free);
    return instance;
}

static char *user_of(struct host *host, const struct process *process)
{
    const char *name = host_user_name(host, process->uid[1]);
    return name ? g_strdup(name) : g_strdup_printf("uid %u", (unsigned)process->uid[1]);
}

/* What an ordinary user hides of processes of his own leaves nothing open about the host's daemons. */
static bool concerns_host(struct host *host, const struct process *process)
{
    /* Unheard: whoever may be the host's is noted with what could not be read of it. */
    enum daemon_owner owner = daemon_owner(host, process, host_unheard());
    return owner == DAEMON_HOST || owner == DAEMON_UNKNOWN;
}

static void add_process(struct host *host, const struct daemon *daemon, const struct process *process,
                        struct daemon_instances *instances, GPtrArray *of_users)
{
    bool perhaps = false;
    const struct daemon_program *program = daemon_match(daemon, process, &perhaps);
    if (!program && perhaps && concerns_host(host, process)) {
        g_autofree char *may = g_strdup_printf("it may be %s", daemon->name);
        host_process_note(process, *process->comm ? "cmdline" : "status", may);
    }
    if (!program || is_helper(host, daemon, process))
        return;
    g_autoptr(GError) why = NULL;
    enum daemon_owner owner =
        daemon->copies ? daemon_owner_or_copy(host, process, &why) : daemon_owner(host, process, &why);
    if (owner == DAEMON_LOOKALIKE)
        return;
    g_autofree char *user = owner == DAEMON_USER ? user_of(host, process) : NULL;
    g_autofree char *subject =
        g_strdup_printf("%s%s%s (pid %d)", daemon->name, user ? " of " : "", user ? user : "", process->pid);
    struct daemon_instance *instance = instance_new(daemon, process, subject);
    instance->user = g_steal_pointer(&user);
    if (owner == DAEMON_UNKNOWN)
        instance->blind =
            problem_of(problem_of_error(why), "whether %s (pid %d) is what it calls itself could not be seen",
                       process->comm, process->pid);
    else
        read_arguments(host, instance, daemon, program);
    if (!instance->blind)
        daemon_documents_load(host, instance, daemon);
    instance->version = daemon_version(host, daemon, process);
    g_ptr_array_add(instance->user ? of_users : instances->list, instance);
}

/* Nothing was read, and what hindered leaves open whether there is anything at all. */
static bool take_hindrance(struct daemon_instances *instances, struct daemon_instance *instance)
{
    bool there = instance->documents->len || g_error_matches(instance->error, PL_ERROR, PL_ERROR_PARSE) ||
                 g_error_matches(instance->error, PL_ERROR, PL_ERROR_LIMIT);
    if (there || !instance->error)
        return false;
    if (!instances->error)
        instances->error = g_steal_pointer(&instance->error);
    return true;
}

/* As its unit starts it: the command line is the unit's, and files count as they do for a process. */
static void add_start(struct host *host, const struct daemon *daemon, const struct daemon_start *start,
                      struct daemon_instances *instances)
{
    g_autofree char *subject = g_strdup_printf("%s at the next start (%s)", daemon->name, start->unit);
    struct daemon_instance *instance = instance_new(daemon, NULL, subject);
    instance->start = start;
    if (start->argv)
        instance->flags = daemon_flags_parse(daemon, (const char *const *)start->argv);
    else
        instance->blind = problem_copy(start->why);
    if (!instance->blind)
        daemon_documents_load(host, instance, daemon);
    instance->version = daemon_version(host, daemon, NULL);
    g_ptr_array_add(instances->list, instance);
}

/* The host's own daemon, of which no process was seen. */
static void add_starts(struct host *host, const struct daemon *daemon, struct daemon_instances *instances)
{
    const struct daemon_boot *boot = daemon_boot_find(host, daemon);
    for (guint i = 0; i < boot->starts->len; i++)
        add_start(host, daemon, g_ptr_array_index(boot->starts, i), instances);
    if (boot->error && !instances->error)
        instances->error = g_error_copy(boot->error);
}

static void add_configured(struct host *host, const struct daemon *daemon, struct daemon_instances *instances)
{
    struct daemon_instance *instance = instance_new(daemon, NULL, daemon->name);
    daemon_documents_load(host, instance, daemon);
    if (take_hindrance(instances, instance) || (!instance->documents->len && !instance->error)) {
        instance_free(instance);
        return;
    }
    instance->version = daemon_version(host, daemon, NULL);
    g_ptr_array_add(instances->list, instance);
}

/* ---- tools: no process, the system's files and those of accounts ---- */

static bool tool_installed(struct host *host, const struct daemon *daemon)
{
    for (char **tool = daemon->tools; *tool; tool++)
        if (host_exists(host, *tool))
            return true;
    return false;
}

static void add_tool_of_system(struct host *host, const struct daemon *daemon, struct daemon_instances *instances)
{
    struct daemon_instance *instance = instance_new(daemon, NULL, daemon->name);
    daemon_documents_load(host, instance, daemon);
    bool installed = tool_installed(host, daemon);
    if (!installed && (take_hindrance(instances, instance) || (!instance->documents->len && !instance->error))) {
        instance_free(instance);
        return;
    }
    instance->version = daemon_version(host, daemon, NULL);
    g_ptr_array_add(instances->list, instance);
}

static void add_tool_of_user(struct host *host, const struct daemon *daemon, const struct home *home,
                             struct daemon_instances *instances)
{
    g_autoptr(GError) error = NULL;
    bool there = daemon_documents_of_user(host, daemon, home, &error);
    if (error && !instances->homes)
        instances->homes = g_steal_pointer(&error);
    if (!there)
        return;
    g_autofree char *subject = g_strdup_printf("%s of %s", daemon->name, home->user);
    struct daemon_instance *instance = instance_new(daemon, NULL, subject);
    instance->home = home;
    daemon_documents_load(host, instance, daemon);
    instance->version = daemon_version(host, daemon, NULL);
    g_ptr_array_add(instances->list, instance);
}

static struct daemon_instances *find_tools(struct host *host, const struct daemon *daemon)
{
    struct daemon_instances *instances = g_new0(struct daemon_instances, 1);
    instances->list = g_ptr_array_new_with_free_func(instance_free);
    add_tool_of_system(host, daemon, instances);
    if (!daemon->config.user_path && !daemon->config.user_dropins)
        return instances;
    const struct homes *homes = homes_find(host);
    if (homes->error)
        instances->homes = g_error_copy(homes->error);
    for (guint i = 0; i < homes->list->len; i++)
        add_tool_of_user(host, daemon, g_ptr_array_index(homes->list, i), instances);
    return instances;
}

static void add_static_pod(struct host *host, const struct daemon *daemon, struct daemon_instances *instances)
{
    g_autofree char *manifest = daemon_static_pod(host, daemon, &instances->error);
    if (!manifest)
        return;
    g_autofree char *subject = g_strdup_printf("%s at the next start (%s)", daemon->name, manifest);
    struct daemon_instance *instance = instance_new(daemon, NULL, subject);
    instance->blind = problem_unknown("%s is a static pod, whose settings only the running machine shows", manifest);
    g_ptr_array_add(instances->list, instance);
}

/* Beside its processes: what starts next, whatever users run meanwhile, and what is configured. */
static void add_others(struct host *host, const struct daemon *daemon, struct daemon_instances *instances,
                       const GPtrArray *of_users)
{
    bool runs = instances->list->len > 0;
    if (!runs && !instances->hidden)
        add_starts(host, daemon, instances);
    if (!instances->list->len && !instances->hidden && !instances->error)
        add_static_pod(host, daemon, instances);
    if (instances->list->len + of_users->len == 0 && !instances->error)
        add_configured(host, daemon, instances);
    else if (runs && instances->list->len == 1) {
        struct daemon_instance *only = g_ptr_array_index(instances->list, 0);
        g_free(only->subject);
        only->subject = g_strdup(daemon->name);
    }
    bool none = instances->list->len + of_users->len == 0 && !instances->hidden;
    instances->installed = none && daemon_boot_find(host, daemon)->installed;
}

static gpointer make_instances(struct host *host, gpointer data)
{
    const struct daemon *daemon = data;
    if (daemon->tools)
        return find_tools(host, daemon);
    struct daemon_instances *instances = g_new0(struct daemon_instances, 1);
    instances->list = g_ptr_array_new_with_free_func(instance_free);
    g_autoptr(GError) error = NULL;
    const GPtrArray *processes = host_processes(host, &error);
    g_autoptr(GPtrArray) of_users = g_ptr_array_new();
    for (guint i = 0; processes && i < processes->len; i++)
        add_process(host, daemon, g_ptr_array_index(processes, i), instances, of_users);
    if (!processes && error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        instances->error = g_steal_pointer(&error);
    instances->hidden =
        !instances->list->len && processes && !host_is_privileged(host) && host_is_live(host) && !host_process(host, 1);
    add_others(host, daemon, instances, of_users);
    g_ptr_array_extend(instances->list, of_users, NULL, NULL);
    return instances;
}

const struct daemon_instances *daemon_instances_find(struct host *host, const struct daemon *daemon)
{
    /* Two registries may hold different descriptions of one name (tests): the description is part of the key. */
    g_autofree char *key = g_strdup_printf("daemon:%s:%p", daemon->name, (const void *)daemon);
    return host_memo(host, key, make_instances, (gpointer)(uintptr_t)daemon, instances_free);
}
