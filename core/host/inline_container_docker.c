/* Docker's record of a stated container, in the form in which it answers for it and keeps it. */
#include "host/inline_record.h"
#include "host/mounts.h"
#include "host/storage_places.h"

#include "model/cleanup.h"
#include "model/tree.h"

#include <string.h>

static void copy_member(const struct inline_record *record, const char *key, json_object *to, const char *as)
{
    const json_object *value = tree_member(record->container->spec, key);
    if (value)
        json_object_object_add(to, as, tree_copy(value));
}

/* ---- config.v2.json ---- */

/* "[ADDRESS:]PORT:INSIDE[/PROTOCOL]", an address of IPv6 in brackets. */
static bool add_port(json_object *ports, const json_object *stated, GError **error)
{
    g_autofree char *text = tree_text(stated);
    g_autoptr(GRegex) regex = g_regex_new("^(?:\\[([^]]*)\\]:|([^:]*):)?([0-9]+):([0-9]+(?:/[a-z]+)?)$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, text, 0, &match))
        return inline_error(error, stated, "containers: ports: [ADDRESS:]PORT:INSIDE is needed");
    g_autofree char *v6 = g_match_info_fetch(match, 1), *v4 = g_match_info_fetch(match, 2);
    g_autofree char *port = g_match_info_fetch(match, 3), *inside = g_match_info_fetch(match, 4);
    g_autofree char *key = g_strconcat(inside, strchr(inside, '/') ? "" : "/tcp", NULL);
    json_object *list = tree_member(ports, key), *binding = json_object_new_object();
    if (!list) {
        list = json_object_new_array();
        json_object_object_add(ports, key, list);
    }
    inline_put_text(binding, "HostIp", *v6 ? v6 : v4);
    inline_put_text(binding, "HostPort", port);
    json_object_array_add(list, binding);
    return true;
}

static bool add_ports(const struct inline_record *record, json_object *network, GError **error)
{
    json_object *ports = inline_new_mapping(network, "Ports");
    const json_object *list = tree_member(record->container->spec, "ports");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        if (!add_port(ports, json_object_array_get_idx(list, i), error))
            return false;
    }
    return true;
}

/* healthy, unhealthy or starting; none: no check; disabled: the image's own one is switched off. */
static bool add_health(const struct inline_record *record, json_object *config, json_object *state, GError **error)
{
    static const char *const words[] = {"healthy", "unhealthy", "starting", "none", "disabled", NULL};
    const char *word = inline_record_text(record, "healthcheck", "healthy");
    if (!g_strv_contains(words, word))
        return inline_error(error, tree_member(record->container->spec, "healthcheck"),
                            "containers: healthcheck: healthy, unhealthy, starting, none or disabled is needed");
    if (g_str_equal(word, "none"))
        return true;
    bool disabled = g_str_equal(word, "disabled");
    json_object *test = json_object_new_array();
    json_object_array_add(test, json_object_new_string(disabled ? "NONE" : "CMD"));
    if (!disabled)
        json_object_array_add(test, json_object_new_string("true"));
    json_object_object_add(inline_new_mapping(config, "Healthcheck"), "Test", test);
    if (!disabled)
        inline_put_text(inline_new_mapping(state, "Health"), "Status", word);
    return true;
}

static const char *network_of(const struct inline_record *record)
{
    return inline_shares(record->container, "net") ? "host" : inline_record_text(record, "network", "app");
}

static void add_env(const struct inline_record *record, json_object *config)
{
    const json_object *env = tree_member(record->container->spec, "env");
    if (!env)
        return;
    json_object *list = json_object_new_array();
    json_object_object_foreach (env, name, value) {
        g_autofree char *text = tree_text(value), *line = g_strdup_printf("%s=%s", name, text);
        json_object_array_add(list, json_object_new_string(line));
    }
    json_object_object_add(config, "Env", list);
}

/* "SOURCE:TARGET": what begins with a name is a volume. */
static void put_mount_options(json_object *mount, const char *options)
{
    json_object_object_add(mount, "RW", json_object_new_boolean(!options || !mounts_option(options, "ro")));
    inline_put_text(mount, "Propagation", options && mounts_option(options, "shared") ? "rshared" : "rprivate");
}

/* Source, target and options, as many as are stated. */
static GStrv mount_parts(const json_object *stated)
{
    static const char *const names[] = {"source", "target", "options"};
    g_autofree char *text = json_object_is_type(stated, json_type_object) ? NULL : tree_text(stated);
    if (text)
        return g_strsplit(text, ":", 3);
    g_autoptr(GStrvBuilder) parts = g_strv_builder_new();
    for (size_t i = 0; i < G_N_ELEMENTS(names) && tree_string(stated, names[i]); i++)
        g_strv_builder_add(parts, tree_string(stated, names[i]));
    return g_strv_builder_end(parts);
}

static void add_mount(json_object *list, const json_object *stated)
{
    g_auto(GStrv) words = mount_parts(stated);
    guint n = g_strv_length(words);
    if (n < 2 || !*words[0])
        return;
    const char *source = words[0], *target = words[1], *options = n > 2 ? words[2] : NULL;
    bool volume = *source != '/';
    json_object *mount = json_object_new_object();
    g_autofree char *path = volume ? g_strdup_printf(DOCKER_ROOT "/volumes/%s/_data", source) : g_strdup(source);
    inline_put_text(mount, "Type", volume ? "volume" : "bind");
    inline_put_text(mount, "Source", path);
    inline_put_text(mount, "Destination", target);
    put_mount_options(mount, options);
    if (volume) {
        inline_put_text(mount, "Name", source);
        inline_put_text(mount, "Driver", "local");
    }
    json_object_array_add(list, mount);
}

static void add_mounts(const struct inline_record *record, json_object *tree)
{
    static const char *const members[] = {"mounts", "volumes"};
    json_object *list = json_object_new_array();
    for (size_t m = 0; m < G_N_ELEMENTS(members); m++) {
        const json_object *stated = tree_member(record->container->spec, members[m]);
        size_t n = json_object_is_type(stated, json_type_array) ? json_object_array_length(stated) : 0;
        for (size_t i = 0; i < n; i++)
            add_mount(list, json_object_array_get_idx(stated, i));
    }
    json_object_object_add(tree, "Mounts", list);
}

static void copy_argv(const struct inline_record *record, json_object *tree)
{
    const json_object *argv = tree_member(record->container->spec, "argv");
    size_t n = json_object_is_type(argv, json_type_array) ? json_object_array_length(argv) : 0;
    const char *path = n ? tree_string_of(json_object_array_get_idx(argv, 0)) : NULL;
    json_object *list = json_object_new_array();
    inline_put_text(tree, "Path", path ? path : "/app");
    for (size_t i = 1; i < n; i++)
        json_object_array_add(list, tree_copy(json_object_array_get_idx(argv, i)));
    json_object_object_add(tree, "Args", list);
}

static json_object *docker_config(const struct inline_record *record, GError **error)
{
    json_object *tree = json_object_new_object();
    g_autofree char *name = g_strconcat("/", record->container->name, NULL);
    inline_put_text(tree, "ID", record->container->id);
    inline_put_text(tree, "Name", name);
    inline_put_text(tree, "Image", RECORD_IMAGE_ID);
    json_object *config = inline_new_mapping(tree, "Config"), *state = inline_new_mapping(tree, "State");
    inline_put_text(config, "Image", inline_record_text(record, "image", RECORD_IMAGE));
    copy_member(record, "user", config, "User");
    copy_argv(record, tree);
    copy_member(record, "labels", config, "Labels");
    add_env(record, config);
    json_object_object_add(state, "Running", json_object_new_boolean(!record->container->stopped));
    inline_put_int(state, "Pid", record->container->stopped ? 0 : record->container->pid);
    inline_put_text(state, "StartedAt", "2099-01-01T00:00:00Z");
    inline_put_int(tree, "RestartCount", 0);
    add_mounts(record, tree);
    json_object *network = inline_new_mapping(tree, "NetworkSettings");
    inline_new_mapping(inline_new_mapping(network, "Networks"), network_of(record));
    if (add_health(record, config, state, error) && add_ports(record, network, error))
        return tree;
    json_object_put(tree);
    return NULL;
}

/* ---- hostconfig.json ---- */

/* The caps in one list and not in the other, as Docker writes them; null when there are none. */
static json_object *difference(const json_object *these, const json_object *those)
{
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(these); i++) {
        const char *cap = tree_string_of(json_object_array_get_idx(these, i));
        if (cap && !inline_has_word(those, cap))
            json_object_array_add(list, json_object_new_string(cap));
    }
    if (json_object_array_length(list))
        return list;
    json_object_put(list);
    return NULL;
}

static bool add_caps(const struct inline_record *record, json_object *tree, GError **error)
{
    pl_autojson json_object *bounding =
        inline_container_caps(record->container, record->container->spec, "bounding", error);
    if (!bounding)
        return false;
    bool all = g_strcmp0(tree_string_of(bounding), "all") == 0, list = json_object_is_type(bounding, json_type_array);
    pl_autojson json_object *usual = json_object_new_array();
    for (const char *const *cap = inline_default_caps; *cap; cap++)
        json_object_array_add(usual, json_object_new_string(*cap));
    bool none = !all && (!list || !json_object_array_length(bounding));
    json_object_object_add(tree, "CapAdd",
                           all    ? record->container->privileged ? NULL : inline_list_of("ALL")
                              : list ? difference(bounding, usual)
                                  : NULL);
    json_object_object_add(tree, "CapDrop", none ? inline_list_of("ALL") : all ? NULL : difference(usual, bounding));
    return true;
}

static void add_restart(const struct inline_record *record, json_object *tree)
{
    g_auto(GStrv) words = g_strsplit(inline_record_text(record, "restart", "no"), ":", 2);
    json_object *policy = inline_new_mapping(tree, "RestartPolicy");
    inline_put_text(policy, "Name", words[0] ? words[0] : "");
    inline_put_int(policy, "MaximumRetryCount", words[0] && words[1] ? g_ascii_strtoll(words[1], NULL, 10) : 0);
}

static json_object *docker_host(const struct inline_record *record, GError **error)
{
    const struct inline_container *container = record->container;
    json_object *tree = json_object_new_object(), *options = json_object_new_array();
    inline_put_int(tree, "Memory", (gint64)inline_record_limit(record, "memory", 268435456));
    inline_put_int(tree, "PidsLimit", (gint64)inline_record_limit(record, "pids", 100));
    inline_put_int(tree, "NanoCpus", (gint64)(inline_record_limit(record, "cpus", 0.5) * 1e9));
    json_object_object_add(tree, "ReadonlyRootfs", json_object_new_boolean(!inline_record_false(record, "readonly")));
    json_object_object_add(tree, "Privileged", json_object_new_boolean(container->privileged));
    if (!inline_record_false(record, "no_new_privs"))
        json_object_array_add(options, json_object_new_string("no-new-privileges"));
    if (!inline_record_filtered(record))
        json_object_array_add(options, json_object_new_string("seccomp=unconfined"));
    json_object_object_add(tree, "SecurityOpt", options);
    add_restart(record, tree);
    inline_put_text(inline_new_mapping(tree, "LogConfig"), "Type", "local");
    inline_put_text(tree, "NetworkMode", network_of(record));
    inline_put_text(tree, "PidMode", inline_shares(container, "pid") ? "host" : "");
    inline_put_text(tree, "IpcMode", inline_shares(container, "ipc") ? "host" : "private");
    inline_put_text(tree, "UTSMode", inline_shares(container, "uts") ? "host" : "");
    inline_put_text(tree, "CgroupnsMode", inline_shares(container, "cgroup") ? "host" : "private");
    inline_put_text(tree, "Runtime", "runc");
    if (add_caps(record, tree, error))
        return tree;
    json_object_put(tree);
    return NULL;
}

json_object *inline_record_docker(const struct inline_record *record, GError **error)
{
    pl_autojson json_object *tree = docker_config(record, error);
    json_object *host = tree ? docker_host(record, error) : NULL;
    if (!host)
        return NULL;
    json_object_object_add(tree, "HostConfig", host);
    return inline_lay(tree, record->over);
}
