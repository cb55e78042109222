/* Finds containers without asking an engine.
 *
 * A process is in a container when it has a mount namespace of its own and one of these holds: its control group names
 * a container; its root directory is on another file system, or another directory of it, than the host's; it has pid
 * and ipc namespaces of its own outside a systemd service. A service with PrivateTmp has a mount namespace but the
 * host's root, and a browser's sandbox has a pid namespace but the host's root: neither is a container. Processes below
 * one that is in a container without an id belong to the same container. */
#include "probes/container_find.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/cgroup.h"
#include "probes/namespaces.h"

#include <string.h>

#define ID_LENGTH 64

static void container_free(gpointer data)
{
    struct container *container = data;
    g_free(container->key);
    g_free(container->id);
    g_free(container->name);
    g_ptr_array_unref(container->processes);
    mountinfo_free(container->mounts);
    g_free(container);
}

static void containers_free(gpointer data)
{
    struct containers *containers = data;
    g_ptr_array_unref(containers->list);
    mountinfo_free(containers->host);
    g_clear_error(&containers->error);
    g_free(containers);
}

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

/* ---- membership ---- */

struct search {
    struct host *host;
    struct containers *found;
    GHashTable *by_key;    /* key -> struct container */
    GHashTable *of_pid;    /* pid -> struct container */
    GHashTable *root_seen; /* mount namespace -> enum root_kind + 1 */
};

enum root_kind { ROOT_HOST, ROOT_OTHER, ROOT_UNREAD };

static struct mountinfo *read_mounts(struct host *host, const char *path)
{
    g_autofree char *text = host_read_text(host, path, NULL);
    return text ? mountinfo_parse(text) : NULL;
}

static enum root_kind compare_root(const struct search *search, const struct process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/mountinfo", process->pid);
    pl_auto(mountinfo) mounts = read_mounts(search->host, path);
    const struct mount_line *theirs = mounts ? mountinfo_at(mounts, "/") : NULL;
    const struct mount_line *ours = search->found->host ? mountinfo_at(search->found->host, "/") : NULL;
    if (!theirs || !ours)
        return ROOT_UNREAD;
    bool same = theirs->major == ours->major && theirs->minor == ours->minor && g_str_equal(theirs->root, ours->root);
    return same ? ROOT_HOST : ROOT_OTHER;
}

/* The same for all processes of a mount namespace, chroots left aside. */
static enum root_kind root_kind(const struct search *search, const struct process *process)
{
    gpointer seen = g_hash_table_lookup(search->root_seen, &process->ns[NS_MNT]);
    if (seen)
        return (enum root_kind)(GPOINTER_TO_UINT(seen) - 1);
    enum root_kind kind = compare_root(search, process);
    g_hash_table_insert(search->root_seen, (gpointer)(uintptr_t)&process->ns[NS_MNT],
                        GUINT_TO_POINTER((unsigned)kind + 1));
    return kind;
}

/* Snaps have a root of their own but are packages, confined by rules of their own. */
static bool is_snap(const char *cgroup)
{
    g_autofree char *unit = cgroup_unit(cgroup);
    return unit && g_str_has_prefix(unit, "snap.");
}

enum membership { OUTSIDE, INSIDE, UNTOLD };

static enum membership membership(const struct search *search, const struct process *process, const char *cgroup,
                                  const char *id)
{
    enum ns_relation mnt = namespace_relation(search->host, process, NS_MNT);
    if (mnt == NS_SHARED)
        return OUTSIDE;
    if (id)
        return INSIDE;
    if (mnt == NS_UNREAD)
        return UNTOLD;
    enum root_kind root = root_kind(search, process);
    if (root == ROOT_OTHER)
        return is_snap(cgroup) ? OUTSIDE : INSIDE;
    bool own_pid = namespace_relation(search->host, process, NS_PID) == NS_OWN;
    bool own_ipc = namespace_relation(search->host, process, NS_IPC) == NS_OWN;
    g_autofree char *unit = cgroup_unit(cgroup);
    if (own_pid && own_ipc && !unit)
        return INSIDE;
    return root == ROOT_UNREAD && own_pid ? UNTOLD : OUTSIDE;
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

static void identify(const struct search *search, struct container *container)
{
    const struct process *first = container->first;
    g_autofree char *cgroup = first->cgroup ? cgroup_path(first->cgroup) : NULL;
    const char *runtime = NULL, *monitor_id = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime) : NULL;
    const struct process *above = first->ppid > 0 ? host_process(search->host, first->ppid) : NULL;
    const char *monitored = runtime_of_monitor(above, &monitor_id);
    if (!id && monitor_id)
        id = g_strdup(monitor_id);
    if (!runtime)
        runtime = monitored;
    if (!runtime && !id)
        runtime = runtime_of_state(search->host, cgroup, &id);
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

/* dockerd's data root where its command line moves it. */
static const char *docker_root(struct host *host)
{
    const GPtrArray *processes = host_processes(host, NULL);
    for (guint i = 0; processes && i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        if (!g_str_equal(process->comm, "dockerd") || !process->argv)
            continue;
        for (char **argument = process->argv; *argument; argument++)
            if (g_str_has_prefix(*argument, "--data-root="))
                return *argument + strlen("--data-root=");
        const char *value = argument_after(process->argv, "--data-root");
        if (value)
            return value;
    }
    return "/var/lib/docker";
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

static void name_container(struct host *host, struct container *container)
{
    bool hex = strlen(container->id) == ID_LENGTH && find_hex_id(container->id);
    if (hex && g_str_equal(container->runtime, "docker"))
        container->name = docker_name(host, docker_root(host), container->id);
    else if (hex && g_str_equal(container->runtime, "podman"))
        container->name = podman_name(host, container->id);
    else if (hex)
        container->name = bundle_name(host, container->id);
    if (!container->name)
        container->name = hex ? g_strndup(container->id, 12) : g_strdup(container->id);
}

/* ---- grouping ---- */

/* The nearest container among the processes above. */
static struct container *container_above(const struct search *search, const struct process *process)
{
    pid_t pid = process->ppid;
    for (unsigned depth = 0; pid > 1 && depth < 64; depth++) {
        struct container *container = g_hash_table_lookup(search->of_pid, GINT_TO_POINTER(pid));
        if (container)
            return container;
        const struct process *above = host_process(search->host, pid);
        pid = above ? above->ppid : 0;
    }
    return NULL;
}

static struct container *add_container(struct search *search, char *key)
{
    struct container *container = g_new0(struct container, 1);
    container->key = key;
    container->processes = g_ptr_array_new();
    g_ptr_array_add(search->found->list, container);
    g_hash_table_insert(search->by_key, container->key, container);
    return container;
}

static void assign(struct search *search, const struct process *process, const char *id)
{
    struct container *container = NULL;
    g_autofree char *key =
        id ? g_strdup_printf("id:%s", id) : g_strdup_printf("ns:%" G_GUINT64_FORMAT, process->ns[NS_MNT]);
    container = g_hash_table_lookup(search->by_key, key);
    if (!container && !id)
        container = container_above(search, process);
    if (!container)
        container = add_container(search, g_steal_pointer(&key));
    g_ptr_array_add(container->processes, (gpointer)(uintptr_t)process);
    g_hash_table_insert(search->of_pid, GINT_TO_POINTER(process->pid), container);
}

static void consider(struct search *search, const struct process *process)
{
    if (process->kernel || process->state == 'Z')
        return;
    g_autofree char *cgroup = process->cgroup ? cgroup_path(process->cgroup) : NULL;
    const char *runtime = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime) : NULL;
    enum membership where = membership(search, process, cgroup, id);
    if (where == INSIDE)
        assign(search, process, id);
    /* Process 1 is what "host" means. */
    search->found->unread += where == UNTOLD && process->pid != 1;
}

static bool starts_before(const struct process *a, const struct process *b)
{
    return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

/* The first process is the oldest of those whose parent is outside; the others of them entered later. */
static void choose_first(const struct search *search, struct container *container)
{
    unsigned entered = 0;
    for (guint i = 0; i < container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(container->processes, i);
        if (g_hash_table_lookup(search->of_pid, GINT_TO_POINTER(process->ppid)) == container)
            continue;
        entered++;
        if (!container->first || starts_before(process, container->first))
            container->first = process;
    }
    if (!container->first)
        container->first = g_ptr_array_index(container->processes, 0);
    container->exec_sessions = entered ? entered - 1 : 0;
}

static int compare_containers(const void *a, const void *b)
{
    const struct container *left = *(struct container *const *)a, *right = *(struct container *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : left->first->pid - right->first->pid;
}

static void complete(const struct search *search)
{
    GPtrArray *list = search->found->list;
    for (guint i = 0; i < list->len; i++) {
        struct container *container = g_ptr_array_index(list, i);
        choose_first(search, container);
        identify(search, container);
        name_container(search->host, container);
        g_autofree char *path = g_strdup_printf("/proc/%d/mountinfo", container->first->pid);
        container->mounts = read_mounts(search->host, path);
    }
    if (list->len)
        qsort(list->pdata, list->len, sizeof *list->pdata, compare_containers);
}

static gpointer make_containers(struct host *host, gpointer data)
{
    (void)data;
    struct containers *found = g_new0(struct containers, 1);
    found->list = g_ptr_array_new_with_free_func(container_free);
    const GPtrArray *processes = host_processes(host, &found->error);
    if (!processes)
        return found;
    found->host = read_mounts(host, "/proc/self/mountinfo");
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) of_pid = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) root_seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    struct search search = {host, found, by_key, of_pid, root_seen};
    for (guint i = 0; i < processes->len; i++)
        consider(&search, g_ptr_array_index(processes, i));
    complete(&search);
    return found;
}

const struct containers *containers_find(struct host *host)
{
    return host_memo(host, "probes:containers", make_containers, NULL, containers_free);
}
