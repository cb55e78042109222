/* The id, runtime and name of a container.
 *
 * In this order: the control group's path, the monitor process above (containerd's shim, conmon), runc's state folder.
 * Names come from the engines' own records, where they can be read. */
#include "probes/container_name.h"

#include "formats/format.h"
#include "model/tree.h"
#include "probes/cgroup.h"

#include <string.h>

#define ID_LENGTH 64

/* ---- control groups ---- */

/* What stands before the id in its component. The longest first. */
static const struct {
    const char *prefix, *runtime;
} prefixes[] = {
    {"cri-containerd-", "containerd"},
    {"libpod-payload-", "podman"},
    {"libpod-", "podman"},
    {"nerdctl-", "containerd"},
    {"docker-", "docker"},
    {"crio-", "cri-o"},
    {"runc-", "runc"},
};

/* Monitors that live beside their container, not in it. */
static bool is_monitor(const char *component)
{
    return strstr(component, "conmon") != NULL;
}

static const char *find_hex_id(const char *component)
{
    for (const char *p = component; *p; p++) {
        size_t n = strspn(p, "0123456789abcdef");
        if (n == ID_LENGTH && (p == component || !g_ascii_isalnum(p[-1])) && !g_ascii_isalnum(p[n]))
            return p;
        if (n)
            p += n - 1;
    }
    return NULL;
}

static const char *runtime_of_component(const char *component, const char *id, const char *parent)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(component, prefixes[i].prefix) && component + strlen(prefixes[i].prefix) == id)
            return prefixes[i].runtime;
    if (strstr(component, ":cri-containerd:"))
        return "containerd";
    return component == id && g_strcmp0(parent, "docker") == 0 ? "docker" : NULL;
}

/* "/lxc/NAME", "/lxc.payload.NAME", "machine-NAME.scope": no hexadecimal id. */
static char *named_machine(const char *component, const char *parent, const char **runtime)
{
    if (g_str_has_prefix(component, "lxc.payload.")) {
        *runtime = "lxc";
        return g_strdup(component + strlen("lxc.payload."));
    }
    if (g_strcmp0(parent, "lxc") == 0) {
        *runtime = "lxc";
        return g_strdup(component);
    }
    bool machine = g_str_has_prefix(component, "machine-") && g_str_has_suffix(component, ".scope");
    if (!machine || g_str_has_prefix(component, "machine-qemu"))
        return NULL;
    *runtime = "nspawn";
    return g_strndup(component + strlen("machine-"), strlen(component) - strlen("machine-") - strlen(".scope"));
}

char *container_id_from_cgroup(const char *path, const char **runtime)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    *runtime = NULL;
    for (guint i = g_strv_length(parts); i-- > 0;) {
        const char *parent = i ? parts[i - 1] : NULL;
        const char *id = find_hex_id(parts[i]);
        if (id && is_monitor(parts[i]))
            return NULL;
        if (id) {
            *runtime = runtime_of_component(parts[i], id, parent);
            return g_strndup(id, ID_LENGTH);
        }
        char *machine = named_machine(parts[i], parent, runtime);
        if (machine)
            return machine;
    }
    return NULL;
}

/* ---- identification ---- */

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
    return g_str_equal(process->comm, "pause") && process->argv && process->argv[0] && !process->argv[1];
}

static void identify(struct host *host, struct container *container)
{
    const struct process *first = container->first;
    g_autofree char *cgroup = first->cgroup ? cgroup_path(first->cgroup) : NULL;
    const char *runtime = NULL, *monitor_id = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime) : NULL;
    const struct process *above = first->ppid > 0 ? host_process(host, first->ppid) : NULL;
    const char *monitored = runtime_of_monitor(above, &monitor_id);
    if (!id && monitor_id)
        id = g_strdup(monitor_id);
    if (!runtime)
        runtime = monitored;
    if (!runtime && !id)
        runtime = runtime_of_state(host, cgroup, &id);
    bool kube = cgroup && strstr(cgroup, "kubepods");
    if (kube && (!runtime || is_pause(first)))
        runtime = "kubernetes";
    container->runtime = runtime ? runtime : "unknown";
    container->id = id ? g_steal_pointer(&id) : g_strdup_printf("pid:%d", first->pid);
}

/* ---- names ---- */

static char *docker_name(struct host *host, const char *root, const char *id)
{
    g_autofree char *path = g_build_filename(root, "containers", id, "config.v2.json", NULL);
    const json_object *tree = format_read(host, path, format_find("json"), NULL);
    const char *name = tree_string(tree, "Name");
    return name && *name ? g_strdup(*name == '/' ? name + 1 : name) : NULL;
}

/* The data root that a command line of dockerd moves; NULL when it does not. */
static const char *moved_root(char **argv)
{
    for (char **argument = argv; argument && *argument; argument++)
        if (g_str_has_prefix(*argument, "--data-root="))
            return *argument + strlen("--data-root=");
    return argument_after(argv, "--data-root");
}

/* Several daemons may run, each with records of its own. */
static char *docker_name_anywhere(struct host *host, const char *id)
{
    char *name = docker_name(host, "/var/lib/docker", id);
    const GPtrArray *processes = host_processes(host, NULL);
    for (guint i = 0; !name && processes && i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        const char *root = g_str_equal(process->comm, "dockerd") ? moved_root(process->argv) : NULL;
        if (root)
            name = docker_name(host, root, id);
    }
    return name;
}

static char *podman_name(struct host *host, const char *id)
{
    const json_object *list =
        format_read(host, "/var/lib/containers/storage/overlay-containers/containers.json", format_find("json"), NULL);
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        if (g_strcmp0(tree_string(one, "id"), id) != 0)
            continue;
        const json_object *names = tree_member(one, "names");
        if (json_object_is_type(names, json_type_array) && json_object_array_length(names))
            return tree_text(json_object_array_get_idx(names, 0));
    }
    return NULL;
}

/* The names that Kubernetes' runtimes write into the bundle: namespace/pod/container. */
static char *bundle_name(struct host *host, const char *id)
{
    static const struct {
        const char *path, *space, *pod, *container;
    } bundles[] = {
        {"/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", "io.kubernetes.cri.sandbox-namespace",
         "io.kubernetes.cri.sandbox-name", "io.kubernetes.cri.container-name"},
        {"/run/containers/storage/overlay-containers/%s/userdata/config.json", "io.kubernetes.pod.namespace",
         "io.kubernetes.pod.name", "io.kubernetes.container.name"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bundles); i++) {
        g_auto(GStrv) halves = g_strsplit(bundles[i].path, "%s", 2);
        g_autofree char *path = g_strconcat(halves[0], id, halves[1], NULL);
        const json_object *tree = format_read(host, path, format_find("json"), NULL);
        const json_object *notes = tree_member(tree, "annotations");
        const char *space = tree_string(notes, bundles[i].space), *pod = tree_string(notes, bundles[i].pod);
        const char *container = tree_string(notes, bundles[i].container);
        if (space && pod)
            return g_strjoin("/", space, pod, container ? container : "sandbox", NULL);
    }
    return NULL;
}

void container_name(struct host *host, struct container *container)
{
    identify(host, container);
    bool hex = strlen(container->id) == ID_LENGTH && find_hex_id(container->id);
    if (hex && g_str_equal(container->runtime, "docker"))
        container->name = docker_name_anywhere(host, container->id);
    else if (hex && g_str_equal(container->runtime, "podman"))
        container->name = podman_name(host, container->id);
    else if (hex)
        container->name = bundle_name(host, container->id);
    if (!container->name)
        container->name = hex ? g_strndup(container->id, 12) : g_strdup(container->id);
}
