#include "facts/process/container_cgroup.h"

#include "facts/process/cgroup.h"

#include <string.h>

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
        if (n == CONTAINER_ID_LENGTH && (p == component || !g_ascii_isalnum(p[-1])) && !g_ascii_isalnum(p[n]))
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

/* The id that the component `i` names; *monitor: it is a monitor's, and nothing above it counts. */
static char *id_of_component(char **parts, guint i, const char **runtime, bool *monitor)
{
    const char *parent = i ? parts[i - 1] : NULL;
    const char *id = find_hex_id(parts[i]);
    *monitor = id && is_monitor(parts[i]);
    if (*monitor)
        return NULL;
    if (!id)
        return named_machine(parts[i], parent, runtime);
    *runtime = runtime_of_component(parts[i], id, parent);
    return g_strndup(id, CONTAINER_ID_LENGTH);
}

char *container_id_from_cgroup(const char *path, const char **runtime, char **place)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    bool monitor = false;
    *runtime = NULL;
    for (guint i = g_strv_length(parts); i-- > 0 && !monitor;) {
        char *id = id_of_component(parts, i, runtime, &monitor);
        if (!id)
            continue;
        char *below = g_steal_pointer(&parts[i + 1]);
        if (place)
            *place = g_strjoinv("/", parts);
        parts[i + 1] = below;
        return id;
    }
    return NULL;
}

/* "user.slice", "user-1000.slice", "user@1000.service": what logind and systemd give to users. */
static bool is_of_user(const char *place)
{
    g_auto(GStrv) parts = g_strsplit(place, "/", -1);
    for (char **part = parts; *part; part++)
        if (g_str_equal(*part, "user.slice") || g_str_has_prefix(*part, "user-") || g_str_has_prefix(*part, "user@"))
            return true;
    return false;
}

enum place_owner container_place_owner(struct host *host, const char *place, GError **error)
{
    uid_t owner = 0;
    if (is_of_user(place))
        return PLACE_USERS;
    if (!cgroup_owner(host, place, &owner, error))
        return PLACE_UNREAD;
    return owner == 0 ? PLACE_ROOTS : PLACE_USERS;
}
