/* Compares the times of a daemon's files with the start of its process: /proc/PID/stat counts ticks since the boot,
 * whose time is in /proc/stat. */
#include "probes/daemon_files.h"

#include "model/error.h"
#include "model/value.h"
#include "probes/units.h"

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

static void add_environment_files(struct host *host, const struct unit_config *config, GPtrArray *files)
{
    const GPtrArray *values = g_hash_table_lookup(config->values, "Service.EnvironmentFile");
    for (guint i = 0; values && i < values->len; i++) {
        const struct unit_value *value = g_ptr_array_index(values, i);
        const char *path = value->text + (value->text[0] == '-');
        if (*path == '/' && !strpbrk(path, "*?[%") && host_exists(host, path))
            add_file(files, path);
    }
}

/* Units that a generator or systemd itself wrote get a new time without a change. */
static void add_unit_files(struct host *host, const struct daemon_instance *instance, GPtrArray *files, char **why)
{
    const char *cgroup = instance->process ? instance->process->cgroup : NULL;
    g_autofree char *name = instance->start ? g_strdup(instance->start->unit) : cgroup ? unit_of_cgroup(cgroup) : NULL;
    if (!name || !g_str_has_suffix(name, ".service"))
        return;
    const struct unit *unit = units_find(units_get(host), name);
    if (!unit)
        return;
    if (unit->unit_class == UNIT_ETC || unit->unit_class == UNIT_VENDOR)
        add_file(files, unit->path);
    const struct unit_config *config = unit_config_get(host, name);
    if (config->error)
        *why = g_strdup(config->error->message);
    for (char **dropin = config->dropins; dropin && *dropin; dropin++)
        if (!g_str_has_prefix(*dropin, "/run/"))
            add_file(files, *dropin);
    add_environment_files(host, config, files);
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

static gpointer make_may_differ(struct host *host, gpointer data)
{
    const struct daemon_instance *instance = data;
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, instance->subject);
    daemon_files_set(host, instance, item);
    json_object *newer = NULL;
    bool known = json_object_object_get_ex(item->fields, "config_newer", &newer);
    return GUINT_TO_POINTER(known && !json_object_get_boolean(newer) ? 1U : 2U);
}

bool daemon_files_may_differ(struct host *host, const struct daemon_instance *instance)
{
    if (!instance->process)
        return false;
    g_autofree char *key = g_strdup_printf("daemon-newer:%p", (const void *)instance);
    return host_memo(host, key, make_may_differ, (gpointer)(uintptr_t)instance, NULL) != GUINT_TO_POINTER(1U);
}
