/* Control groups: where a process is, and what the kernel lets it use.
 *
 * A limit of any ancestor counts, so the lowest along the path is the limit. Version 1 writes "no memory limit" as the
 * largest multiple of a page, version 2 as "max". */
#include "facts/process/cgroup.h"

#include "host/notes.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

/* Version 1: no limit is LONG_MAX cut to a page; everything from 2^62 on is none. */
#define V1_UNLIMITED ((uint64_t)1 << 62)

static bool names_controller(const char *controllers, size_t n, const char *controller)
{
    g_autofree char *list = g_strndup(controllers, n);
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    return g_strv_contains((const char *const *)names, controller);
}

/* The path of the first line whose controllers hold `controller` ("" for the unified hierarchy). */
static char *find_line(const char *text, const char *controller)
{
    while (text && *text) {
        const char *end = strchrnul(text, '\n');
        const char *first = memchr(text, ':', (size_t)(end - text));
        const char *second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
        if (second) {
            size_t n = (size_t)(second - first - 1);
            bool found = *controller ? names_controller(first + 1, n, controller) : n == 0;
            if (found)
                return g_strndup(second + 1, (gsize)(end - second - 1));
        }
        text = *end ? end + 1 : end;
    }
    return NULL;
}

char *cgroup_path(const char *text)
{
    static const char *const order[] = {"name=systemd", "pids", "", "memory", "cpu"};
    char *best = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        g_autofree char *path = find_line(text, order[i]);
        /* The root group says nothing; another hierarchy may say more. */
        if (path && (!best || (g_str_equal(best, "/") && !g_str_equal(path, "/")))) {
            g_free(best);
            best = g_steal_pointer(&path);
        }
    }
    return best;
}

char *cgroup_controller_path(const char *text, const char *controller, bool *v2)
{
    char *path = find_line(text, controller);
    *v2 = path == NULL;
    return path ? path : find_line(text, "");
}

char *cgroup_unit(const char *path)
{
    g_auto(GStrv) parts = path ? g_strsplit(path, "/", -1) : NULL;
    for (char **part = parts; part && *part; part++)
        if (g_str_has_suffix(*part, ".service") || g_str_has_suffix(*part, ".scope"))
            return g_strdup(*part);
    return NULL;
}

bool cgroup_owner(struct host *host, const char *path, uid_t *owner, GError **error)
{
    static const char *const mounts[] = {"", "unified", "systemd", "pids", "memory", "cpu"};
    bool found = false;
    g_autoptr(GError) hindered = NULL;
    *owner = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(mounts) && *owner == 0; i++) {
        g_autofree char *whole = g_build_filename("/sys/fs/cgroup", mounts[i], path, NULL);
        g_autoptr(GError) failed = NULL;
        struct host_stat st;
        if (host_stat(host, whole, &st, &failed)) {
            found = true;
            *owner = st.uid;
        } else if (!hindered && !g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT)) {
            hindered = g_steal_pointer(&failed);
        }
    }
    if (*owner == 0 && hindered) {
        g_propagate_error(error, g_steal_pointer(&hindered));
        return false;
    }
    if (!found)
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "no hierarchy below /sys/fs/cgroup shows the group %s", path);
    return found;
}

/* A hierarchy, and whether some file of it was there but could not be read. */
struct tree {
    struct host *host;
    const char *mount;
    bool hindered;
};

/* A file of one group, chomped; NULL when it is not there or cannot be read. */
static char *read_group_file(struct tree *tree, const char *path, const char *file)
{
    g_autofree char *whole = g_build_filename("/sys/fs/cgroup", tree->mount, path, file, NULL);
    g_autoptr(GError) error = NULL;
    char *text = host_read_text(tree->host, whole, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        tree->hindered = true;
        host_note(g_steal_pointer(&error));
    }
    return text ? g_strchomp(text) : NULL;
}

/* A group without a file is one that its controller does not limit; no group is none that was looked at. */
static bool is_there(const struct tree *tree, const char *path)
{
    g_autofree char *group = g_build_filename("/sys/fs/cgroup", tree->mount, path, NULL);
    return host_exists(tree->host, group);
}

typedef bool (*limit_reader)(struct tree *tree, const char *path, double *value, bool *limited);

/* Walks from the group to the root and keeps the lowest limit. */
static struct cgroup_limit lowest(struct host *host, const char *mount, const char *path, limit_reader reader)
{
    struct tree tree = {host, mount, false};
    struct cgroup_limit limit = {.read = false};
    g_autofree char *at = g_strdup(path);
    for (unsigned depth = 0; depth < 64; depth++) {
        double value = 0;
        bool limited = false;
        if (reader(&tree, at, &value, &limited)) {
            limit.read = true;
            if (limited && (!limit.limited || value < limit.value))
                limit = (struct cgroup_limit){true, true, value};
        }
        char *slash = strrchr(at, '/');
        if (!slash || at[1] == '\0')
            break;
        slash[slash == at ? 1 : 0] = '\0';
    }
    /* An ancestor that cannot be read may hold the lowest limit. */
    if (tree.hindered)
        return (struct cgroup_limit){0};
    limit.read = limit.read || is_there(&tree, path);
    return limit;
}

static bool parse_limit(char *text, uint64_t unlimited, double *value, bool *limited)
{
    g_autofree char *owned = text;
    uint64_t number = 0;
    if (!owned)
        return false;
    if (g_str_equal(owned, "max") || g_str_equal(owned, "-1"))
        return true;
    if (!value_parse_u64(owned, UINT64_MAX, &number))
        return false;
    *limited = number < unlimited;
    *value = (double)number;
    return true;
}

static bool read_memory_v1(struct tree *tree, const char *path, double *value, bool *limited)
{
    return parse_limit(read_group_file(tree, path, "memory.limit_in_bytes"), V1_UNLIMITED, value, limited);
}

static bool read_memory_v2(struct tree *tree, const char *path, double *value, bool *limited)
{
    return parse_limit(read_group_file(tree, path, "memory.max"), UINT64_MAX, value, limited);
}

static bool read_pids(struct tree *tree, const char *path, double *value, bool *limited)
{
    return parse_limit(read_group_file(tree, path, "pids.max"), UINT64_MAX, value, limited);
}

static bool read_cpu_v1(struct tree *tree, const char *path, double *value, bool *limited)
{
    double period = 0;
    bool has_period = false;
    if (!parse_limit(read_group_file(tree, path, "cpu.cfs_quota_us"), UINT64_MAX, value, limited))
        return false;
    if (!*limited)
        return true;
    if (!parse_limit(read_group_file(tree, path, "cpu.cfs_period_us"), UINT64_MAX, &period, &has_period) || period < 1)
        return false;
    *value /= period;
    return true;
}

static bool read_cpu_v2(struct tree *tree, const char *path, double *value, bool *limited)
{
    g_autofree char *text = read_group_file(tree, path, "cpu.max");
    g_auto(GStrv) words = text ? g_strsplit(text, " ", 2) : NULL;
    uint64_t quota = 0, period = 0;
    if (!words || !words[0] || !words[1] || !value_parse_u64(words[1], UINT64_MAX, &period) || period == 0)
        return false;
    if (g_str_equal(words[0], "max"))
        return true;
    if (!value_parse_u64(words[0], UINT64_MAX, &quota))
        return false;
    *limited = true;
    *value = (double)quota / (double)period;
    return true;
}

/* Where version 2 is mounted: /sys/fs/cgroup itself, or beside version 1 in "unified". */
static const char *v2_mount(struct host *host)
{
    return host_exists(host, "/sys/fs/cgroup/cgroup.controllers") ? "" : "unified";
}

char *cgroup_v2_folder(struct host *host, const char *path)
{
    char *folder = g_build_filename("/sys/fs/cgroup", v2_mount(host), path, NULL);
    gsize n = strlen(folder);
    if (n > 1 && folder[n - 1] == '/')
        folder[n - 1] = '\0';
    return folder;
}

/* Version 1 mounts "cpu" as a link to "cpu,cpuacct" or alone. */
static struct cgroup_limit find_limit(struct host *host, const char *text, const char *controller, limit_reader v1,
                                      limit_reader v2)
{
    bool unified = false;
    g_autofree char *path = text ? cgroup_controller_path(text, controller, &unified) : NULL;
    if (!path || path[0] != '/')
        return (struct cgroup_limit){0};
    if (unified)
        return lowest(host, v2_mount(host), path, v2);
    return lowest(host, controller, path, v1);
}

struct cgroup_limit cgroup_memory_limit(struct host *host, const char *text)
{
    return find_limit(host, text, "memory", read_memory_v1, read_memory_v2);
}

struct cgroup_limit cgroup_pids_limit(struct host *host, const char *text)
{
    return find_limit(host, text, "pids", read_pids, read_pids);
}

/* "0-3,8": how many; 0 when it is no such list. */
static unsigned count_processors(const char *list)
{
    g_auto(GStrv) ranges = g_strsplit(list, ",", -1);
    unsigned count = 0;
    for (char **range = ranges; *range; range++) {
        uint64_t first = 0, last = 0;
        char *dash = strchr(g_strstrip(*range), '-');
        if (dash)
            *dash = '\0';
        bool good = value_parse_u64(*range, G_MAXUINT16, &first) &&
                    value_parse_u64(dash ? dash + 1 : *range, G_MAXUINT16, &last) && last >= first;
        if (!good)
            return 0;
        count += (unsigned)(last - first) + 1;
    }
    return count;
}

/* Of the machine; 0: not known. */
static unsigned online_processors(struct host *host)
{
    g_autofree char *online = host_read_text(host, "/sys/devices/system/cpu/online", NULL);
    return online ? count_processors(online) : 0;
}

/* How many processors its cpuset has when these are fewer than the machine's; 0: it is not bounded so. */
static unsigned fewer_processors(struct host *host, const char *text, unsigned all)
{
    bool v2 = false;
    g_autofree char *path = text ? cgroup_controller_path(text, "cpuset", &v2) : NULL;
    struct tree tree = {host, v2 ? v2_mount(host) : "cpuset", false};
    g_autofree char *set =
        path ? read_group_file(&tree, path, v2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus") : NULL;
    unsigned mine = set ? count_processors(set) : 0;
    return mine < all ? mine : 0;
}

struct cgroup_limit cgroup_cpu_limit(struct host *host, const char *text)
{
    struct cgroup_limit limit = find_limit(host, text, "cpu", read_cpu_v1, read_cpu_v2);
    unsigned all = limit.read ? online_processors(host) : 0;
    unsigned processors = limit.read ? fewer_processors(host, text, all) : 0;
    limit.limited = limit.limited && (!all || limit.value < all);
    if (processors && (!limit.limited || processors < limit.value))
        limit = (struct cgroup_limit){true, true, processors};
    return limit;
}

struct cgroup_limit cgroup_cpu_weight(struct host *host, const char *text)
{
    bool unified = false;
    struct cgroup_limit weight = {0};
    g_autofree char *path = text ? cgroup_controller_path(text, "cpu", &unified) : NULL;
    weight.read = text && !path; /* without the controller there is none */
    if (!path)
        return weight;
    struct tree tree = {host, unified ? v2_mount(host) : "cpu", false};
    char *read = read_group_file(&tree, path, unified ? "cpu.weight" : "cpu.shares");
    bool absent = !read && !tree.hindered && is_there(&tree, path);
    weight.read = parse_limit(read, UINT64_MAX, &weight.value, &weight.limited) || absent;
    return weight;
}

static bool read_swap_v1(struct tree *tree, const char *path, double *value, bool *limited)
{
    return parse_limit(read_group_file(tree, path, "memory.memsw.limit_in_bytes"), V1_UNLIMITED, value, limited);
}

static bool read_swap_v2(struct tree *tree, const char *path, double *value, bool *limited)
{
    return parse_limit(read_group_file(tree, path, "memory.swap.max"), UINT64_MAX, value, limited);
}

struct cgroup_limit cgroup_swap_limit(struct host *host, const char *text, bool *v2)
{
    *v2 = false;
    if (text)
        g_free(cgroup_controller_path(text, "memory", v2));
    return find_limit(host, text, "memory", read_swap_v1, read_swap_v2);
}

/* A file of the process's own group in a version 1 hierarchy; NULL on version 2. */
static char *read_v1_file(struct host *host, const char *text, const char *controller, const char *file)
{
    bool v2 = false;
    g_autofree char *path = text ? cgroup_controller_path(text, controller, &v2) : NULL;
    struct tree tree = {host, controller, false};
    return path && !v2 ? read_group_file(&tree, path, file) : NULL;
}

bool cgroup_oom_kill_disabled(struct host *host, const char *text, bool *known)
{
    bool v2 = false;
    g_autofree char *path = text ? cgroup_controller_path(text, "memory", &v2) : NULL;
    g_autofree char *control = read_v1_file(host, text, "memory", "memory.oom_control");
    *known = (path && v2) || control;
    return control && strstr(control, "oom_kill_disable 1");
}

char **cgroup_device_rules(struct host *host, const char *text)
{
    g_autofree char *list = read_v1_file(host, text, "devices", "devices.list");
    return list ? g_strsplit(list, "\n", -1) : NULL;
}

bool cgroup_has_v1(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *colon = strchr(*line, ':');
        if (colon && colon[1] != ':' && !g_str_has_prefix(colon + 1, "name="))
            return true;
    }
    return false;
}
