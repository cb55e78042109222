/* Only what the record and the engine's own settings decide is said; a default that cannot be seen is left out. */
#include "facts/container/planned.h"

#include "facts/container/record_docker.h"
#include "facts/context.h"
#include "facts/docker/place.h"
#include "host/notes.h"
#include "host/path.h"
#include "host/process.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>
#include <sys/capability.h>

#define CAPS_KNOWN ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

struct plan {
    const struct fact_context *context;
    const struct docker_engine *engine; /* NULL */
    const json_object *tree;
    json_object *fields, *partly;
    bool privileged;
    int root;       /* its user is root inside; -1: not known */
    int maps_users; /* that root is another user of the host; -1: not known */
};

static void set(const struct plan *plan, const char *field, json_object *value)
{
    json_object_object_add(plan->fields, field, value);
}

static void set_bool(const struct plan *plan, const char *field, bool value)
{
    set(plan, field, json_object_new_boolean(value));
}

static void set_text(const struct plan *plan, const char *field, const char *value)
{
    set(plan, field, tree_new_text(value));
}

static void set_partly(const struct plan *plan, const char *field, const char *why)
{
    json_object_object_add(plan->partly, field, json_object_new_string(why));
}

static const char *text_at(const struct plan *plan, const char *path)
{
    const char *text = tree_string_of(tree_at(plan->tree, path));
    return text ? text : "";
}

static double number_at(const struct plan *plan, const char *path)
{
    const json_object *node = tree_at(plan->tree, path);
    return tree_is_number(node) ? json_object_get_double(node) : 0;
}

static size_t length_of(const json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

/* ---- the engine ---- */

/* Whether /info lists a security option ("name=apparmor", "name=seccomp,profile=builtin"); -1: not known. */
static int engine_has(const struct plan *plan, const char *name)
{
    const json_object *options = plan->engine ? tree_member(plan->engine->info, "SecurityOptions") : NULL;
    if (!json_object_is_type(options, json_type_array))
        return -1;
    for (size_t i = 0; i < json_object_array_length(options); i++) {
        const char *option = tree_string_of(json_object_array_get_idx(options, i));
        g_auto(GStrv) parts = g_strsplit(option ? option : "", ",", -1);
        bool weak = g_strv_contains((const char *const *)parts, "profile=unconfined");
        if (g_strv_contains((const char *const *)parts, name))
            return !weak;
    }
    return 0;
}

/* Whether that is so without an option; -1: not known. */
static int engine_denies_new_privileges(const struct plan *plan, const char *root)
{
    /* What it was when the container was created stays with it, and is written into its file alone. */
    const char *id = tree_string(plan->tree, "Id");
    g_autofree char *path = id ? g_build_filename(root, "containers", id, "config.v2.json", NULL) : NULL;
    /* Unheard: then the engine's own setting is asked for. */
    pl_autojson json_object *file =
        path ? container_read_kind(plan->context->host, path, json_type_object, host_unheard()) : NULL;
    const json_object *kept = tree_member(file ? file : plan->tree, "NoNewPrivileges");
    if (json_object_is_type(kept, json_type_boolean))
        return json_object_get_boolean(kept);
    const struct docker_engine *engine = plan->engine;
    g_auto(GStrv) values =
        engine && engine->unchanged ? docker_values_of(plan->context, engine->process, "no-new-privileges") : NULL;
    guint n = values ? g_strv_length(values) : 0;
    return !values ? -1 : n && !g_str_equal(values[n - 1], "false");
}

/* ---- users, capabilities ---- */

/* "root", "0", "1000:1000", "www-data", "" for the image's, which is root's when the image names none. A name leads to
 * a number only in the image. */
static int is_root(const char *user)
{
    g_autofree char *name = g_strndup(user, strcspn(user, ":"));
    uint64_t uid = 0;
    if (!*name || g_str_equal(name, "root"))
        return 1;
    return value_parse_u64(name, UINT32_MAX, &uid) ? uid == 0 : -1;
}

static void plan_users(const struct plan *plan)
{
    g_autofree char *name = g_strdup(text_at(plan, "Config.User"));
    name[strcspn(name, ":")] = '\0';
    uint64_t uid = 0;
    bool known = plan->root == 1 || value_parse_u64(name, UINT32_MAX, &uid);
    if (known)
        set(plan, "uid_inside", json_object_new_int64((int64_t)uid));
    if (known && plan->maps_users == 0)
        set(plan, "uid", json_object_new_int64((int64_t)uid));
    if (plan->maps_users >= 0)
        set_bool(plan, "user_namespace", plan->maps_users);
    if (plan->root == 0 || plan->maps_users == 1)
        set_bool(plan, "root_user", false);
    else if (plan->root == 1 && plan->maps_users == 0)
        set_bool(plan, "root_user", true);
}

static void set_caps(const struct plan *plan, const char *field, uint64_t mask)
{
    g_auto(GStrv) names = host_capability_names(mask & CAPS_KNOWN);
    json_object *list = json_object_new_array();
    for (char **name = names; *name; name++)
        json_object_array_add(list, json_object_new_string(*name));
    set(plan, field, list);
}

static void plan_capabilities(const struct plan *plan)
{
    uint64_t bounding = docker_bounding(plan->tree);
    set_caps(plan, "caps_bounding", bounding);
    set_caps(plan, "caps_inheritable", 0);
    set_caps(plan, "caps_ambient", 0);
    if (plan->root >= 0) {
        set_caps(plan, "caps_effective", plan->root ? bounding : 0);
        set_caps(plan, "caps_permitted", plan->root ? bounding : 0);
    }
}

/* ---- confinement ---- */

/* "off", "filter"; NULL: not known. */
static const char *plan_seccomp(const struct plan *plan)
{
    const char *value = NULL;
    if (plan->privileged)
        return "off";
    if (docker_security_option(plan->tree, "seccomp", &value))
        return g_str_equal(value, "unconfined") ? "off" : "filter";
    int usual = engine_has(plan, "name=seccomp");
    return usual < 0 ? NULL : usual ? "filter" : "off";
}

/* An LSM that the engine puts on what does not refuse it; -1: not known. */
static int plan_lsm(const struct plan *plan)
{
    const char *value = NULL;
    int apparmor = engine_has(plan, "name=apparmor"), selinux = engine_has(plan, "name=selinux");
    bool refused = docker_security_option(plan->tree, "apparmor", &value) && g_str_equal(value, "unconfined");
    bool unlabelled = docker_security_option(plan->tree, "label", &value) && g_str_equal(value, "disable");
    if (apparmor < 0)
        return refused && unlabelled ? 0 : -1;
    if (plan->privileged)
        return 0;
    return (apparmor == 1 && !refused) || (selinux == 1 && !unlabelled);
}

static void plan_confinement(const struct plan *plan, const char *root)
{
    const char *value = NULL, *seccomp = plan_seccomp(plan);
    bool stated = docker_security_option(plan->tree, "no-new-privileges", &value);
    int denied = stated ? g_str_equal(value, "true") : engine_denies_new_privileges(plan, root), lsm = plan_lsm(plan);
    bool all = (docker_bounding(plan->tree) & CAPS_KNOWN) == CAPS_KNOWN;
    if (seccomp)
        set_text(plan, "seccomp", seccomp);
    if (denied >= 0)
        set_bool(plan, "no_new_privs", denied);
    if (lsm >= 0)
        set_bool(plan, "confined", lsm);
    if (plan->privileged || !all || seccomp)
        set_bool(plan, "privileged", plan->privileged || (all && g_strcmp0(seccomp, "off") == 0));
}

static void plan_namespaces(const struct plan *plan)
{
    static const struct {
        const char *name, *path;
    } kinds[] = {{"cgroup", "HostConfig.CgroupnsMode"},
                 {"ipc", "HostConfig.IpcMode"},
                 {"net", "HostConfig.NetworkMode"},
                 {"pid", "HostConfig.PidMode"},
                 {"uts", "HostConfig.UTSMode"}};
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *mode = text_at(plan, kinds[i].path);
        if (g_str_equal(mode, "host"))
            tree_add_text(list, kinds[i].name);
        else if (g_str_has_prefix(mode, "container:"))
            set_partly(plan, "host_namespaces", "a namespace is that of another container");
        else if (!*mode && g_str_equal(kinds[i].name, "cgroup"))
            set_partly(plan, "host_namespaces", "the engine's default decides about the control group namespace");
    }
    if (plan->maps_users == 0)
        tree_add_text(list, "user");
    else if (plan->maps_users < 0)
        set_partly(plan, "host_namespaces", "the engine's settings decide about the user namespace");
    set(plan, "host_namespaces", list);
}

/* ---- mounts, devices ---- */

struct planned_mounts {
    json_object *paths, *writable, *shared, *sockets;
};

/* Sockets of engines that a bind of `source` would show, by the names that lead to them. */
static void add_sockets(const struct plan *plan, const char *source, json_object *sockets)
{
    static const char *const usual[] = {"/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock",
                                        "/run/podman/podman.sock", NULL};
    size_t n = g_str_equal(source, "/") ? 0 : strlen(source);
    for (const char *const *path = usual; *path; path++)
        if (strncmp(*path, source, n) == 0 && ((*path)[n] == '/' || !(*path)[n]) &&
            host_exists(plan->context->host, *path))
            tree_add_text(sockets, *path);
    const char *own = plan->engine ? plan->engine->socket : NULL;
    if (own && strncmp(own, source, n) == 0 && (own[n] == '/' || !own[n]))
        tree_add_text(sockets, own);
}

/* A member of Mounts (API), or of MountPoints (files). */
static void add_mount(const struct plan *plan, const json_object *mount, struct planned_mounts *mounts)
{
    const char *type = tree_string(mount, "Type"), *source = tree_string(mount, "Source");
    const char *propagation = tree_string(mount, "Propagation");
    if (g_strcmp0(type, "bind") != 0 || !source || *source != '/')
        return;
    /* What will be bound is what a link leads to. */
    g_autofree char *real = host_resolve(plan->context->host, source, NULL);
    const char *names[] = {source, real};
    for (size_t i = 0; i < G_N_ELEMENTS(names) && names[i]; i++) {
        tree_add_text(mounts->paths, names[i]);
        if (tree_true(mount, "RW"))
            tree_add_text(mounts->writable, names[i]);
        if (propagation && g_str_has_suffix(propagation, "shared"))
            tree_add_text(mounts->shared, names[i]);
        add_sockets(plan, names[i], mounts->sockets);
    }
}

static void plan_mounts(const struct plan *plan)
{
    struct planned_mounts mounts = {json_object_new_array(), json_object_new_array(), json_object_new_array(),
                                    json_object_new_array()};
    const json_object *list = tree_member(plan->tree, "Mounts"), *map = tree_member(plan->tree, "MountPoints");
    for (size_t i = 0; i < length_of(list); i++)
        add_mount(plan, json_object_array_get_idx(list, i), &mounts);
    if (json_object_is_type(map, json_type_object)) {
        json_object_object_foreach (map, target, mount) {
            (void)target;
            add_mount(plan, mount, &mounts);
        }
    }
    set(plan, "host_paths", mounts.paths);
    set(plan, "writable_host_paths", mounts.writable);
    set(plan, "shared_host_paths", mounts.shared);
    set(plan, "sockets", mounts.sockets);
    if (length_of(tree_at(plan->tree, "HostConfig.VolumesFrom"))) {
        static const char *const fields[] = {"host_paths", "writable_host_paths", "shared_host_paths", "sockets"};
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
            set_partly(plan, fields[i], "it takes the volumes of another container");
    }
    set_bool(plan, "rootfs_readonly", tree_true(plan->tree, "HostConfig.ReadonlyRootfs"));
}

static void plan_devices(const struct plan *plan)
{
    const json_object *list = tree_at(plan->tree, "HostConfig.Devices");
    const json_object *rules = tree_at(plan->tree, "HostConfig.DeviceCgroupRules");
    json_object *devices = json_object_new_array(), *asked = json_object_new_array();
    for (size_t i = 0; i < length_of(list); i++) {
        const char *path = tree_string(json_object_array_get_idx(list, i), "PathOnHost");
        if (path)
            tree_add_text(devices, path);
    }
    if (plan->privileged)
        tree_add_text(devices, "all of the host");
    for (size_t i = 0; i < length_of(rules); i++) {
        const char *rule = tree_string_of(json_object_array_get_idx(rules, i));
        if (rule)
            tree_add_text(asked, rule);
    }
    if (plan->privileged)
        tree_add_text(asked, "a *:* rwm");
    set(plan, "devices", devices);
    set(plan, "device_rules", asked);
    if (length_of(tree_at(plan->tree, "HostConfig.DeviceRequests"))) {
        set_partly(plan, "devices", "it asks a driver for devices");
        set_partly(plan, "device_rules", "it asks a driver for devices");
    }
}

/* ---- limits, ports ---- */

static json_object *limit(double value)
{
    return value > 0 ? json_object_new_int64((int64_t)value) : NULL;
}

static void plan_limits(const struct plan *plan)
{
    double cpus = docker_cpus(plan->tree), shares = number_at(plan, "HostConfig.CpuShares");
    set(plan, "memory_limit", limit(number_at(plan, "HostConfig.Memory")));
    set(plan, "pids_limit", limit(number_at(plan, "HostConfig.PidsLimit")));
    set(plan, "cpu_weight", json_object_new_int64(shares > 0 ? (int64_t)shares : 1024));
    set_bool(plan, "oom_kill_disabled", tree_true(plan->tree, "HostConfig.OomKillDisable"));
    /* How many processors a set of them is decides how many the machine has. */
    if (!*text_at(plan, "HostConfig.CpusetCpus"))
        set(plan, "cpu_limit", cpus > 0 ? json_object_new_double(cpus) : NULL);
}

static void plan_program(const struct plan *plan)
{
    const json_object *list = tree_member(plan->tree, "Args");
    const char *path = text_at(plan, "Path");
    json_object *argv = json_object_new_array();
    json_object_array_add(argv, tree_new_text(path));
    for (size_t i = 0; i < length_of(list); i++) {
        g_autofree char *word = tree_text(json_object_array_get_idx(list, i));
        json_object_array_add(argv, tree_new_text(word));
    }
    g_autofree char *name = g_path_get_basename(path);
    set(plan, "argv", argv);
    set_text(plan, "comm", name);
}

/* An engine that maps users keeps its data in a folder that is named by the ids: /var/lib/docker/100000.100000. */
static bool is_of_mapped(const char *root)
{
    return g_regex_match_simple("^[1-9][0-9]*[.][1-9][0-9]*$", host_base_name(root), 0, 0);
}

static int maps_users(const struct plan *plan, const char *root)
{
    int remaps = engine_has(plan, "name=userns"), rootless = engine_has(plan, "name=rootless");
    if (rootless == 1)
        return 1;
    if (g_str_equal(text_at(plan, "HostConfig.UsernsMode"), "host"))
        return 0;
    return remaps >= 0 ? remaps : plan->engine && plan->engine->root_unsure ? -1 : is_of_mapped(root);
}

struct container_planned *container_planned_new(const struct fact_context *context, const struct docker_engine *engine,
                                                const char *root, const json_object *tree)
{
    struct container_planned *planned = g_new0(struct container_planned, 1);
    planned->fields = json_object_new_object();
    planned->partly = json_object_new_object();
    struct plan plan = {.context = context,
                        .engine = engine,
                        .tree = tree,
                        .fields = planned->fields,
                        .partly = planned->partly,
                        .privileged = tree_true(tree, "HostConfig.Privileged")};
    plan.root = is_root(text_at(&plan, "Config.User"));
    plan.maps_users = maps_users(&plan, root);
    plan_program(&plan);
    plan_users(&plan);
    plan_capabilities(&plan);
    plan_confinement(&plan, root);
    plan_namespaces(&plan);
    plan_mounts(&plan);
    plan_devices(&plan);
    plan_limits(&plan);
    docker_planned_ports(tree, planned->fields);
    return planned;
}

void container_planned_free(struct container_planned *planned)
{
    if (!planned)
        return;
    json_object_put(planned->fields);
    json_object_put(planned->partly);
    g_free(planned);
}
