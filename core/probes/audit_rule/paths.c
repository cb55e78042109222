/* Programs as they run, units where systemd finds them, and paths that are a daemon's settings: the default path is
 * only looked at where nothing says another. */
#include "probes/audit_rule/paths.h"

#include "facts/container/find.h"
#include "facts/system/units.h"
#include "host/process.h"
#include "model/tree.h"
#include "probes/common/object.h"

#include <string.h>
#include <sys/stat.h>

static void add(struct host *host, GPtrArray *paths, const char *path)
{
    g_autofree char *real = *path == '/' ? host_resolve(host, path, NULL) : NULL;
    if (real && host_exists(host, real) && !g_ptr_array_find_with_equal_func(paths, real, g_str_equal, NULL))
        g_ptr_array_add(paths, g_steal_pointer(&real));
}

/* Where the host's own processes of this name have their program. */
static void add_running(const struct fact_context *context, GPtrArray *paths, const char *program)
{
    const GPtrArray *processes = host_processes(context->host, NULL);
    for (guint i = 0; processes && i < processes->len; i++) {
        const struct process *process = processes->pdata[i];
        /* The kernel cuts the name at 15 bytes. */
        if (!process->exe && !process->kernel && (!*process->comm || strncmp(process->comm, program, 15) == 0))
            host_process_note(process, "exe", program);
        if (!process->exe || *process->exe != '/')
            continue;
        g_autofree char *exe = host_link_path(process->exe);
        g_autofree char *name = g_path_get_basename(exe);
        if (g_str_equal(name, program) && !containers_have(containers_find(context), process))
            add(context->host, paths, exe);
    }
}

static void add_program(const struct fact_context *context, GPtrArray *paths, const char *program)
{
    static const char *const directories[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/bin"};
    add_running(context, paths, program);
    for (size_t i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *path = g_build_filename(directories[i], program, NULL);
        add(context->host, paths, path);
    }
}

static void add_unit(struct host *host, GPtrArray *paths, const char *name, struct items *problems)
{
    const struct units *units = units_get(host);
    const struct unit *unit = units_find(units, name);
    if (unit)
        add(host, paths, unit->path);
    for (guint i = 0; i < units->errors->len; i++)
        items_problem_from_error(problems, units->errors->pdata[i]);
    const struct unit_config *config = unit_config_get(host, name);
    items_problem_from_error(problems, config->error);
    for (char **dropin = config->dropins; dropin && *dropin; dropin++)
        add(host, paths, *dropin);
}

/* The value of a daemon's setting as the setting probe finds it. False when it has none. */
static bool add_setting(const struct fact_context *context, GPtrArray *paths, const char *daemon, const char *key,
                        struct items *problems)
{
    pl_autojson json_object *object = json_object_new_object();
    json_object_object_add(object, "daemon", json_object_new_string(daemon));
    json_object_object_add(object, "key", json_object_new_string(key));
    pl_auto(items) found = items_new();
    probe_find("setting")->collect(context, object, found);
    bool any = false;
    for (guint i = 0; i < found->list->len; i++) {
        const struct item *item = found->list->pdata[i];
        const char *text = tree_string(item->fields, "value");
        const struct problem *why = item_hindrance(item, "value");
        if (why)
            problems_take(problems->problems, problem_of(problem_copy(why), "%s", item->subject));
        if (!text || !*text)
            continue;
        add(context->host, paths, g_str_has_prefix(text, "unix://") ? text + strlen("unix://") : text);
        any = true;
    }
    for (guint i = 0; i < found->problems->len; i++) {
        const struct problem *problem = found->problems->pdata[i];
        if (problem->kind != PROBLEM_NOTAPPLICABLE && problem->kind != PROBLEM_OFFLINE)
            items_add_problem(problems, problem);
    }
    return any;
}

char **audit_rule_paths(const struct fact_context *context, const json_object *object, struct items *items)
{
    GPtrArray *paths = g_ptr_array_new();
    const char *daemon = object_string(object, "daemon", NULL), *key = object_string(object, "key", NULL);
    const char *program = object_string(object, "program", NULL), *unit = object_string(object, "unit", NULL);
    g_auto(GStrv) usual = object_strv(object, "path");
    bool set = daemon && key && context->daemons && add_setting(context, paths, daemon, key, items);
    if (program)
        add_program(context, paths, program);
    if (unit)
        add_unit(context->host, paths, unit, items);
    for (char **path = usual; *path && !set; path++)
        add(context->host, paths, *path);
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}
