/* Compares the times of a daemon's files with the start of its process: /proc/PID/stat counts ticks since the boot,
 * whose time is in /proc/stat. */
#include "facts/daemon/files.h"

#include "facts/system/unit_command.h"
#include "host/totals.h"
#include "model/error.h"

#include <string.h>
#include <unistd.h>

/* The boot's time has no fractions, and dockerd writes containerd's file just before it starts it. */
#define SLACK_SECONDS 2

gint64 daemon_started(struct host *host, const struct process *process, struct problem **why)
{
    const struct host_totals *totals = host_totals(host);
    long ticks = sysconf(_SC_CLK_TCK);
    if (totals->boot_error || ticks <= 0 || !process->start_ticks) {
        struct problem *hindered = problem_of_error(totals->boot_error);
        *why = problem_of(hindered, "the start of pid %d is not known", process->pid);
        return -1;
    }
    return (gint64)(totals->boot + process->start_ticks / (uint64_t)ticks);
}

static void add_file(GPtrArray *files, const char *path)
{
    if (!g_ptr_array_find_with_equal_func(files, path, g_str_equal, NULL))
        g_ptr_array_add(files, g_strdup(path));
}

static void add_environment_files(struct host *host, const char *unit, GPtrArray *files, struct problem **why)
{
    g_auto(GStrv) paths = unit_environment_files(host, unit, why);
    for (char **path = paths; *path; path++)
        if (host_exists(host, *path))
            add_file(files, *path);
}

/* The unit that started it, NULL when it is no service, or with *why when that cannot be seen. Caller frees. */
static char *service_of(const struct daemon_instance *instance, struct problem **why)
{
    if (instance->start)
        return g_strdup(instance->start->unit);
    if (!instance->process->cgroup) {
        g_autoptr(GError) failure = host_process_failure(instance->process, "cgroup");
        *why = problem_of_error(failure);
        return NULL;
    }
    char *name = unit_of_cgroup(instance->process->cgroup);
    if (name && g_str_has_suffix(name, ".service"))
        return name;
    g_free(name);
    return NULL;
}

/* Units that a generator or systemd itself wrote get a new time without a change. */
static void add_unit_files(struct host *host, const struct daemon_instance *instance, GPtrArray *files,
                           struct problem **why)
{
    g_autofree char *name = service_of(instance, why);
    if (!name)
        return;
    const struct units *units = units_get(host);
    if (units->errors->len)
        problem_keep(why, problem_of_error(units->errors->pdata[0]));
    const struct unit *unit = units_find(units, name);
    if (!unit)
        return;
    if (unit->unit_class == UNIT_ETC || unit->unit_class == UNIT_VENDOR)
        add_file(files, unit->path);
    const struct unit_config *config = unit_config_get(host, name);
    if (config->error)
        problem_keep(why, problem_of_error(config->error));
    for (char **dropin = config->dropins; dropin && *dropin; dropin++)
        if (!g_str_has_prefix(*dropin, "/run/"))
            add_file(files, *dropin);
    add_environment_files(host, name, files, why);
}

static GPtrArray *files_of(struct host *host, const struct daemon_instance *instance, struct problem **why)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    if (instance->config)
        add_file(files, instance->config);
    for (guint i = 0; i < instance->documents->len; i++) {
        const struct daemon_document *document = g_ptr_array_index(instance->documents, i);
        add_file(files, document->path);
    }
    if (instance->process || instance->start)
        add_unit_files(host, instance, files, why);
    problem_keep(why, problem_copy(instance->blind));
    if (instance->error)
        problem_keep(why, problem_of_error(instance->error));
    return files;
}

static void find_newer(struct host *host, struct daemon_files *found)
{
    g_autoptr(GStrvBuilder) newer = g_strv_builder_new();
    found->newer_why = problem_copy(found->files_why);
    for (char **file = found->files; *file; file++) {
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        if (host_stat(host, *file, &st, &error) && st.mtime >= found->started + SLACK_SECONDS)
            g_strv_builder_add(newer, *file);
        if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            problem_keep(&found->newer_why, problem_of_error(error));
    }
    found->newer = g_strv_builder_end(newer);
}

static void files_free(gpointer data)
{
    struct daemon_files *found = data;
    g_strfreev(found->files);
    problem_free(found->files_why);
    problem_free(found->started_why);
    g_strfreev(found->newer);
    problem_free(found->newer_why);
    g_free(found);
}

static gpointer make_files(struct host *host, gpointer data)
{
    const struct daemon_instance *instance = data;
    struct daemon_files *found = g_new0(struct daemon_files, 1);
    GPtrArray *files = files_of(host, instance, &found->files_why);
    g_ptr_array_add(files, NULL);
    found->files = (char **)g_ptr_array_free(files, FALSE);
    found->started = instance->process ? daemon_started(host, instance->process, &found->started_why) : -1;
    if (found->started >= 0)
        find_newer(host, found);
    return found;
}

const struct daemon_files *daemon_files_find(struct host *host, const struct daemon_instance *instance)
{
    g_autofree char *key = g_strdup_printf("daemon-files:%p", (const void *)instance);
    return host_memo(host, key, make_files, (gpointer)(uintptr_t)instance, files_free);
}

/* NULL: they do not differ. */
static gpointer make_difference(struct host *host, gpointer data)
{
    const struct daemon_instance *instance = data;
    const struct daemon_files *found = daemon_files_find(host, instance);
    if (found->newer && *found->newer)
        return problem_unknown("%s started before its configuration was written", instance->subject);
    const struct problem *why = found->started < 0 ? found->started_why : found->newer_why;
    return why ? problem_of(problem_copy(why), "%s may have started before its configuration was written",
                            instance->subject)
               : NULL;
}

static void difference_free(gpointer problem)
{
    problem_free(problem);
}

const struct problem *daemon_files_differ(struct host *host, const struct daemon_instance *instance)
{
    if (!instance->process)
        return NULL;
    g_autofree char *key = g_strdup_printf("daemon-newer:%p", (const void *)instance);
    return host_memo(host, key, make_difference, (gpointer)(uintptr_t)instance, difference_free);
}
