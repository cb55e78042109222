/* The id, runtime and name of a container.
 *
 * In this order: the control group's path, the monitor process above (containerd's shim, conmon), runc's state folder.
 * The name comes from the engine's own record, where one can be read. */
#include "facts/container/name.h"

#include "facts/container/record.h"
#include "facts/context.h"
#include "facts/docker/engines.h"
#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"
#include "host/notes.h"
#include "host/path.h"
#include "model/tree.h"

#include <string.h>

/* The value after a flag in an argument list; NULL without. */
static const char *argument_after(char **argv, const char *flag)
{
    for (; argv && *argv; argv++)
        if (g_str_equal(*argv, flag))
            return argv[1];
    return NULL;
}

static bool any_argument_contains(char **argv, const char *text)
{
    for (; argv && *argv; argv++)
        if (strstr(*argv, text))
            return true;
    return false;
}

/* Namespaces of containerd are Docker's when one of its engines was told so. With a range of users of its own an engine
 * adds it (moby, cmd/dockerd: "moby-231072.231072"). */
static bool is_of_docker(const struct fact_context *context, const char *space)
{
    if (!space || g_str_equal(space, "moby") || g_str_has_prefix(space, "moby-")) /* its shims outlive an engine */
        return space != NULL;
    const GPtrArray *engines = docker_engines_find(context)->list;
    for (guint i = 0; i < engines->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines, i);
        const char *rest =
            engine->space && g_str_has_prefix(space, engine->space) ? space + strlen(engine->space) : "?";
        if (!*rest || (*rest == '-' && rest[1] && !rest[1 + strspn(rest + 1, "0123456789.")]))
            return true;
    }
    return false;
}

/* What the monitor process above a container says: containerd's shim or conmon. */
static const char *runtime_of_monitor(const struct fact_context *context, const struct process *monitor,
                                      const char **id)
{
    if (!monitor || !monitor->argv || !monitor->argv[0])
        return NULL;
    g_autofree char *name = g_path_get_basename(monitor->argv[0]);
    if (g_str_has_prefix(name, "containerd-shim")) {
        const char *space = argument_after(monitor->argv, "-namespace");
        *id = argument_after(monitor->argv, "-id");
        return is_of_docker(context, space) ? "docker" : "containerd";
    }
    if (g_str_equal(name, "conmon") || g_str_equal(name, "conmon-rs")) {
        *id = argument_after(monitor->argv, "-c");
        return any_argument_contains(monitor->argv, "crio") ? "cri-o" : "podman";
    }
    return g_str_equal(name, "systemd-nspawn") ? "nspawn" : NULL;
}

/* A raw runc container: runc keeps a directory of its name. */
static const char *runtime_of_state(struct host *host, const char *cgroup, char **id)
{
    if (!cgroup || g_str_equal(cgroup, "/"))
        return NULL;
    g_autofree char *name = g_path_get_basename(cgroup);
    g_autofree char *state = g_build_filename("/run/runc", name, "state.json", NULL);
    if (!host_exists(host, state))
        return NULL;
    *id = g_steal_pointer(&name);
    return "runc";
}

static bool is_pause(const struct process *process)
{
    if (!g_str_equal(process->comm, "pause"))
        return false;
    if (!process->argv && !process->argv_seen) /* what is too long has more than its name */
        host_process_note(process, "cmdline", "it may be a pod's pause process");
    return process->argv && process->argv[0] && !process->argv[1];
}

/* `runtime` (may be NULL), unless it belongs to a pod: what no runtime claims there is Kubernetes', and so is a pod's
 * pause process, whatever runs it. */
static const char *runtime_in_pod(const struct process *first, const char *cgroup, const char *runtime)
{
    bool kube = cgroup && strstr(cgroup, "kubepods");
    if (kube && (!runtime || is_pause(first)))
        return "kubernetes";
    return runtime ? runtime : "unknown";
}

void container_identify(const struct fact_context *context, struct container *container)
{
    struct host *host = context->host;
    const struct process *first = container->first;
    g_autofree char *cgroup = first->cgroup ? cgroup_path(first->cgroup) : NULL;
    const char *runtime = NULL, *monitor_id = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime, NULL) : NULL;
    const struct process *above = first->ppid > 0 ? host_process(host, first->ppid) : NULL;
    const char *monitored = runtime_of_monitor(context, above, &monitor_id);
    if (!id && monitor_id) {
        id = g_strdup(monitor_id);
        container->monitor = above;
    }
    if (!runtime)
        runtime = monitored;
    if (!runtime && !id)
        runtime = runtime_of_state(host, cgroup, &id);
    container->runtime = runtime_in_pod(first, cgroup, runtime);
    container->nameless = !id;
    container->id = id ? g_steal_pointer(&id) : g_strconcat("cgroup:", cgroup ? cgroup : "", NULL);
}

/* ---- names ---- */

/* A name that is another's too says where the container is that only claims it. */
static char *own_name(const struct container *container, const char *name)
{
    g_autofree char *cgroup = container->first->cgroup ? cgroup_path(container->first->cgroup) : NULL;
    const char *place = container->place ? container->place : cgroup ? cgroup : container->first->comm;
    g_autofree char *text = container->impostor ? g_strdup_printf("%s claimed by %s", name, place) : g_strdup(name);
    return g_utf8_make_valid(text, -1);
}

/* What systemd or a runtime within calls a part of the thing, or counts from boot to boot. */
static bool says_nothing(const char *component)
{
    static const char *const parts[] = {"", "init", "init.scope", "payload", "supervisor", "user.slice", NULL};
    return g_strv_contains(parts, component) || g_str_has_suffix(component, ".slice") ||
           g_str_has_prefix(component, "session-") || g_str_has_prefix(component, "user@") ||
           g_str_has_prefix(component, "run-");
}

static char *program_name(const struct process *process)
{
    g_autofree char *path = process->exe ? host_link_path(process->exe) : NULL;
    return g_strdup(path ? host_base_name(path) : process->comm);
}

/* What stays the same when it is started again: the last part of its control group that says something, else the name
 * of its program. Users name the groups that were delegated to them, so that theirs are told from root's. */
static char *lasting_name(struct host *host, const struct container *container)
{
    const struct process *first = container->first;
    g_autofree char *cgroup = first->cgroup ? cgroup_path(first->cgroup) : NULL;
    g_auto(GStrv) parts = g_strsplit(cgroup ? cgroup : "", "/", -1);
    guint n = g_strv_length(parts);
    while (n && says_nothing(parts[n - 1]))
        n--;
    g_autofree char *name = n ? g_strdup(parts[n - 1]) : program_name(first);
    /* Unheard: what is not known to be root's does not get a name that may be root's. */
    bool roots = n && container_place_owner(host, cgroup, host_unheard()) == PLACE_ROOTS;
    if (roots || (first->ids_known && first->uid[0] == 0))
        return g_steal_pointer(&name);
    return first->ids_known ? g_strdup_printf("%s of uid %u", name, first->uid[0])
                            : g_strdup_printf("%s of a user", name);
}

void container_name(const struct fact_context *context, struct container *container)
{
    bool hex = strlen(container->id) == CONTAINER_ID_LENGTH &&
               strspn(container->id, "0123456789abcdef") == CONTAINER_ID_LENGTH;
    container->record = container_record_new(context, container);
    g_autofree char *name = container->nameless ? lasting_name(context->host, container)
                            : hex               ? g_strndup(container->id, 12)
                                                : g_strdup(container->id);
    container->name = own_name(container, container->record->name ? container->record->name : name);
}

/* By what two of one name differ and which lasts: the engine that answered for it, else what runs it. */
static char *told_apart(const struct container *container)
{
    const char *engine = tree_string(container->record->fields, "engine");
    return g_strdup_printf("%s (%s)", container->name, engine ? engine : container->runtime);
}

void container_names_tell_apart(const GPtrArray *list)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < list->len; i++) {
        const struct container *container = g_ptr_array_index(list, i);
        guint times = GPOINTER_TO_UINT(g_hash_table_lookup(seen, container->name));
        g_hash_table_insert(seen, container->name, GUINT_TO_POINTER(times + 1));
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < list->len; i++) {
        const struct container *container = g_ptr_array_index(list, i);
        guint times = GPOINTER_TO_UINT(g_hash_table_lookup(seen, container->name));
        g_ptr_array_add(names, times > 1 ? told_apart(container) : g_strdup(container->name));
    }
    g_hash_table_remove_all(seen); /* its keys are the names that are replaced now */
    for (guint i = 0; i < list->len; i++) {
        struct container *container = g_ptr_array_index(list, i);
        g_free(container->name);
        container->name = g_steal_pointer(&names->pdata[i]);
    }
}

/* ---- names of several ---- */

/* What is added to a name that is not its own, one after the other: the place, the program, how many had it before. */
enum addition { ADD_PLACE, ADD_PROGRAM, ADD_NUMBER, ADDITIONS };

static char *addition(const struct container *container, enum addition kind, unsigned before)
{
    if (kind == ADD_PLACE)
        return g_strdup_printf("%s (%s)", container->name, container->id);
    if (kind == ADD_NUMBER)
        return before ? g_strdup_printf("%s #%u", container->name, before + 1) : g_strdup(container->name);
    g_autofree char *program = program_name(container->first);
    return g_strdup_printf("%s: %s", container->name, program);
}

static GHashTable *count_names(const GPtrArray *list)
{
    GHashTable *count = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < list->len; i++) {
        const struct container *container = g_ptr_array_index(list, i);
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(count, container->name));
        g_hash_table_insert(count, g_strdup(container->name), GUINT_TO_POINTER(n + 1));
    }
    return count;
}

void containers_tell_apart(GPtrArray *list)
{
    for (int kind = 0; kind < ADDITIONS; kind++) {
        g_autoptr(GHashTable) count = count_names(list);
        g_autoptr(GHashTable) before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < list->len; i++) {
            struct container *container = g_ptr_array_index(list, i);
            if (!container->nameless || GPOINTER_TO_UINT(g_hash_table_lookup(count, container->name)) < 2)
                continue;
            guint n = GPOINTER_TO_UINT(g_hash_table_lookup(before, container->name));
            g_hash_table_insert(before, g_strdup(container->name), GUINT_TO_POINTER(n + 1));
            g_autofree char *text = addition(container, (enum addition)kind, n);
            g_free(container->name);
            container->name = g_utf8_make_valid(text, -1);
        }
    }
}
