/* Docker's record of a container as fields: the answer to GET /containers/ID/json, or the same members put together
 * from config.v2.json and hostconfig.json. */
#include "facts/container/record_docker.h"

#include "host/host.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>
#include <sys/capability.h>

/* What Docker grants without being asked (moby, oci/caps/defaults.go): CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW
 * SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE. */
#define DOCKER_DEFAULT_CAPS UINT64_C(0xa80425fb)

static const char *text_at(const json_object *tree, const char *path)
{
    json_object *node = tree_at(tree, path);
    return json_object_is_type(node, json_type_string) ? json_object_get_string(node) : NULL;
}

static double number_at(const json_object *tree, const char *path)
{
    json_object *node = tree_at(tree, path);
    bool number = json_object_is_type(node, json_type_int) || json_object_is_type(node, json_type_double);
    return number ? json_object_get_double(node) : 0;
}

/* ---- members as they are ---- */

enum kind { TEXT, NUMBER, BOOL, LIST, KEYS };
static const struct {
    const char *field, *path;
    enum kind kind;
} members[] = {
    {"image", "Config.Image", TEXT},
    {"image_id", "Image", TEXT},
    {"restart_policy", "HostConfig.RestartPolicy.Name", TEXT},
    {"restart_max", "HostConfig.RestartPolicy.MaximumRetryCount", NUMBER},
    {"restarts", "RestartCount", NUMBER},
    {"log_driver", "HostConfig.LogConfig.Type", TEXT},
    {"auto_remove", "HostConfig.AutoRemove", BOOL},
    {"publish_all", "HostConfig.PublishAllPorts", BOOL},
    {"volumes_from", "HostConfig.VolumesFrom", LIST},
    {"links", "HostConfig.Links", LIST},
    {"sysctls", "HostConfig.Sysctls", KEYS},
    {"oci_runtime", "HostConfig.Runtime", TEXT},
    {"tty", "Config.Tty", BOOL},
    {"oom_killed", "State.OOMKilled", BOOL},
    {"cgroup_parent", "HostConfig.CgroupParent", TEXT},
    {"userns_mode", "HostConfig.UsernsMode", TEXT},
    {"network_mode", "HostConfig.NetworkMode", TEXT},
};

static json_object *copy_list(const json_object *node)
{
    json_object *list = json_object_new_array();
    size_t n = json_object_is_type(node, json_type_array) ? json_object_array_length(node) : 0;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = tree_text(json_object_array_get_idx(node, i));
        json_object_array_add(list, tree_new_text(text));
    }
    return list;
}

static json_object *member_value(const json_object *tree, const char *path, enum kind kind)
{
    switch (kind) {
    case TEXT:
        return tree_new_text(text_at(tree, path) ? text_at(tree, path) : "");
    case NUMBER:
        return json_object_new_int64((int64_t)number_at(tree, path));
    case BOOL:
        return json_object_new_boolean(tree_true(tree, path));
    case LIST:
        return copy_list(tree_at(tree, path));
    case KEYS:
        return tree_keys(tree_at(tree, path));
    }
    return NULL;
}

/* ---- health, ports ---- */

static void set_health(const json_object *tree, json_object *fields)
{
    const char *test = text_at(tree, "Config.Healthcheck.Test.0");
    const char *status = text_at(tree, "State.Health.Status");
    bool checked = test && !g_str_equal(test, "NONE") && *test;
    json_object_object_add(fields, "health",
                           json_object_new_string(checked && status ? status
                                                  : checked         ? "unknown"
                                                                    : "none"));
}

static void add_binding(json_object *set, const char *inside, const char *address, const char *port)
{
    g_auto(GStrv) parts = g_strsplit(inside, "/", 2);
    bool v6 = address && strchr(address, ':');
    const char *shown = address && *address ? address : "0.0.0.0";
    g_autofree char *text = g_strdup_printf("%s:%s%s%s:%s->%s", parts[1] ? parts[1] : "tcp", v6 ? "[" : "", shown,
                                            v6 ? "]" : "", port, parts[0]);
    json_object_array_add(set, tree_new_text(text));
}

struct ports {
    json_object *set;
    int64_t lowest; /* 0: none */
    bool everywhere;
};

static void look_at_binding(struct ports *ports, const char *inside, const json_object *binding)
{
    const char *address = tree_string(binding, "HostIp"), *port = tree_string(binding, "HostPort");
    uint64_t number = 0;
    if (!port || !value_parse_u64(port, 65535, &number) || !number)
        return;
    add_binding(ports->set, inside, address, port);
    ports->lowest = ports->lowest && ports->lowest < (int64_t)number ? ports->lowest : (int64_t)number;
    ports->everywhere |= !address || !*address || g_str_equal(address, "0.0.0.0") || g_str_equal(address, "::");
}

static struct ports read_ports(const json_object *map)
{
    struct ports ports = {.set = json_object_new_array()};
    if (!json_object_is_type(map, json_type_object))
        return ports;
    json_object_object_foreach (map, inside, bindings) {
        size_t n = json_object_is_type(bindings, json_type_array) ? json_object_array_length(bindings) : 0;
        for (size_t i = 0; i < n; i++)
            look_at_binding(&ports, inside, json_object_array_get_idx(bindings, i));
    }
    return ports;
}

static void set_ports(const json_object *tree, json_object *fields)
{
    struct ports live = read_ports(tree_at(tree, "NetworkSettings.Ports"));
    struct ports asked = read_ports(tree_at(tree, "HostConfig.PortBindings"));
    json_object *exposed = tree_keys(tree_at(tree, "Config.ExposedPorts"));
    json_object_object_add(
        fields, "ports_wanted_only",
        json_object_new_boolean(json_object_array_length(asked.set) > json_object_array_length(live.set)));
    json_object_object_add(fields, "published_everywhere", json_object_new_boolean(live.everywhere));
    json_object_object_add(fields, "published_lowest", live.lowest ? json_object_new_int64(live.lowest) : NULL);
    json_object_object_add(fields, "published", live.set);
    json_object_object_add(fields, "exposed", exposed);
    json_object_put(asked.set);
}

/* A network that was asked for and that the engine does not have stays in the record of what runs, with an empty
 * endpoint. What does not run is in none, and will be in all of them. */
static json_object *networks(const json_object *tree)
{
    json_object *map = tree_at(tree, "NetworkSettings.Networks"), *list = json_object_new_array();
    json_object *running = tree_at(tree, "State.Running");
    bool stopped = json_object_is_type(running, json_type_boolean) && !json_object_get_boolean(running);
    if (!json_object_is_type(map, json_type_object))
        return list;
    json_object_object_foreach (map, name, network) {
        const char *endpoint = tree_string(network, "EndpointID");
        if (stopped || !endpoint || *endpoint)
            json_object_array_add(list, tree_new_text(name));
    }
    return list;
}

/* Only json-file keeps all there is unless it is told otherwise; max-size -1 is its word for no bound. */
static bool is_log_bounded(const json_object *tree)
{
    const char *size = text_at(tree, "HostConfig.LogConfig.Config.max-size");
    bool bounded = size && *size && !g_str_has_prefix(size, "-");
    return bounded || g_strcmp0(text_at(tree, "HostConfig.LogConfig.Type"), "json-file") != 0;
}

void docker_planned_ports(const json_object *tree, json_object *fields)
{
    struct ports asked = read_ports(tree_at(tree, "HostConfig.PortBindings"));
    json_object_object_add(fields, "ports_wanted_only", json_object_new_boolean(false));
    json_object_object_add(fields, "published_everywhere", json_object_new_boolean(asked.everywhere));
    json_object_object_add(fields, "published_lowest", asked.lowest ? json_object_new_int64(asked.lowest) : NULL);
    json_object_object_add(fields, "published", asked.set);
}

/* ---- images, labels, limits ---- */

/* An image may be asked for by its id, whole or cut. */
static bool is_id(const char *image, const char *id)
{
    const char *digits = id && g_str_has_prefix(id, "sha256:") ? id + strlen("sha256:") : NULL;
    if (g_str_has_prefix(image, "sha256:"))
        return true;
    return digits && strlen(image) >= 12 && g_str_has_prefix(digits, image);
}

static void set_image(const json_object *tree, json_object *fields)
{
    const char *image = text_at(tree, "Config.Image");
    const char *slash = image ? strrchr(image, '/') : NULL, *last = slash ? slash + 1 : image;
    const char *tag = last ? strchr(last, ':') : NULL;
    bool digest = image && (strstr(image, "@sha256:") || is_id(image, text_at(tree, "Image")));
    json_object_object_add(fields, "image_pinned", json_object_new_boolean(digest));
    if (digest)
        json_object_object_add(fields, "image_current", json_object_new_boolean(true));
    json_object_object_add(fields, "image_tag",
                           digest ? NULL
                                  : json_object_new_string(tag     ? tag + 1
                                                           : image ? "latest"
                                                                   : ""));
}

static json_object *copy_labels(const json_object *labels)
{
    json_object *copy = json_object_new_object();
    if (!json_object_is_type(labels, json_type_object))
        return copy;
    json_object_object_foreach (labels, key, value) {
        g_autofree char *name = g_utf8_make_valid(key, -1);
        g_autofree char *text = value ? tree_text(value) : g_strdup("");
        if (json_object_object_length(copy) <= CONTAINER_LABELS_MAX) /* one more: there are more */
            json_object_object_add(copy, name, tree_new_text(text));
    }
    return copy;
}

static json_object *ulimit_names(const json_object *list)
{
    json_object *names = json_object_new_array();
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = tree_string(json_object_array_get_idx(list, i), "Name");
        if (name)
            json_object_array_add(names, tree_new_text(name));
    }
    return names;
}

/* "2026-11-24T07:53:00.123Z"; null when it is no time. */
static json_object *days_since(const char *text)
{
    g_autoptr(GDateTime) then = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return then ? json_object_new_int64(g_date_time_difference(now, then) / G_TIME_SPAN_DAY) : NULL;
}

/* ---- what is asked for ---- */

bool docker_security_option(const json_object *tree, const char *name, const char **value)
{
    json_object *list = tree_at(tree, "HostConfig.SecurityOpt");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        const char *text = json_object_is_type(one, json_type_string) ? json_object_get_string(one) : "";
        size_t length = strlen(name);
        if (strncmp(text, name, length) != 0 || (text[length] && !strchr("=:", text[length])))
            continue;
        *value = text[length] ? text + length + 1 : "true";
        return true;
    }
    return false;
}

static uint64_t cap_bits(const json_object *list)
{
    uint64_t mask = 0;
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        const char *text = json_object_is_type(one, json_type_string) ? json_object_get_string(one) : "";
        bool prefixed = g_ascii_strncasecmp(text, "CAP_", 4) == 0;
        g_autofree char *name = g_strconcat(prefixed ? "" : "cap_", text, NULL);
        cap_value_t value = 0;
        if (g_ascii_strcasecmp(text, "ALL") == 0)
            return UINT64_MAX;
        if (cap_from_name(name, &value) == 0)
            mask |= UINT64_C(1) << value;
    }
    return mask;
}

/* Docker adds to its default set and takes away, ALL first (moby, oci/caps/utils.go). */
uint64_t docker_bounding(const json_object *tree)
{
    uint64_t add = cap_bits(tree_at(tree, "HostConfig.CapAdd")), drop = cap_bits(tree_at(tree, "HostConfig.CapDrop"));
    if (tree_true(tree, "HostConfig.Privileged"))
        return UINT64_MAX;
    if (drop == UINT64_MAX)
        return add;
    return (add == UINT64_MAX ? UINT64_MAX : DOCKER_DEFAULT_CAPS | add) & ~drop;
}

static int namespace_wanted(const json_object *tree, const char *path)
{
    const char *mode = text_at(tree, path);
    if (!mode || g_str_has_prefix(mode, "container:"))
        return -1;
    return g_str_equal(mode, "host");
}

double docker_cpus(const json_object *tree)
{
    double nano = number_at(tree, "HostConfig.NanoCpus"), quota = number_at(tree, "HostConfig.CpuQuota");
    double period = number_at(tree, "HostConfig.CpuPeriod");
    if (nano > 0)
        return nano / 1e9;
    return quota > 0 ? quota / (period > 0 ? period : 100000) : 0;
}

static struct container_wanted *read_wanted(const json_object *tree)
{
    struct container_wanted *wanted = container_wanted_new("record");
    const char *value = NULL;
    wanted->memory = MAX(number_at(tree, "HostConfig.Memory"), 0);
    wanted->pids = MAX(number_at(tree, "HostConfig.PidsLimit"), 0);
    wanted->cpus = docker_cpus(tree);
    wanted->rootfs_readonly = tree_true(tree, "HostConfig.ReadonlyRootfs");
    wanted->privileged = tree_true(tree, "HostConfig.Privileged");
    /* Without the option the daemon's default decides. */
    if (docker_security_option(tree, "no-new-privileges", &value))
        wanted->no_new_privs = g_str_equal(value, "true");
    if (docker_security_option(tree, "seccomp", &value))
        wanted->seccomp = !g_str_equal(value, "unconfined");
    wanted->bounding_known = true;
    wanted->bounding = docker_bounding(tree);
    wanted->namespaces[NS_NET] = namespace_wanted(tree, "HostConfig.NetworkMode");
    wanted->namespaces[NS_PID] = namespace_wanted(tree, "HostConfig.PidMode");
    wanted->namespaces[NS_IPC] = namespace_wanted(tree, "HostConfig.IpcMode");
    wanted->namespaces[NS_UTS] = namespace_wanted(tree, "HostConfig.UTSMode");
    return wanted;
}

static int block_devices(const json_object *tree)
{
    json_object *rules = tree_at(tree, "HostConfig.DeviceCgroupRules");
    size_t n = json_object_is_type(rules, json_type_array) ? json_object_array_length(rules) : 0;
    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(rules, i);
        const char *text = json_object_is_type(one, json_type_string) ? json_object_get_string(one) : "";
        const char *access = strrchr(text, ' ');
        if ((*text == 'a' || *text == 'b') && access && strpbrk(access, "rw"))
            return 1;
    }
    return tree_true(tree, "HostConfig.Privileged");
}

static void add_devices(struct container_record *record, const json_object *tree)
{
    json_object *list = tree_at(tree, "HostConfig.Devices");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = tree_string(json_object_array_get_idx(list, i), "PathInContainer");
        if (path && *path == '/')
            g_ptr_array_add(record->devices, g_strdup(path));
    }
}

void container_record_from_docker(struct container_record *record, const json_object *tree)
{
    const char *name = text_at(tree, "Name");
    record->name = name && *name ? g_strdup(*name == '/' ? name + 1 : name) : NULL;
    record->fields = json_object_new_object();
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        json_object_object_add(record->fields, members[i].field, member_value(tree, members[i].path, members[i].kind));
    json_object_object_add(record->fields, "labels", copy_labels(tree_at(tree, "Config.Labels")));
    json_object_object_add(record->fields, "ulimits", ulimit_names(tree_at(tree, "HostConfig.Ulimits")));
    json_object_object_add(record->fields, "networks", networks(tree));
    json_object_object_add(record->fields, "log_bounded", json_object_new_boolean(is_log_bounded(tree)));
    json_object_object_add(record->fields, "up_days", days_since(text_at(tree, "State.StartedAt")));
    json_object_object_add(record->fields, "disk_limited",
                           json_object_new_boolean(text_at(tree, "HostConfig.StorageOpt.size") != NULL));
    set_image(tree, record->fields);
    set_health(tree, record->fields);
    set_ports(tree, record->fields);
    g_ptr_array_add(record->wanted, read_wanted(tree));
    add_devices(record, tree);
    record->block_devices = block_devices(tree);
    /* Between two starts an engine calls it running. */
    record->running = tree_true(tree, "State.Running") && !tree_true(tree, "State.Restarting");
    const char *when = text_at(tree, "State.StartedAt");
    g_autoptr(GDateTime) started = when ? g_date_time_new_from_iso8601(when, NULL) : NULL;
    record->started = started ? g_date_time_to_unix(started) : 0;
    record->pid = (gint64)number_at(tree, "State.Pid");
    record->tree = record->running ? NULL : tree_copy(tree);
}
