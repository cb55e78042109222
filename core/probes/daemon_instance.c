/* Finds a daemon's processes, or, when none runs, what starts next, or its files. */
#include "probes/daemon_documents.h"

#include "host/notes.h"
#include "model/error.h"
#include "probes/daemon_owner.h"

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
    g_free(instance->blind);
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

static char *program_name(const char *path)
{
    g_autofree char *clean = host_link_path(path);
    return g_path_get_basename(clean);
}

static bool in_list(char **list, const char *word)
{
    return g_strv_contains((const char *const *)list, word);
}

/* Without argv and exe only the name is left, which the kernel cuts at 15 bytes. */
static bool name_cut_matches(char **names, const char *comm)
{
    for (; *names; names++)
        if (strncmp(*names, comm, 15) == 0 && (strlen(*names) >= 15 || g_str_equal(*names, comm)))
            return true;
    return false;
}

/* A process of which too little could be read may be the daemon's. The smaller one of several counts. */
enum match { MATCHES_NOT, MATCHES_PERHAPS, MATCHES };

static enum match name_is_roots(const struct process *process)
{
    if (!process->ids_known)
        return MATCHES_PERHAPS;
    return daemon_name_is_roots(process) ? MATCHES : MATCHES_NOT;
}

/* The program's file says what runs. What a process calls itself counts where root chose it (a program that is several
 * daemons, or has another file name), and where nothing else can be seen. */
static enum match name_matches(const struct daemon_program *program, const struct process *process)
{
    if (!program->name)
        return name_is_roots(process);
    bool has_argv = process->argv_seen && process->argv_seen[0];
    g_autofree char *argv_name = has_argv ? program_name(process->argv_seen[0]) : NULL;
    g_autofree char *exe_name = process->exe ? program_name(process->exe) : NULL;
    if (exe_name && in_list(program->name, exe_name))
        return MATCHES;
    if (exe_name && name_is_roots(process) == MATCHES_NOT)
        return MATCHES_NOT;
    if (argv_name && in_list(program->name, argv_name))
        return exe_name ? name_is_roots(process) : MATCHES;
    if (!exe_name && !argv_name && name_cut_matches(program->name, process->comm))
        return MATCHES;
    /* The kernel took the command name from the program, where that could not be seen. */
    bool by_comm = !exe_name && (!*process->comm || name_cut_matches(program->name, process->comm));
    bool no_argv = !has_argv && !process->argv;
    return no_argv || by_comm ? MATCHES_PERHAPS : MATCHES_NOT;
}

static enum match comm_matches(const struct daemon_program *program, const struct process *process)
{
    if (!program->comm || in_list(program->comm, process->comm))
        return MATCHES;
    return *process->comm ? MATCHES_NOT : MATCHES_PERHAPS;
}

static enum match program_matches(const struct daemon_program *program, const struct process *process)
{
    enum match match = MIN(comm_matches(program, process), name_matches(program, process));
    if (!program->argument || !process->argv_seen)
        return match;
    if (process->argv_seen[0] && process->argv_seen[1])
        return in_list(program->argument, process->argv_seen[1]) ? match : MATCHES_NOT;
    return process->argv ? MATCHES_NOT : MIN(match, MATCHES_PERHAPS); /* what was cut off may be it */
}

/* NULL: it is none of the daemon's, or that cannot be told (*perhaps). */
static const struct daemon_program *find_program(const struct daemon *daemon, const struct process *process,
                                                 bool *perhaps)
{
    *perhaps = false;
    if (process->kernel || !process_is_alive(process))
        return NULL;
    for (guint i = 0; i < daemon->programs->len; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        enum match match = program_matches(program, process);
        if (match == MATCHES)
            return program;
        *perhaps |= match == MATCHES_PERHAPS;
    }
    return NULL;
}

/* A daemon's helper children run the same program under another name. */
static bool is_helper(struct host *host, const struct daemon *daemon, const struct process *process)
{
    const struct process *parent = process->ppid > 0 ? host_process(host, process->ppid) : NULL;
    bool perhaps = false;
    return parent && parent != process && find_program(daemon, parent, &perhaps) &&
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
        instance->blind = g_strdup_printf("%s runs inside %s (pid %d), which does not show its settings", daemon->name,
                                          instance->process->comm, instance->process->pid);
        return;
    }
    g_autofree char *path = host_process_path(host, instance->process, program->arguments);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, path, &error);
    if (!text) {
        instance->blind = g_strdup_printf("%s runs inside %s, and its arguments could not be read: %s", daemon->name,
                                          instance->process->comm, error->message);
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
    g_autofree char *why = process->argv ? NULL : host_process_argv_unknown(process);
    instance->blind = g_strdup_printf("the command line of %s (pid %d) is not known%s%s", process->comm, process->pid,
                                      why ? ": " : "", why ? why : "");
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
    enum daemon_owner owner = daemon_owner(host, process);
    return owner == DAEMON_HOST || owner == DAEMON_UNKNOWN;
}

static void add_process(struct host *host, const struct daemon *daemon, const struct process *process,
                        struct daemon_instances *instances, GPtrArray *of_users)
{
    bool perhaps = false;
    const struct daemon_program *program = find_program(daemon, process, &perhaps);
    if (!program && perhaps && concerns_host(host, process)) {
        g_autofree char *may = g_strdup_printf("it may be %s", daemon->name);
        host_process_note(process, *process->comm ? "cmdline" : "status", may);
    }
    if (!program || is_helper(host, daemon, process))
        return;
    enum daemon_owner owner = daemon_owner(host, process);
    if (owner == DAEMON_LOOKALIKE)
        return;
    g_autofree char *user = owner == DAEMON_USER ? user_of(host, process) : NULL;
    g_autofree char *subject =
        g_strdup_printf("%s%s%s (pid %d)", daemon->name, user ? " of " : "", user ? user : "", process->pid);
    struct daemon_instance *instance = instance_new(daemon, process, subject);
    instance->user = g_steal_pointer(&user);
    if (owner == DAEMON_UNKNOWN)
        instance->blind = g_strdup_printf("whether %s (pid %d) is what it calls itself could not be seen",
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
        instance->blind = g_strdup(start->why);
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

char *daemon_environment(struct host *host, const struct daemon_instance *instance, const char *name, bool *readable)
{
    *readable = true;
    if (instance->process)
        return host_process_env(host, instance->process->pid, name, readable);
    const char *why = NULL;
    const char *value = instance->start ? unit_environment_value(instance->start->environment, name, &why) : NULL;
    *readable = !why;
    return g_strdup(value);
}

struct finding {
    const struct daemon *daemon;
};

/* Beside its processes: what starts next, what is configured. */
static void add_others(struct host *host, const struct daemon *daemon, struct daemon_instances *instances,
                       const GPtrArray *of_users)
{
    bool runs = instances->list->len > 0;
    if (!runs && !instances->hidden)
        add_starts(host, daemon, instances);
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
    const struct daemon *daemon = ((struct finding *)data)->daemon;
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
    struct finding finding = {daemon};
    return host_memo(host, key, make_instances, &finding, instances_free);
}
