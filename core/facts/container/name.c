/* The id, runtime and name of a container.
 *
 * In this order: the control group's path, the monitor process above (containerd's shim, conmon), runc's state folder.
 * The name comes from the engine's own record, where one can be read. */
#include "facts/container/name.h"

#include "facts/container/record.h"
#include "facts/context.h"
#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"
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

/* What the monitor process above a container says: containerd's shim or conmon. */
static const char *runtime_of_monitor(const struct process *monitor, const char **id)
{
    if (!monitor || !monitor->argv || !monitor->argv[0])
        return NULL;
    g_autofree char *name = g_path_get_basename(monitor->argv[0]);
    if (g_str_has_prefix(name, "containerd-shim")) {
        const char *space = argument_after(monitor->argv, "-namespace");
        *id = argument_after(monitor->argv, "-id");
        return g_strcmp0(space, "moby") == 0 ? "docker" : "containerd";
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

void container_identify(struct host *host, struct container *container)
{
    const struct process *first = container->first;
    g_autofree char *cgroup = first->cgroup ? cgroup_path(first->cgroup) : NULL;
    const char *runtime = NULL, *monitor_id = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime, NULL) : NULL;
    const struct process *above = first->ppid > 0 ? host_process(host, first->ppid) : NULL;
    const char *monitored = runtime_of_monitor(above, &monitor_id);
    if (!id && monitor_id) {
        id = g_strdup(monitor_id);
        container->monitor = above;
    }
    if (!runtime)
        runtime = monitored;
    if (!runtime && !id)
        runtime = runtime_of_state(host, cgroup, &id);
    container->runtime = runtime_in_pod(first, cgroup, runtime);
    container->id = id ? g_steal_pointer(&id) : g_strdup_printf("pid:%d", first->pid);
}

/* ---- names ---- */

/* A name that is another's too says where the container is that only claims it. */
static char *own_name(const struct container *container, const char *name)
{
    g_autofree char *place =
        container->place ? g_strdup(container->place) : g_strdup_printf("pid %d", container->first->pid);
    g_autofree char *text = container->impostor ? g_strdup_printf("%s claimed by %s", name, place) : g_strdup(name);
    return g_utf8_make_valid(text, -1);
}

void container_name(const struct fact_context *context, struct container *container)
{
    bool hex = strlen(container->id) == CONTAINER_ID_LENGTH &&
               strspn(container->id, "0123456789abcdef") == CONTAINER_ID_LENGTH;
    container->record = container_record_new(context, container);
    g_autofree char *name = hex ? g_strndup(container->id, 12) : g_strdup(container->id);
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
