/* The control group of a stated container: its limits as the kernel shows them. */
#include "host/inline_container.h"

#include "host/inline_device_program.h"
#include "host/inline_record.h"
#include "model/cleanup.h"
#include "model/tree.h"

#include <string.h>

#define V1_NO_MEMORY_LIMIT "9223372036854771712"
#define CPU_PERIOD         100000

/* A file of the group: in version 1 in a controller's own tree. Caller frees. */
static char *group_path(const struct inline_container *container, const char *controller, const char *file)
{
    const char *tree = container->group_v1 ? controller : "";
    return g_build_filename("/sys/fs/cgroup", tree, container->group, file, NULL);
}

/* NULL: the group has no such file. */
static void put_file(const struct inline_container *container, const struct inline_spread *spread,
                     const char *controller, const char *file, const char *text)
{
    g_autofree char *path = group_path(container, controller, file);
    if (text)
        inline_put_text(spread->files, path, text);
}

/* A limit that is stated, or the usual one; "max" is none. NULL: null is stated, there is no such file. */
static char *limit_text(const struct inline_container *container, const char *member, const char *usual,
                        const char *unlimited, GError **error)
{
    if (inline_stated(container->spec, member) && !tree_member(container->spec, member))
        return NULL;
    g_autofree char *text = inline_member(container->spec, member, usual, error);
    return g_strdup(g_strcmp0(text, "max") == 0 ? unlimited : text);
}

static bool put_limit(const struct inline_container *container, const struct inline_spread *spread, const char *member,
                      const char *usual, const char *const where[4], GError **error)
{
    GError *failed = NULL;
    g_autofree char *text = limit_text(container, member, usual, where[3], &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return false;
    }
    put_file(container, spread, where[0], where[container->group_v1 ? 2 : 1], text);
    return true;
}

static bool put_processor(const struct inline_container *container, const struct inline_spread *spread, GError **error)
{
    const json_object *cpus = tree_member(container->spec, "cpus");
    bool unlimited = g_strcmp0(tree_string_of(cpus), "max") == 0;
    if (cpus && !unlimited && !tree_is_number(cpus))
        return inline_error(error, cpus, "containers: cpus: a number or max is needed");
    if (inline_stated(container->spec, "cpus") && !cpus)
        return true;
    gint64 quota = cpus ? (gint64)(json_object_get_double(cpus) * CPU_PERIOD) : CPU_PERIOD / 2;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, quota);
    const char *text = unlimited ? container->group_v1 ? "-1" : "max" : number;
    g_autofree char *both = g_strdup_printf("%s %d", text, CPU_PERIOD);
    if (!container->group_v1) {
        put_file(container, spread, "cpu", "cpu.max", both);
        put_file(container, spread, "cpu", "cpu.weight", "100");
        return true;
    }
    put_file(container, spread, "cpu", "cpu.cfs_quota_us", text);
    put_file(container, spread, "cpu", "cpu.cfs_period_us", G_STRINGIFY(CPU_PERIOD));
    return true;
}

/* What a controller of version 1 shows; all of them are there in version 2. */
static bool has(const struct inline_container *container, const char *controller)
{
    return !container->group_v1 || inline_has_word(container->controllers, controller);
}

/* Version 1 has a file of them, version 2 a program. */
static bool put_device_rules(const struct inline_container *container, const struct inline_spread *spread,
                             GError **error)
{
    const json_object *rules = tree_member(container->spec, "device_rules");
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; rules && i < json_object_array_length(rules); i++) {
        const char *rule = tree_string_of(json_object_array_get_idx(rules, i));
        g_string_append_printf(text, "%s\n", rule ? rule : "");
    }
    if (rules && container->group_v1)
        put_file(container, spread, "devices", "devices.list", text->str);
    if (!rules || container->group_v1)
        return true;
    g_autofree char *program = inline_device_program(rules, error), *folder = group_path(container, "", NULL);
    if (program)
        json_object_object_add(spread->device_programs, folder, inline_list_of(program));
    return program != NULL;
}

/* Files by their names, laid over those of the limits. A controller's name begins those of its files. */
static void put_stated_files(const struct inline_container *container, const struct inline_spread *spread)
{
    const json_object *files = tree_member(container->spec, "cgroup_files");
    if (!files)
        return;
    json_object_object_foreach (files, name, file) {
        g_autofree char *controller = g_strndup(name, strcspn(name, "."));
        g_autofree char *path = group_path(container, controller, name);
        json_object_object_add(spread->files, path, tree_copy(file));
    }
}

bool inline_container_group(const struct inline_container *container, struct inline_spread *spread, GError **error)
{
    static const char *const memory[] = {"memory", "memory.max", "memory.limit_in_bytes", "max"};
    static const char *const memory_v1[] = {"memory", "memory.max", "memory.limit_in_bytes", V1_NO_MEMORY_LIMIT};
    static const char *const swap[] = {"memory", "memory.swap.max", "memory.memsw.limit_in_bytes", "max"};
    static const char *const pids[] = {"pids", "pids.max", "pids.max", "max"};
    if (!put_device_rules(container, spread, error))
        return false;
    if (has(container, "memory") &&
        !put_limit(container, spread, "memory", "268435456", container->group_v1 ? memory_v1 : memory, error))
        return false;
    if (!container->group_v1 && !put_limit(container, spread, "swap", "0", swap, error))
        return false;
    if (has(container, "pids") && !put_limit(container, spread, "pids", "100", pids, error))
        return false;
    if (has(container, "cpu") && !put_processor(container, spread, error))
        return false;
    put_stated_files(container, spread);
    return true;
}
