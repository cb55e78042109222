/* Compares the times of a daemon's files with the start of its process: /proc/PID/stat counts ticks since the boot,
 * whose time is in /proc/stat. */
#include "facts/daemon/files.h"

#include "facts/system/unit_command.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>
#include <unistd.h>

/* The boot's time has no fractions, and dockerd writes containerd's file just before it starts it. */
#define SLACK_SECONDS 2

gint64 daemon_started(struct host *host, const struct process *process, char **why)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, "/proc/stat", &error);
    const char *line = text ? strstr(text, "\nbtime ") : NULL;
    g_autofree char *number = line ? g_strndup(line + 7, strcspn(line + 7, "\n")) : NULL;
    uint64_t boot = 0;
    long ticks = sysconf(_SC_CLK_TCK);
    if (!number || !value_parse_u64(number, G_MAXINT64 / 2, &boot) || ticks <= 0 || !process->start_ticks) {
        *why = g_strdup_printf("the start of pid %d is not known%s%s", process->pid, error ? ": " : "",
                               error ? error->message : "");
        return -1;
    }
    return (gint64)(boot + process->start_ticks / (uint64_t)ticks);
}

static void add_file(GPtrArray *files, const char *path)
{
    if (!g_ptr_array_find_with_equal_func(files, path, g_str_equal, NULL))
        g_ptr_array_add(files, g_strdup(path));
}

static void add_environment_files(struct host *host, const char *unit, GPtrArray *files, char **why)
{
    g_auto(GStrv) paths = unit_environment_files(host, unit, why);
    for (char **path = paths; *path; path++)
        if (host_exists(host, *path))
            add_file(files, *path);
}

/* The unit that started it, NULL when it is no service, or with *why when that cannot be seen. Caller frees. */
static char *service_of(const struct daemon_instance *instance, char **why)
{
    if (instance->start)
        return g_strdup(instance->start->unit);
    if (!instance->process->cgroup) {
        g_autoptr(GError) failure = host_process_failure(instance->process, "cgroup");
        *why = g_strdup(failure->message);
        return NULL;
    }
    char *name = unit_of_cgroup(instance->process->cgroup);
    if (name && g_str_has_suffix(name, ".service"))
        return name;
    g_free(name);
    return NULL;
}

/* Units that a generator or systemd itself wrote get a new time without a change. */
static void add_unit_files(struct host *host, const struct daemon_instance *instance, GPtrArray *files, char **why)
{
    g_autofree char *name = service_of(instance, why);
    if (!name)
        return;
    const struct units *units = units_get(host);
    if (units->errors->len)
        *why = g_strdup(((const GError *)units->errors->pdata[0])->message);
    const struct unit *unit = units_find(units, name);
    if (!unit)
        return;
    if (unit->unit_class == UNIT_ETC || unit->unit_class == UNIT_VENDOR)
        add_file(files, unit->path);
    const struct unit_config *config = unit_config_get(host, name);
    if (config->error && !*why)
        *why = g_strdup(config->error->message);
    for (char **dropin = config->dropins; dropin && *dropin; dropin++)
        if (!g_str_has_prefix(*dropin, "/run/"))
            add_file(files, *dropin);
    add_environment_files(host, name, files, why);
}

static GPtrArray *files_of(struct host *host, const struct daemon_instance *instance, char **why)
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
    if (!*why && instance->blind)
        *why = g_strdup(instance->blind);
    if (!*why && instance->error)
        *why = g_strdup(instance->error->message);
    return files;
}

static GPtrArray *newer_than(struct host *host, gint64 started, const GPtrArray *files, char **why)
{
    GPtrArray *newer = g_ptr_array_new();
    for (guint i = 0; i < files->len; i++) {
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        if (host_stat(host, g_ptr_array_index(files, i), &st, &error) && st.mtime >= started + SLACK_SECONDS)
            g_ptr_array_add(newer, g_ptr_array_index(files, i));
        if (error && !*why && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            *why = g_strdup(error->message);
    }
    g_ptr_array_add(newer, NULL);
    return newer;
}

static void set_unread(struct item *item, const char *why)
{
    static const char *const fields[] = {"config_newer", "newer_files"};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        item_unread(item, fields[i], "%s", why);
}

static void set_newer(struct host *host, gint64 started, const GPtrArray *files, char *why, struct item *item)
{
    g_autofree char *hindrance = why;
    g_autoptr(GPtrArray) newer = newer_than(host, started, files, &hindrance);
    if (newer->len == 1 && hindrance) {
        set_unread(item, hindrance);
        return;
    }
    item_set_bool(item, "config_newer", newer->len > 1);
    item_set_strv(item, "newer_files", (const char *const *)newer->pdata);
    if (hindrance)
        item_unread(item, "newer_files", "%s", hindrance);
}

void daemon_files_set(struct host *host, const struct daemon_instance *instance, struct item *item)
{
    char *hindrance = NULL;
    g_autofree char *why = NULL;
    g_autoptr(GPtrArray) files = files_of(host, instance, &hindrance);
    g_ptr_array_add(files, NULL);
    item_set_strv(item, "config_files", (const char *const *)files->pdata);
    if (hindrance)
        item_unread(item, "config_files", "%s", hindrance);
    g_ptr_array_set_size(files, (gint)files->len - 1);
    if (!instance->process) {
        static const char *const fields[] = {"started", "config_newer", "newer_files"};
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
            item_set(item, fields[i], NULL);
        g_free(hindrance);
        return;
    }
    gint64 started = daemon_started(host, instance->process, &why);
    if (started >= 0) {
        item_set_int(item, "started", started);
        set_newer(host, started, files, hindrance, item);
        return;
    }
    g_free(hindrance);
    item_unread(item, "started", "%s", why);
    set_unread(item, why);
}

/* An empty text: they do not differ. */
static gpointer make_difference(struct host *host, gpointer data)
{
    const struct daemon_instance *instance = data;
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, instance->subject);
    daemon_files_set(host, instance, item);
    json_object *newer = NULL;
    if (json_object_object_get_ex(item->fields, "config_newer", &newer))
        return json_object_get_boolean(newer)
                   ? g_strdup_printf("%s started before its configuration was written", instance->subject)
                   : g_strdup("");
    return g_strdup_printf("%s may have started before its configuration was written: %s", instance->subject,
                           (const char *)g_hash_table_lookup(item->unread, "config_newer"));
}

const char *daemon_files_differ(struct host *host, const struct daemon_instance *instance)
{
    if (!instance->process)
        return NULL;
    g_autofree char *key = g_strdup_printf("daemon-newer:%p", (const void *)instance);
    const char *why = host_memo(host, key, make_difference, (gpointer)(uintptr_t)instance, g_free);
    return *why ? why : NULL;
}
