/* Processes of a stated container: those of the container, and the monitor above them. */
#include "host/inline_container.h"

#include "host/inline_words.h"
#include "host/process.h"
#include "model/cleanup.h"
#include "model/tree.h"

#include <string.h>

#define USUAL_ID    10001
#define NAMESPACES  4026532501
#define NS_DISTANCE 200
#define NS_USER_AT  99
#define NO_ROUTES   "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

const char *const inline_default_caps[] = {
    "CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
    "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",    "CAP_SETFCAP",
    "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT", NULL};

/* ---- ids ---- */

/* The host's id of one inside: the extent of "INSIDE OUTSIDE COUNT" lines that holds it; unmapped ones are kept. */
static gint64 outside_id(const char *map, gint64 id)
{
    g_auto(GStrv) lines = map ? g_strsplit(map, "\n", -1) : NULL;
    for (char **line = lines; line && *line; line++) {
        char *end = *line;
        gint64 inside = g_ascii_strtoll(end, &end, 10);
        gint64 outside = g_ascii_strtoll(end, &end, 10);
        gint64 count = g_ascii_strtoll(end, &end, 10);
        if (id >= inside && id - inside < count)
            return outside + id - inside;
    }
    return id;
}

static bool put_ids(const json_object *process, json_object *out, GError **error)
{
    const char *uid_map = tree_string(process, "uid_map"), *gid_map = tree_string(process, "gid_map");
    gint64 uid = USUAL_ID;
    if (!inline_int(process, "uid", 0, UINT32_MAX - 1, &uid, error))
        return false;
    gint64 gid = uid;
    if (!inline_int(process, "gid", 0, UINT32_MAX - 1, &gid, error))
        return false;
    inline_put_int(out, "uid", outside_id(uid_map, uid));
    inline_put_int(out, "gid", outside_id(gid_map ? gid_map : uid_map, gid));
    return true;
}

static void put_map(json_object *out, const char *key, const char *map)
{
    if (!map)
        return;
    g_autofree char *line = g_strconcat(map, g_str_has_suffix(map, "\n") ? "" : "\n", NULL);
    inline_put_text(out, key, line);
}

/* ---- capabilities ---- */

static json_object *default_caps(void)
{
    json_object *list = json_object_new_array();
    for (const char *const *cap = inline_default_caps; *cap; cap++)
        json_object_array_add(list, json_object_new_string(*cap));
    return list;
}

/* A list as stated, the word "default" in it for Docker's set. Names are looked at where the process is made. */
static json_object *stated_caps(const json_object *value, GError **error)
{
    if (json_object_is_type(value, json_type_string))
        return tree_copy(value);
    if (!json_object_is_type(value, json_type_array)) {
        inline_error(error, value, "caps: a list, all or none is needed");
        return NULL;
    }
    json_object *list = inline_has_word(value, "default") ? default_caps() : json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        json_object *one = json_object_array_get_idx(value, i);
        if (g_strcmp0(tree_string_of(one), "default") != 0)
            json_object_array_add(list, tree_copy(one));
    }
    return list;
}

static bool is_root(const json_object *process)
{
    const json_object *uid = tree_member(process, "uid");
    return json_object_is_type(uid, json_type_int) && json_object_get_int64(uid) == 0;
}

json_object *inline_container_caps(const struct inline_container *container, const json_object *process,
                                   const char *set, GError **error)
{
    const json_object *caps = tree_member(process, "caps");
    bool sets = json_object_is_type(caps, json_type_object);
    const json_object *stated = sets ? tree_member(caps, set) : NULL;
    if (stated)
        return stated_caps(stated, error);
    if (g_str_equal(set, "permitted"))
        return inline_container_caps(container, process, "effective", error);
    if (g_str_equal(set, "effective"))
        return is_root(process) ? inline_container_caps(container, process, "bounding", error)
                                : json_object_new_array();
    if (!g_str_equal(set, "bounding"))
        return json_object_new_array();
    if (caps && !sets)
        return stated_caps(caps, error);
    return container->privileged ? json_object_new_string("all") : default_caps();
}

static bool put_caps(const struct inline_container *container, const json_object *process, json_object *out,
                     GError **error)
{
    static const char *const sets[] = {"inheritable", "permitted", "effective", "bounding", "ambient", NULL};
    const json_object *stated = tree_member(process, "caps");
    json_object *caps = json_object_new_object();
    json_object_object_add(out, "caps", caps);
    if (json_object_is_type(stated, json_type_object) && !inline_keys(stated, "caps", inline_caps_members, error))
        return false;
    for (const char *const *set = sets; *set; set++) {
        json_object *list = inline_container_caps(container, process, *set, error);
        if (!list)
            return false;
        json_object_object_add(caps, *set, list);
    }
    return true;
}

/* ---- namespaces, filter ---- */

bool inline_shares(const struct inline_container *container, const char *kind)
{
    return inline_has_word(tree_at(container->spec, "namespaces.host"), kind);
}

/* A process with a map of its own is in a user namespace that was made inside. */
static void put_user_namespace(const struct inline_container *container, const json_object *process, gint64 pid,
                               json_object *ns)
{
    gint64 first = NAMESPACES + NS_DISTANCE * (gint64)container->index + NS_USER_AT;
    const char *map = tree_string(process, "uid_map"), *whole = tree_string(container->spec, "uid_map");
    if (map && g_strcmp0(map, whole) != 0)
        inline_put_int(ns, "user", first + 1 + pid % (NS_DISTANCE - NS_USER_AT - 1));
    else if (map && !inline_shares(container, "user"))
        inline_put_int(ns, "user", first);
}

static void put_namespaces(const struct inline_container *container, const json_object *process, gint64 pid,
                           json_object *out)
{
    static const char *const own[] = {"mnt", "pid", "net", "ipc", "uts", "cgroup"};
    json_object *ns = json_object_new_object();
    gint64 first = NAMESPACES + NS_DISTANCE * (gint64)container->index;
    json_object_object_add(out, "ns", ns);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (!inline_shares(container, own[i]))
            inline_put_int(ns, own[i], first + (gint64)i);
    }
    put_user_namespace(container, process, pid, ns);
}

static bool put_confinement(const struct inline_container *container, const json_object *process, json_object *out,
                            GError **error)
{
    static const char *const modes[] = {"off", "strict", "filter"};
    const json_object *value = tree_member(process, "seccomp");
    bool no_new_privs = true;
    gint64 mode = container->privileged ? 0 : 2;
    const char *word = tree_string(process, "seccomp");
    for (size_t i = 0; value && i < G_N_ELEMENTS(modes); i++)
        mode = g_strcmp0(word, modes[i]) == 0 ? (gint64)i : i ? mode : -1;
    if (mode < 0)
        return inline_error(error, value, "seccomp: filter, strict or off is needed");
    if (!inline_bool(process, "no_new_privs", &no_new_privs, error))
        return false;
    inline_put_int(out, "seccomp", mode);
    inline_put_int(out, "no_new_privs", no_new_privs);
    return true;
}

/* ---- a process ---- */

static void put_kernel_files(const json_object *process, json_object *out)
{
    json_object *usual = json_object_new_object();
    inline_put_text(usual, "net/route", NO_ROUTES);
    json_object_object_add(out, "files", inline_lay(usual, tree_member(process, "proc")));
    json_object_put(usual);
}

/* Members that a process of the host has too, under that name or another one. */
static void put_stated(const json_object *process, json_object *out)
{
    static const char *const same[] = {"argv", "comm",          "exe",   "groups", "label",  "cwd", "fd",
                                       "ppid", "oom_score_adj", "start", "state",  "thread", NULL};
    for (const char *const *key = same; *key; key++) {
        json_object *value = NULL;
        if (json_object_object_get_ex(process, *key, &value))
            json_object_object_add(out, *key, tree_copy(value));
    }
    const json_object *env = tree_member(process, "env");
    if (env)
        json_object_object_add(out, "environ", tree_copy(env));
}

static char *group_lines(const struct inline_container *container)
{
    if (!container->group_v1)
        return g_strdup_printf("0::%s\n", container->group);
    GString *out = g_string_new(NULL);
    size_t n = json_object_array_length(container->controllers);
    for (size_t i = 0; i < n; i++) {
        const char *name = tree_string_of(json_object_array_get_idx(container->controllers, i));
        g_string_append_printf(out, "%u:%s:%s\n", (unsigned)(n - i + 1), name ? name : "", container->group);
    }
    g_string_append_printf(out, "1:name=systemd:%s\n0::/\n", container->group);
    return g_string_free(out, FALSE);
}

static bool add_process(const struct inline_container *container, const json_object *process, gint64 pid,
                        struct inline_spread *spread, GError **error)
{
    json_object *out = json_object_new_object();
    json_object_array_add(spread->processes, out);
    g_autofree char *groups = group_lines(container);
    if (!inline_int(process, "pid", 1, 4194304, &pid, error))
        return false;
    inline_put_int(out, "pid", pid);
    inline_put_int(out, "ppid", container->monitor ? container->monitor : 1);
    inline_put_text(out, "root", container->root);
    inline_put_text(out, "cgroup", groups);
    inline_put_text(out, "mountinfo", container->mountinfo);
    put_map(out, "uid_map", tree_string(process, "uid_map"));
    const char *gid_map = tree_string(process, "gid_map");
    put_map(out, "gid_map", gid_map ? gid_map : tree_string(process, "uid_map"));
    put_namespaces(container, process, pid, out);
    put_kernel_files(process, out);
    put_stated(process, out);
    return put_ids(process, out, error) && put_caps(container, process, out, error) &&
           put_confinement(container, process, out, error);
}

/* ---- all of a container ---- */

static void add_monitor(const struct inline_container *container, struct inline_spread *spread)
{
    if (!container->monitor)
        return;
    json_object *out = json_object_new_object(), *argv = json_object_new_array();
    for (const char *const *word = container->runtime->monitor; *word; word++) {
        const char *value = g_str_equal(*word, "%id")       ? container->id
                            : g_str_equal(*word, "%bundle") ? container->bundle
                                                            : *word;
        json_object_array_add(argv, json_object_new_string(value));
    }
    inline_put_int(out, "pid", container->monitor);
    inline_put_int(out, "ppid", 1);
    json_object_object_add(out, "argv", argv);
    if (container->runtime->in_bundle)
        inline_put_text(out, "cwd", container->bundle);
    json_object_array_add(spread->processes, out);
}

static void put_argv(json_object *members)
{
    json_object *argv = json_object_new_array();
    json_object_array_add(argv, json_object_new_string("/app"));
    json_object_object_add(members, "argv", argv);
}

/* What only one of several processes has is not passed on to the next. */
static json_object *further_members(const struct inline_container *container, const json_object *stated)
{
    static const char *const own[] = {"argv", "comm",  "exe",    "env",           "fd",
                                      "pid",  "start", "thread", "oom_score_adj", NULL};
    json_object *members = inline_lay(container->spec, NULL);
    for (const char *const *key = own; *key; key++)
        json_object_object_del(members, *key);
    json_object *laid = inline_lay(members, stated);
    json_object_put(members);
    return laid;
}

static bool add_further(const struct inline_container *container, struct inline_spread *spread, GError **error)
{
    const json_object *list = tree_member(container->spec, "processes");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        if (!inline_members(one, "containers: processes", inline_further_members, error))
            return false;
        pl_autojson json_object *members = further_members(container, one);
        if (!inline_stated(members, "argv") && !inline_stated(members, "comm"))
            put_argv(members);
        ok = add_process(container, members, container->pid + 10 * (gint64)(i + 1), spread, error);
    }
    return ok;
}

bool inline_container_processes(const struct inline_container *container, struct inline_spread *spread, GError **error)
{
    add_monitor(container, spread);
    pl_autojson json_object *members = inline_lay(container->spec, NULL);
    if (!inline_stated(members, "argv"))
        put_argv(members);
    return add_process(container, members, container->pid, spread, error) && add_further(container, spread, error);
}
