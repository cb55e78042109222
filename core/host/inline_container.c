#include "host/inline_container.h"

#include "host/host.h"
#include "host/storage_places.h"
#include "model/cleanup.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

#define CONTAINERS_MAX 100 /* of one test */

/* Tests that state no mounts have those that containers are made of. */
static const char host_mounts[] = "20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                  "21 20 0:5 / /proc rw - proc proc rw\n"
                                  "22 20 0:7 / /sys rw - sysfs sysfs rw\n"
                                  "23 20 0:6 / /dev rw - devtmpfs udev rw\n"
                                  "24 22 0:8 / /sys/kernel/debug rw - debugfs debugfs rw\n"
                                  "25 20 0:25 / /run rw - tmpfs tmpfs rw\n"
                                  "26 22 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

/* ---- runtimes ---- */

#define POD "/kubepods.slice/kubepods-pod1.slice/"

static const char *const moby[] = {"/usr/bin/containerd-shim-runc-v2", "-namespace", "moby", "-id", "%id", "-address",
                                   "/run/containerd/containerd.sock",  NULL};
static const char *const cri[] = {"/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io", "-id", "%id", "-address",
                                  "/run/containerd/containerd.sock",  NULL};
static const char *const conmon[] = {"/usr/bin/conmon", "-c", "%id", "-b", "%bundle", "-r", "/usr/bin/crun", NULL};
static const char *const crio[] = {"/usr/bin/conmon", "-c", "%id", "-b", "%bundle", "-r", "/usr/bin/crio-runc", NULL};

static const struct inline_runtime runtimes[] = {
    {"docker", "/system.slice/docker-%s.scope", "/docker/%s", "/run/containerd/io.containerd.runtime.v2.task/moby/%s",
     moby, .in_bundle = true, .mounts_files = true},
    {"podman", "/machine.slice/libpod-%s.scope", "/machine.slice/libpod-%s.scope",
     CONTAINERS_ROOT "/overlay-containers/%s/userdata", conmon},
    {"containerd", POD "cri-containerd-%s.scope", POD "cri-containerd-%s.scope",
     "/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s", cri, .in_bundle = true},
    {"cri-o", POD "crio-%s.scope", POD "crio-%s.scope", CONTAINERS_ROOT "/overlay-containers/%s/userdata", crio},
    {"runc", "/%s", "/%s", "/srv/bundles/%s", NULL, .named = true},
    {"lxc", "/lxc.payload.%s", "/lxc/%s", NULL, NULL, .named = true},
};

static const struct inline_runtime *find_runtime(const json_object *spec, GError **error)
{
    const json_object *value = tree_member(spec, "runtime");
    const char *names[G_N_ELEMENTS(runtimes) + 1] = {NULL};
    const char *name = value ? tree_string_of(value) : runtimes[0].name;
    for (size_t i = 0; i < G_N_ELEMENTS(runtimes); i++) {
        names[i] = runtimes[i].name;
        if (g_strcmp0(name, names[i]) == 0)
            return &runtimes[i];
    }
    g_autofree char *clause = suggest_clause(name ? name : "", names),
                    *list = g_strjoinv(", ", (char **)(uintptr_t)names);
    inline_error(error, value, "containers: runtime: unknown runtime \"%s\"%s; there are %s", name ? name : "", clause,
                 list);
    return NULL;
}

/* ---- one container ---- */

/* Four digits sixteen times: 4f1c, 5e2d, 6d3e ... */
static char *usual_id(guint index)
{
    GString *id = g_string_new(NULL);
    for (guint i = 0; i < 16; i++)
        g_string_append_printf(id, "%04x", (0x4f1c + index * 0x0f11) & 0xffff);
    return g_string_free(id, FALSE);
}

static char *usual_name(guint index)
{
    return index ? g_strdup_printf("web%u", index + 1) : g_strdup("web");
}

static char *with_id(const char *pattern, const char *id)
{
    g_auto(GStrv) parts = pattern ? g_strsplit(pattern, "%s", 2) : NULL;
    return parts ? g_strjoinv(id, parts) : NULL;
}

static json_object *usual_controllers(const json_object *spec)
{
    static const char *const all[] = {"pids", "memory", "devices", "cpu"};
    const json_object *stated = tree_member(spec, "controllers");
    if (stated)
        return tree_copy(stated);
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        json_object_array_add(list, json_object_new_string(all[i]));
    return list;
}

static bool name_container(struct inline_container *container, GError **error)
{
    const json_object *spec = container->spec;
    g_autofree char *usual = usual_name(container->index);
    gint64 version = 2;
    if (!inline_int(spec, "cgroup_version", 1, 2, &version, error))
        return false;
    container->group_v1 = version == 1;
    container->controllers = usual_controllers(spec);
    container->name = inline_member(spec, "name", usual, error);
    g_autofree char *id = container->runtime->named ? g_strdup(container->name) : usual_id(container->index);
    container->id = inline_member(spec, "id", id, error);
    const char *pattern = container->group_v1 ? container->runtime->group_v1 : container->runtime->group;
    g_autofree char *group = with_id(pattern, container->id), *root = g_strconcat("/c/", container->name, NULL);
    container->group = inline_member(spec, "cgroup", group, error);
    container->root = inline_member(spec, "root", root, error);
    container->bundle = with_id(container->runtime->bundle, container->id);
    return true;
}

static bool begin_container(struct inline_container *container, const struct inline_spread *spread, GError **error)
{
    const json_object *spec = container->spec;
    bool monitor = true;
    if (!inline_container_check(spec, error))
        return false;
    container->runtime = find_runtime(spec, error);
    container->pid = 200 + 100 * (gint64)container->index;
    if (!container->runtime || !inline_int(spec, "pid", 1, 4194304, &container->pid, error) ||
        !inline_bool(spec, "privileged", &container->privileged, error) ||
        !inline_bool(spec, "monitor", &monitor, error) || !name_container(container, error))
        return false;
    container->monitor = monitor && container->runtime->monitor ? container->pid - 50 : 0;
    if (monitor && container->runtime->monitor && container->monitor < 2)
        return inline_error(error, tree_member(spec, "pid"), "containers: pid: the monitor needs the one 50 below");
    return inline_container_mounts(container, spread, error);
}

static json_object *new_device(const char *type, const char *mode)
{
    json_object *device = json_object_new_object();
    inline_put_text(device, "type", type);
    inline_put_text(device, "mode", mode);
    return device;
}

/* A path below /dev, or a file as `files` states one, with its path. Disks are called as the kernel calls them. */
static bool put_device(const struct inline_container *container, const json_object *stated, json_object *files,
                       GError **error)
{
    static const char *const disks[] = {"sd", "hd", "vd", "xvd", "nvme", "loop", "dm-", "md", "mmcblk"};
    const char *path = tree_string_of(stated);
    bool disk = false;
    if (!path || *path != '/')
        return inline_error(error, stated, "containers: devices: an absolute path is needed");
    g_autofree char *name = g_path_get_basename(path), *whole = g_strconcat(container->root, path, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(disks); i++)
        disk = disk || g_str_has_prefix(name, disks[i]);
    json_object *device = new_device(disk ? "block" : "char", "0660");
    inline_put_int(device, "gid", 6);
    json_object_object_add(files, whole, device);
    return true;
}

/* Files of the container's own root, and what runc writes of it. */
static bool put_root(const struct inline_container *container, struct inline_spread *spread, GError **error)
{
    g_autofree char *null = g_strconcat(container->root, "/dev/null", NULL);
    const json_object *files = tree_member(container->spec, "files");
    const json_object *devices = tree_member(container->spec, "devices");
    json_object_object_add(spread->files, null, new_device("char", "0666"));
    for (size_t i = 0; devices && i < json_object_array_length(devices); i++) {
        if (!put_device(container, json_object_array_get_idx(devices, i), spread->files, error))
            return false;
    }
    if (g_str_equal(container->runtime->name, "runc")) {
        g_autofree char *state = g_strdup_printf("/run/runc/%s/state.json", container->id);
        g_autofree char *text = g_strdup_printf("{\"config\":{\"labels\":[\"bundle=%s\"]}}", container->bundle);
        inline_put_text(spread->files, state, text);
    }
    if (!files)
        return true;
    json_object_object_foreach (files, path, file) {
        g_autofree char *whole = g_strconcat(container->root, path, NULL);
        if (*path != '/')
            return inline_error(error, file ? file : files, "containers: files: \"%s\" is not an absolute path", path);
        json_object_object_add(spread->files, whole, tree_copy(file));
    }
    return true;
}

static void container_clear(struct inline_container *container)
{
    g_free(container->name);
    g_free(container->id);
    g_free(container->group);
    g_free(container->root);
    g_free(container->bundle);
    g_free(container->mountinfo);
    json_object_put(container->controllers);
}

static bool spread_one(const json_object *spec, guint index, struct inline_spread *spread, GError **error)
{
    struct inline_container container = {.spec = spec, .index = index};
    bool ok = inline_bool(spec, "stopped", &container.stopped, error) && begin_container(&container, spread, error);
    if (ok && container.stopped) {
        ok = inline_container_records(&container, spread, error);
        container_clear(&container);
        return ok;
    }
    ok = ok && put_root(&container, spread, error) && inline_container_group(&container, spread, error) &&
         inline_container_processes(&container, spread, error) && inline_container_records(&container, spread, error);
    if (ok && !container.group_v1)
        inline_put_text(spread->files, "/sys/fs/cgroup/cgroup.controllers", "cpu memory pids");
    container_clear(&container);
    return ok;
}

/* ---- all of them ---- */

/* What is masked in containers is there on the host. */
static void put_kernel(struct inline_spread *spread)
{
    static const char *const masked[] = {"/proc/kcore", "/proc/keys", "/proc/timer_list"};
    for (size_t i = 0; i < G_N_ELEMENTS(masked); i++)
        inline_put_text(spread->files, masked[i], "x");
    json_object *trigger = json_object_new_object();
    inline_put_text(trigger, "content", "");
    inline_put_text(trigger, "mode", "0200");
    json_object_object_add(spread->files, "/proc/sysrq-trigger", trigger);
    inline_put_text(spread->files, "/proc/sys/kernel/cap_last_cap", "40");
}

static json_object *process_of(const json_object *list, const json_object *like)
{
    const json_object *pid = tree_member(like, "pid");
    size_t n = json_object_array_length(list);
    for (size_t i = 0; pid && i < n; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        if (tree_equal(tree_member(one, "pid"), pid))
            return one;
    }
    return NULL;
}

/* Stated processes come behind, but for those that are about one that containers made. */
static json_object *lay_processes(const json_object *made, const json_object *stated)
{
    json_object *list = json_object_new_array();
    size_t n = json_object_is_type(stated, json_type_array) ? json_object_array_length(stated) : 0;
    for (size_t i = 0; i < json_object_array_length(made); i++) {
        const json_object *one = json_object_array_get_idx(made, i);
        json_object_array_add(list, inline_lay(one, n ? process_of(stated, one) : NULL));
    }
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(stated, i);
        if (!process_of(made, one))
            json_object_array_add(list, tree_copy(one));
    }
    return list;
}

/* An engine that runs says of a container that it keeps no record of that there is none. */
static json_object *lay_answers(const struct inline_spread *spread, const json_object *stated)
{
    json_object *all = inline_lay(spread->http, stated);
    json_object_object_foreach (spread->unknown, call, answer) {
        if (!inline_stated(all, call))
            json_object_object_add(all, call, json_object_get(answer));
    }
    return all;
}

static json_object *lay_over(const struct inline_spread *spread, const json_object *spec)
{
    json_object *out = tree_copy(spec);
    const json_object *files = tree_member(spec, "files");
    json_object *all = tree_copy(spread->files);
    json_object_object_del(out, "containers");
    if (json_object_is_type(files, json_type_object)) {
        json_object_object_foreach (files, path, file)
            json_object_object_add(all, path, tree_copy(file));
    }
    inline_put_text(out, "mounts", spread->mounts);
    if (!files || json_object_is_type(files, json_type_object))
        json_object_object_add(out, "files", all);
    else
        json_object_put(all);
    json_object_object_add(out, "processes", lay_processes(spread->processes, tree_member(spec, "processes")));
    if (json_object_object_length(spread->device_programs))
        json_object_object_add(out, "device_programs",
                               inline_lay(spread->device_programs, tree_member(spec, "device_programs")));
    if (json_object_object_length(spread->http))
        json_object_object_add(out, "http", lay_answers(spread, tree_member(spec, "http")));
    return out;
}

static bool spread_all(const json_object *list, struct inline_spread *spread, GError **error)
{
    size_t n = json_object_array_length(list);
    if (n > CONTAINERS_MAX)
        return inline_error(error, list, "containers: at most %d are understood", CONTAINERS_MAX);
    put_kernel(spread);
    for (size_t i = 0; i < n; i++) {
        if (!spread_one(json_object_array_get_idx(list, i), (guint)i, spread, error))
            return false;
    }
    return true;
}

bool inline_containers(const json_object *spec, json_object **out, GError **error)
{
    const json_object *list = tree_member(spec, "containers");
    *out = NULL;
    if (!list)
        return true;
    if (!json_object_is_type(list, json_type_array))
        return inline_error(error, list, "containers: a list is needed");
    pl_autojson json_object *processes = json_object_new_array(), *files = json_object_new_object();
    pl_autojson json_object *http = json_object_new_object(), *stored = json_object_new_array();
    g_autofree char *mounts = inline_member(spec, "mounts", host_mounts, error);
    pl_autojson json_object *programs = json_object_new_object();
    pl_autojson json_object *unknown = json_object_new_object();
    struct inline_spread spread = {.processes = processes,
                                   .files = files,
                                   .http = http,
                                   .device_programs = programs,
                                   .stored = stored,
                                   .unknown = unknown,
                                   .mounts = mounts,
                                   .stated = tree_member(spec, "files")};
    if (!mounts || !spread_all(list, &spread, error))
        return false;
    *out = lay_over(&spread, spec);
    return true;
}

char *host_inline_containers(const json_object *spec)
{
    const json_object *list = tree_member(spec, "containers");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *name = tree_string(one, "name"), *runtime = tree_string(one, "runtime");
        g_autofree char *usual = usual_name((guint)i), *stated = tree_canonical(one);
        g_string_append_printf(out, "%scontainer %s of %s: %s", i ? "\n" : "", name ? name : usual,
                               runtime ? runtime : runtimes[0].name, stated);
    }
    return n ? g_strdup(out->str) : NULL;
}
