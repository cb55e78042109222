/* Bundles: containerd's shim works in the bundle of its container, conmon is told the folder with -b, runc keeps it in
 * its state as a label. */
#include "facts/container/bundle.h"

#include "facts/container/made.h"
#include "facts/process/cgroup.h"
#include "host/host.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>
#include <sys/capability.h>

/* ---- where ---- */

/* What the monitor calls itself; NULL when that is not known. Caller frees. */
static char *name_of(const struct process *monitor)
{
    return monitor->argv_seen && monitor->argv_seen[0] ? g_path_get_basename(monitor->argv_seen[0]) : NULL;
}

static char *bundle_of_shim(struct host *host, const struct process *monitor, GError **error)
{
    g_autofree char *name = name_of(monitor);
    if (!name || !g_str_has_prefix(name, "containerd-shim"))
        return NULL;
    g_autofree char *link = host_process_file(monitor, "cwd");
    return host_readlink(host, link, error);
}

static char *bundle_of_conmon(const struct process *monitor)
{
    g_autofree char *name = name_of(monitor);
    if (!name || !g_str_has_prefix(name, "conmon"))
        return NULL;
    for (char **argument = monitor->argv_seen; *argument; argument++)
        if (g_str_equal(*argument, "-b") && argument[1])
            return g_strdup(argument[1]);
    return NULL;
}

/* runc's state.json: config.labels holds "bundle=FOLDER". */
static char *bundle_of_runc(struct host *host, const struct container *container, GError **error)
{
    if (container->nameless || strchr(container->id, '/'))
        return NULL;
    g_autofree char *path = g_build_filename("/run/runc", container->id, "state.json", NULL);
    pl_autojson json_object *state = container_read_kind(host, path, json_type_object, error);
    json_object *labels = tree_at(state, "config.labels");
    size_t n = json_object_is_type(labels, json_type_array) ? json_object_array_length(labels) : 0;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(labels, i);
        const char *text = json_object_is_type(one, json_type_string) ? json_object_get_string(one) : "";
        if (g_str_has_prefix(text, "bundle="))
            return g_strdup(text + strlen("bundle="));
    }
    return NULL;
}

/* NULL with *problem (kept when it is set) where one could not be looked for. */
static char *find_bundle(struct host *host, const struct container *container, struct problem **problem)
{
    const struct process *first = container->first;
    const struct process *monitor = first->ppid > 1 ? host_process(host, first->ppid) : NULL;
    g_autoptr(GError) shim = NULL, runc = NULL, hidden = NULL;
    char *folder = monitor ? bundle_of_shim(host, monitor, &shim) : NULL;
    if (!folder && monitor)
        folder = bundle_of_conmon(monitor);
    if (!folder && monitor && !monitor->argv)
        hidden = host_process_argv_failure(monitor);
    if (!folder)
        folder = bundle_of_runc(host, container, &runc);
    const GError *failures[] = {shim, hidden, runc};
    for (size_t i = 0; !folder && i < G_N_ELEMENTS(failures); i++)
        container_record_hinder(problem, failures[i]);
    return folder;
}

/* ---- what it asks for ---- */

static double number_at(const json_object *tree, const char *path)
{
    json_object *node = tree_at(tree, path);
    bool number = json_object_is_type(node, json_type_int) || json_object_is_type(node, json_type_double);
    return number ? MAX(json_object_get_double(node), 0) : 0;
}

static uint64_t bounding(const json_object *tree)
{
    json_object *list = tree_at(tree, "process.capabilities.bounding");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    uint64_t mask = 0;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        cap_value_t value = 0;
        if (json_object_is_type(one, json_type_string) && cap_from_name(json_object_get_string(one), &value) == 0)
            mask |= UINT64_C(1) << value;
    }
    return mask;
}

/* A namespace that is not listed is the runtime's own; one with a path is another container's, or unknown. */
static void read_namespaces(const json_object *tree, int *wanted)
{
    static const struct {
        const char *type;
        enum ns kind;
    } types[] = {{"network", NS_NET}, {"pid", NS_PID}, {"ipc", NS_IPC}, {"uts", NS_UTS}};
    json_object *list = tree_at(tree, "linux.namespaces");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t t = 0; t < G_N_ELEMENTS(types); t++) {
        wanted[types[t].kind] = 1;
        for (size_t i = 0; i < n; i++) {
            const json_object *one = json_object_array_get_idx(list, i);
            if (g_strcmp0(tree_string(one, "type"), types[t].type) == 0)
                wanted[types[t].kind] = tree_string(one, "path") ? -1 : 0;
        }
    }
}

/* A rule without type is for every device, one without access for all of it. */
static int block_devices(const json_object *tree)
{
    json_object *list = tree_at(tree, "linux.resources.devices");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *type = tree_string(one, "type"), *access = tree_string(one, "access");
        bool blocks = !type || g_str_equal(type, "a") || g_str_equal(type, "b");
        if (tree_true(one, "allow") && blocks && (!access || strpbrk(access, "rw")))
            return 1;
    }
    return list ? 0 : -1;
}

static void add_devices(struct container_record *record, const json_object *tree)
{
    json_object *list = tree_at(tree, "linux.devices");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = tree_string(json_object_array_get_idx(list, i), "path");
        if (path && *path == '/')
            g_ptr_array_add(record->devices, g_strdup(path));
    }
}

/* A number of a rule: any when it is left out or below 0 (OCI runtime specification, config-linux.md). */
static char *device_number(const json_object *rule, const char *member)
{
    const json_object *node = tree_member(rule, member);
    int64_t number = json_object_is_type(node, json_type_int) ? json_object_get_int64(node) : -1;
    return number < 0 ? g_strdup("*") : g_strdup_printf("%" G_GINT64_FORMAT, number);
}

json_object *bundle_device_rules(const json_object *tree)
{
    json_object *list = tree_at(tree, "linux.resources.devices");
    if (!list)
        return NULL;
    json_object *rules = json_object_new_array();
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *type = tree_string(one, "type"), *access = tree_string(one, "access");
        if (!tree_true(one, "allow"))
            continue;
        g_autofree char *major = device_number(one, "major"), *minor = device_number(one, "minor");
        g_autofree char *text =
            g_strdup_printf("%s %s:%s %s", type ? type : "a", major, minor, access ? access : "rwm");
        tree_add_text(rules, text);
    }
    return rules;
}

/* Whether a user namespace is among those that it is started in. */
static int own_users(const json_object *tree)
{
    json_object *list = tree_at(tree, "linux.namespaces");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++)
        if (g_strcmp0(tree_string(json_object_array_get_idx(list, i), "type"), "user") == 0)
            return 1;
    return list ? 0 : -1;
}

static struct container_wanted *read_wanted(const json_object *tree)
{
    struct container_wanted *wanted = container_wanted_new("bundle");
    double quota = number_at(tree, "linux.resources.cpu.quota"), period = number_at(tree, "linux.resources.cpu.period");
    wanted->memory = number_at(tree, "linux.resources.memory.limit");
    wanted->pids = number_at(tree, "linux.resources.pids.limit");
    wanted->cpus = quota > 0 ? quota / (period > 0 ? period : 100000) : 0;
    wanted->rootfs_readonly = tree_true(tree, "root.readonly");
    wanted->no_new_privs = tree_true(tree, "process.noNewPrivileges");
    wanted->seccomp = tree_at(tree, "linux.seccomp") != NULL;
    wanted->bounding_known = tree_at(tree, "process") != NULL;
    wanted->bounding = bounding(tree);
    read_namespaces(tree, wanted->namespaces);
    return wanted;
}

static const char *first_note(const json_object *notes, const char *const *names)
{
    for (; *names; names++) {
        const char *value = tree_string(notes, *names);
        if (value && *value)
            return value;
    }
    return NULL;
}

/* The names that Kubernetes' runtimes write into the bundle: namespace/pod/container. */
static char *name_from_notes(const json_object *notes)
{
    static const char *const spaces[] = {"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace", NULL};
    static const char *const pods[] = {"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name", NULL};
    static const char *const names[] = {"io.kubernetes.cri.container-name", "io.kubernetes.container.name", NULL};
    const char *space = first_note(notes, spaces), *pod = first_note(notes, pods), *name = first_note(notes, names);
    return space && pod ? g_strjoin("/", space, pod, name ? name : "sandbox", NULL) : NULL;
}

/* What the filter does with calls that the profile does not name; null without a profile. */
static void set_seccomp(const json_object *tree, struct container_record *record)
{
    const char *action = tree_string(tree_at(tree, "linux.seccomp"), "defaultAction");
    g_autofree char *valid = action ? g_utf8_make_valid(action, -1) : NULL;
    if (action || !tree_at(tree, "linux.seccomp"))
        json_object_object_add(record->fields, "seccomp_fallback", valid ? json_object_new_string(valid) : NULL);
}

/* The bundle's configuration, an object, and its path; NULL when there is none. The caller owns both. What hindered the
 * look is the record's problem when nothing else tells of the container. */
static json_object *read_bundle(struct host *host, const struct container *container, struct container_record *record,
                                char **path)
{
    g_autoptr(GError) error = NULL;
    pl_auto(problem) problem = NULL;
    g_autofree char *folder = find_bundle(host, container, &problem);
    *path = folder && *folder == '/' ? g_build_filename(folder, "config.json", NULL) : NULL;
    json_object *tree = *path ? container_read_kind(host, *path, json_type_object, &error) : NULL;
    container_record_hinder(&problem, error);
    if (problem && !record->from && !record->problem)
        record->problem = problem_copy(problem);
    if (problem && !record->wanted_problem)
        record->wanted_problem = g_steal_pointer(&problem);
    return tree;
}

void container_bundle_add(struct host *host, const struct container *container, struct container_record *record)
{
    static const char *const images[] = {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                                         "io.kubernetes.cri-o.Image", NULL};
    g_autofree char *path = NULL;
    pl_autojson json_object *tree = read_bundle(host, container, record, &path);
    if (!tree)
        return;
    struct container_wanted *wanted = read_wanted(tree);
    /* An engine that changes limits later (docker update) writes them into its record, never into the bundle. */
    if (record->wanted->len)
        wanted->memory = wanted->pids = wanted->cpus = 0;
    g_ptr_array_add(record->wanted, wanted);
    add_devices(record, tree);
    container_made_by_bundle(container, record, tree);
    if (record->block_devices < 0)
        record->block_devices = block_devices(tree);
    record->device_rules = bundle_device_rules(tree);
    int users = own_users(tree);
    record->own_users = users < 0 ? record->own_users : users;
    const json_object *notes = tree_member(tree, "annotations");
    if (!record->name)
        record->name = name_from_notes(notes);
    if (record->from) {
        set_seccomp(tree, record);
        return;
    }
    record->from = "bundle";
    record->where = g_steal_pointer(&path);
    record->fields = json_object_new_object();
    set_seccomp(tree, record);
    container_record_add_image(record->fields, first_note(notes, images));
}
