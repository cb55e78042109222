/* Sources: moby, daemon/container_operations_unix.go and volume/local; conmon(8); containerd, internal/cri/server;
 * CRI-O, server/sandbox_run_linux.go; the kubelet, pkg/kubelet/kubelet_pods.go. */
#include "facts/container/made.h"

#include "facts/system/mountinfo.h"
#include "host/notes.h"
#include "model/tree.h"

#include <string.h>

/* An id of a pod or a sandbox is no word that somebody else would call a folder by chance. */
#define ID_LENGTH 16

static void add(GPtrArray *to, const char *path)
{
    g_ptr_array_add(to, g_strdup(path));
}

/* ---- Docker ---- */

static gpointer make_real(struct host *host, gpointer data)
{
    /* Unheard: what cannot be resolved is taken as it stands, and then more counts as the host's. */
    char *real = host_resolve(host, data, host_unheard());
    return real ? real : g_strdup(data);
}

/* A data directory without links, as mount tables have it; borrowed. */
static const char *real_root(struct host *host, const char *root)
{
    g_autofree char *key = g_strconcat("facts:engine-root:", root, NULL);
    return host_memo(host, key, make_real, (gpointer)(uintptr_t)root, g_free);
}

char *container_real_root(struct host *host, const char *root)
{
    return g_strdup(real_root(host, root));
}

/* The path of a record, which begins with the data directory as the engine calls it. Caller frees. */
static char *real_path(const char *root, const char *real, const char *path)
{
    return path_is_below(path, root) ? g_strconcat(real, path + strlen(root), NULL) : g_strdup(path);
}

/* The shared memory of the container that it was told to share. */
static void add_shared_memory(struct container_record *record, const char *real, const json_object *tree)
{
    const char *mode = tree_string_of(tree_at(tree, "HostConfig.IpcMode"));
    const char *id = mode && g_str_has_prefix(mode, "container:") ? mode + strlen("container:") : NULL;
    if (id && *id && !strchr(id, '/') && *id != '.')
        g_ptr_array_add(record->made, g_build_filename(real, "containers", id, "mounts/shm", NULL));
}

static void add_files(struct container_record *record, const char *root, const char *real, const json_object *tree)
{
    static const char *const members[] = {"ResolvConfPath", "HostnamePath", "HostsPath"};
    g_autofree char *folder = g_build_filename(root, "containers", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        const char *path = tree_string_of(tree_at(tree, members[i]));
        if (path && path_is_below(path, folder))
            g_ptr_array_add(record->made, real_path(root, real, path));
    }
}

/* Only the driver that the engine has built in keeps volumes in folders of its own: others may give any folder of the
 * host to the container. */
static void add_volumes(struct container_record *record, const char *root, const char *real, const json_object *tree)
{
    json_object *list = tree_at(tree, "Mounts");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *type = tree_string(one, "Type"), *source = tree_string(one, "Source");
        bool own = g_strcmp0(tree_string(one, "Driver"), "local") == 0 || (source && path_is_below(source, root));
        if (g_strcmp0(type, "volume") == 0 && source && *source == '/' && own)
            g_ptr_array_add(record->volumes, real_path(root, real, source));
    }
}

/* config.v2.json has the mounts by their targets; what is called a volume there has a name. */
static void add_kept_volumes(struct container_record *record, const char *root, const char *real,
                             const json_object *tree)
{
    json_object *points = tree_at(tree, "MountPoints");
    if (!json_object_is_type(points, json_type_object))
        return;
    json_object_object_foreach (points, target, one) {
        (void)target;
        const char *type = tree_string(one, "Type"), *name = tree_string(one, "Name");
        const char *driver = tree_string(one, "Driver"), *source = tree_string(one, "Source");
        bool plain = name && *name && !strchr(name, '/') && *name != '.' && g_strcmp0(driver, "local") == 0;
        if (g_strcmp0(type, "volume") != 0 || !plain)
            continue;
        if (source && *source == '/')
            g_ptr_array_add(record->volumes, real_path(root, real, source));
        else
            g_ptr_array_add(record->volumes, g_build_filename(real, "volumes", name, "_data", NULL));
    }
}

void container_made_by_docker(struct host *host, struct container_record *record, const char *root, const char *id,
                              const json_object *tree)
{
    static const char *const own[] = {"resolv.conf", "hostname", "hosts", "mounts"};
    const char *real = real_root(host, root);
    for (size_t i = 0; !tree && i < G_N_ELEMENTS(own); i++)
        g_ptr_array_add(record->made, g_build_filename(real, "containers", id, own[i], NULL));
    if (!tree) {
        g_ptr_array_add(record->likely_folders, g_build_filename(real, "volumes", NULL));
        return;
    }
    add_files(record, root, real, tree);
    add_shared_memory(record, real, tree);
    add_volumes(record, root, real, tree);
    add_kept_volumes(record, root, real, tree);
}

/* ---- others ---- */

const char *container_told_to_monitor(struct host *host, const struct container *container, const char *option)
{
    const struct process *monitor = container->first->ppid > 1 ? host_process(host, container->first->ppid) : NULL;
    for (char **argument = monitor ? monitor->argv : NULL; argument && *argument; argument++)
        if (g_str_equal(*argument, option))
            return argument[1];
    return NULL;
}

/* -b, and -p with the same of RUNROOT: both are called by the container's id. */
void container_made_by_monitor(struct host *host, const struct container *container, struct container_record *record)
{
    static const char *const options[] = {"-b", "-p"};
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        const char *told = container_told_to_monitor(host, container, options[i]);
        g_autofree char *folder = told && i ? g_path_get_dirname(told) : g_strdup(told);
        g_autofree char *end = g_strconcat("/", container->id, "/userdata", NULL);
        if (folder && g_str_has_suffix(folder, end))
            add(record->made, folder);
    }
}

/* The control group of a pod has the pod's id, whose dashes systemd's units have as underscores. */
static bool names_it(const struct container *container, const json_object *notes, const char *word)
{
    static const char *const ids[] = {"io.kubernetes.cri.sandbox-id",    "io.kubernetes.cri.sandbox-uid",
                                      "io.kubernetes.cri-o.SandboxID",   "io.kubernetes.cri-o.ContainerID",
                                      "io.kubernetes.cri-o.SandboxName", "io.kubernetes.pod.uid"};
    if (strlen(word) < ID_LENGTH)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        if (g_strcmp0(tree_string(notes, ids[i]), word) == 0)
            return true;
    g_autofree char *unit = g_strdelimit(g_strdup(word), "-", '_');
    const char *group = container->first->cgroup;
    return g_str_equal(container->id, word) || (group && (strstr(group, word) || strstr(group, unit)));
}

static bool is_in_own_folder(const struct container *container, const json_object *notes, const char *source)
{
    g_auto(GStrv) parts = g_strsplit(source, "/", -1);
    for (char **part = parts; *part; part++)
        if (names_it(container, notes, *part))
            return true;
    return false;
}

void container_made_by_bundle(const struct container *container, struct container_record *record,
                              const json_object *tree)
{
    static const char *const targets[] = {"/etc/resolv.conf",     "/etc/hostname",      "/etc/hosts",   "/dev/shm",
                                          "/dev/termination-log", "/run/.containerenv", "/run/secrets", NULL};
    const json_object *list = tree_member(tree, "mounts"), *notes = tree_member(tree, "annotations");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *target = tree_string(one, "destination"), *source = tree_string(one, "source");
        if (target && g_strcmp0(tree_string(one, "type"), "overlay") == 0)
            add(record->overlays, target);
        if (target && source && *source == '/' && g_strv_contains(targets, target) &&
            is_in_own_folder(container, notes, source))
            add(record->made, source);
    }
}
