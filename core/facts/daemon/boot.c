#include "facts/daemon/boot.h"

#include "facts/daemon/match.h"
#include "facts/package/packages.h"
#include "host/path.h"
#include "host/process.h"
#include "model/error.h"

#include <string.h>

/* A program that starts others and is no longer than this may be a script. */
#define SCRIPT_MAX (64U << 10)

static const char *const program_dirs[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
                                           "/sbin",           "/bin",           "/opt/bin"};

/* ---- the commands of all services, once a host ---- */

struct boot_command {
    char *unit, *path; /* the file that holds it */
    unsigned line;
    bool starts;
    struct unit_command *command; /* NULL: it cannot be taken apart */
    char *resolved;               /* the program without links, NULL */
    char *script;                 /* text of a program that is a script, or of an init script; NULL */
    GError *error;                /* the unit, one of its drop-ins or its program could not be read; NULL */
};

static void command_free(gpointer data)
{
    struct boot_command *command = data;
    g_free(command->unit);
    g_free(command->path);
    if (command->command)
        unit_command_free(command->command);
    g_free(command->resolved);
    g_free(command->script);
    g_clear_error(&command->error);
    g_free(command);
}

/* NULL: it is none, or, with `error`, that could not be seen. */
static char *script_text(struct host *host, const char *path, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, SCRIPT_MAX, &failure);
    bool told = bytes || g_error_matches(failure, PL_ERROR, PL_ERROR_ABSENT) ||
                g_error_matches(failure, PL_ERROR, PL_ERROR_LIMIT) || g_error_matches(failure, PL_ERROR, PL_ERROR_KIND);
    if (!told)
        g_propagate_error(error, g_steal_pointer(&failure));
    gsize size = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    return size > 2 && text[0] == '#' && text[1] == '!' ? g_strndup(text, size) : NULL;
}

static struct boot_command *command_new(struct host *host, const char *unit, const char *path, unsigned line)
{
    struct boot_command *command = g_new0(struct boot_command, 1);
    command->unit = g_strdup(unit);
    command->path = g_strdup(path);
    command->line = line;
    command->starts = unit_starts(host, unit);
    return command;
}

static struct boot_command *command_of(struct host *host, const char *unit, const struct unit_value *value)
{
    struct boot_command *command = command_new(host, unit, value->path, value->line);
    command->command = unit_command_read(value->text, unit);
    const char *program = command->command ? command->command->words[0] : NULL;
    if (program && *program == '/') {
        command->resolved = host_resolve(host, program, NULL);
        command->script = command->starts ? script_text(host, program, &command->error) : NULL;
    } else if (!program) {
        command->script = g_strdup(value->text);
    }
    return command;
}

static void add_commands(struct host *host, GPtrArray *commands, const char *name)
{
    const struct units *units = units_get(host);
    const struct unit *unit = units_find(units, name);
    if (!unit || units_is_masked(host, unit))
        return;
    const struct unit_config *config = unit_config_get(host, name);
    const GPtrArray *values = g_hash_table_lookup(config->values, "Service.ExecStart");
    if (config->error || unit->unit_class == UNIT_SYSV) {
        struct boot_command *command = command_new(host, name, unit->path, 0);
        if (config->error)
            command->error = g_error_copy(config->error);
        else
            command->script = host_read_text(host, unit->path, &command->error);
        g_ptr_array_add(commands, command);
    }
    for (guint i = 0; values && i < values->len; i++)
        g_ptr_array_add(commands, command_of(host, name, values->pdata[i]));
}

static gpointer make_commands(struct host *host, gpointer data)
{
    (void)data;
    GPtrArray *commands = g_ptr_array_new_with_free_func(command_free);
    g_auto(GStrv) names = unit_services(host);
    for (char **name = names; *name; name++)
        add_commands(host, commands, *name);
    return commands;
}

static void commands_free(gpointer data)
{
    g_ptr_array_unref(data);
}

static const GPtrArray *commands_get(struct host *host)
{
    return host_memo(host, "boot-commands", make_commands, NULL, commands_free);
}

/* ---- whether one of them runs a daemon ---- */

enum runs {
    RUNS_NOT,
    RUNS,        /* its program is the daemon's */
    RUNS_INSIDE, /* by a launcher, a script or a program that embeds or starts it: its command line is not known */
};

static bool in_list(char **list, const char *word)
{
    return g_strv_contains((const char *const *)list, word);
}

/* Some programs call their process by their first argument as well: "k3s server" is k3s-server. */
static bool is_called(const struct daemon_program *program, const char *const *words)
{
    const char *base = host_base_name(words[0]);
    g_autofree char *joined = words[1] ? g_strdup_printf("%s-%s", base, words[1]) : NULL;
    return in_list(program->comm, base) || (joined && in_list(program->comm, joined));
}

/* A command, program first; `resolved` is the program's path without links, or NULL. */
static bool is_command(const struct daemon_program *program, const char *const *words, const char *resolved)
{
    if (program->argument && !(words[1] && in_list(program->argument, words[1])))
        return false;
    if (!program->name)
        return program->comm && is_called(program, words);
    return in_list(program->name, host_base_name(words[0])) ||
           (resolved && in_list(program->name, host_base_name(resolved)));
}

/* Programs that run the one that their arguments name. */
static bool is_launcher(const char *name)
{
    static const char *const launchers[] = {
        "sh",          "bash",
        "dash",        "ash",
        "ksh",         "zsh",
        "busybox",     "env",
        "nice",        "ionice",
        "chrt",        "taskset",
        "numactl",     "setpriv",
        "su",          "runuser",
        "sudo",        "chroot",
        "nsenter",     "unshare",
        "setsid",      "nohup",
        "flock",       "timeout",
        "prlimit",     "exec",
        "ip",          "snap",
        "systemd-run", "systemd-inhibit",
        "systemd-cat", "start-stop-daemon",
        "daemonize",   "tini",
        "dumb-init",   "setarch",
        NULL,
    };
    return g_strv_contains(launchers, name);
}

/* The name stands in the text as a word, or as the last part of a path. */
static bool is_mentioned(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
        bool begins = at == text || strchr("/. \t\n\"'`;&|(={", at[-1]);
        if (begins && strchr(" \t\n\"'`;&|)}", at[n]))
            return true;
    }
    return false;
}

static bool mentions(const struct daemon_program *program, const struct boot_command *command)
{
    for (char **name = program->name; name && *name; name++) {
        if (command->script && is_mentioned(command->script, *name))
            return true;
        bool launched = command->command && is_launcher(host_base_name(command->command->words[0]));
        for (char **word = command->command ? command->command->words + 1 : NULL; launched && *word; word++)
            if (is_mentioned(*word, *name))
                return true;
    }
    return false;
}

static enum runs runs(const struct daemon *daemon, const struct boot_command *command)
{
    enum runs found = RUNS_NOT;
    for (guint i = 0; i < daemon->programs->len && found != RUNS; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        const char *const *words = command->command ? (const char *const *)command->command->words : NULL;
        if (words && is_command(program, words, command->resolved))
            found = program->embedded || program->launches ? RUNS_INSIDE : RUNS;
        else if (mentions(program, command))
            found = RUNS_INSIDE;
    }
    return found;
}

char **daemon_boot_units(struct host *host, const struct daemon *daemon, const GError **error)
{
    const GPtrArray *commands = commands_get(host);
    g_autoptr(GStrvBuilder) units = g_strv_builder_new();
    for (guint i = 0; i < commands->len; i++) {
        const struct boot_command *command = g_ptr_array_index(commands, i);
        if (runs(daemon, command) != RUNS_NOT)
            g_strv_builder_add(units, command->unit);
        else if (command->error)
            *error = command->error;
    }
    return g_strv_builder_end(units);
}

/* ---- whether it is installed ---- */

struct daemon_boot_query {
    bool found;
    GError *error; /* the lookup was hindered; NULL */
};

static void look_at(struct host *host, const char *path, struct daemon_boot_query *query)
{
    struct host_stat st;
    g_autoptr(GError) error = NULL;
    query->found |= host_stat(host, path, &st, &error);
    if (error && !query->error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        query->error = g_steal_pointer(&error);
}

static void look_for_name(struct host *host, const char *name, struct daemon_boot_query *query)
{
    for (gsize i = 0; i < G_N_ELEMENTS(program_dirs) && !query->found; i++) {
        g_autofree char *path = g_build_filename(program_dirs[i], name, NULL);
        look_at(host, path, query);
    }
}

static bool has_package(struct host *host, const struct daemon *daemon)
{
    for (char **name = daemon->packages; name && *name; name++)
        if (packages_has(packages_get(host), *name))
            return true;
    return false;
}

/* The program that a command names; its package stands for it where only a part of the root is there. */
static void look_for_program(struct host *host, const struct daemon *daemon, const struct boot_command *command,
                             struct daemon_boot_query *query)
{
    const char *program = command->command ? command->command->words[0] : NULL;
    if (program && *program == '/')
        look_at(host, program, query);
    else if (program)
        look_for_name(host, program, query);
    else
        query->found = true;
    query->found = query->found || has_package(host, daemon);
}

static void look_for_daemon(struct host *host, const struct daemon *daemon, struct daemon_boot_query *query)
{
    query->found = has_package(host, daemon);
    for (guint i = 0; i < daemon->programs->len; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        for (char **name = program->name; name && *name; name++)
            look_for_name(host, *name, query);
    }
}

/* ---- how it starts ---- */

static void start_free(gpointer data)
{
    struct daemon_start *start = data;
    g_free(start->unit);
    g_free(start->path);
    g_strfreev(start->argv);
    problem_free(start->why);
    g_free(start);
}

static void boot_free(gpointer data)
{
    struct daemon_boot *boot = data;
    g_ptr_array_unref(boot->starts);
    g_clear_error(&boot->error);
    g_free(boot);
}

/* Settings of the unit that give the daemon other files than the host's; NULL: none. Caller frees. */
static struct problem *other_root(struct host *host, const struct daemon *daemon, const char *unit)
{
    static const char *const roots[] = {"Service.RootDirectory", "Service.RootImage"};
    const struct unit_config *config = unit_config_get(host, unit);
    for (gsize i = 0; i < G_N_ELEMENTS(roots); i++)
        if (unit_config_value(config, roots[i]))
            return problem_unknown("%s gives %s another root", unit, daemon->name);
    const struct unit_value *user = unit_config_value(config, "Service.User");
    bool other = user && !g_str_equal(user->text, "root") && !g_str_equal(user->text, "0");
    return other && daemon->config.user_path ? problem_unknown("%s runs %s as another user", unit, daemon->name) : NULL;
}

static void add_start(struct host *host, const struct daemon *daemon, const struct boot_command *command, enum runs how,
                      struct daemon_boot *boot)
{
    struct daemon_boot_query query = {0};
    look_for_program(host, daemon, command, &query);
    g_autoptr(GError) error = query.error;
    if (!query.found && !error)
        return;
    struct daemon_start *start = g_new0(struct daemon_start, 1);
    start->unit = g_strdup(command->unit);
    start->path = g_strdup(command->path);
    start->line = command->line;
    start->environment = unit_environment_get(host, command->unit);
    const struct unit_config *config = unit_config_get(host, command->unit);
    if (!query.found || config->error)
        start->why = problem_of_error(query.found ? config->error : error);
    else if (how == RUNS_INSIDE)
        start->why = problem_unknown("%s does not show with what command line it runs %s", command->unit, daemon->name);
    else
        start->why = other_root(host, daemon, command->unit);
    if (!start->why)
        start->argv = unit_command_arguments(host, command->command, command->unit, &start->why);
    g_ptr_array_add(boot->starts, start);
}

/* The running machine may have been booted by something else. */
static bool is_systemds(struct host *host)
{
    const struct process *first = host_is_live(host) ? host_process(host, 1) : NULL;
    if (!host_is_live(host) || (first && g_str_equal(first->comm, "systemd")))
        return true;
    struct daemon_boot_query query = {0};
    look_at(host, "/run/systemd/system", &query);
    g_autoptr(GError) hindered = query.error;
    return query.found || hindered;
}

static void take_error(struct daemon_boot *boot, const GError *error)
{
    if (error && !boot->error)
        boot->error = g_error_copy(error);
}

static gpointer make_boot(struct host *host, gpointer data)
{
    const struct daemon *daemon = data;
    struct daemon_boot *boot = g_new0(struct daemon_boot, 1);
    boot->starts = g_ptr_array_new_with_free_func(start_free);
    struct daemon_boot_query query = {0};
    look_for_daemon(host, daemon, &query);
    g_autoptr(GError) hindered = query.error;
    boot->installed = query.found;
    bool possible = query.found || hindered || daemon_is_launched(daemon);
    if (!is_systemds(host))
        return boot;
    const GPtrArray *commands = commands_get(host);
    for (guint i = 0; i < commands->len; i++) {
        const struct boot_command *command = g_ptr_array_index(commands, i);
        enum runs how = command->starts ? runs(daemon, command) : RUNS_NOT;
        if (how != RUNS_NOT)
            add_start(host, daemon, command, how, boot);
        else if (command->starts && possible)
            take_error(boot, command->error);
    }
    const struct units *units = units_get(host);
    for (guint i = 0; i < units->errors->len; i++)
        take_error(boot, units->errors->pdata[i]);
    return boot;
}

const struct daemon_boot *daemon_boot_find(struct host *host, const struct daemon *daemon)
{
    g_autofree char *key = g_strdup_printf("daemon-boot:%s:%p", daemon->name, (const void *)daemon);
    return host_memo(host, key, make_boot, (gpointer)(uintptr_t)daemon, boot_free);
}
