/* The rights of a container's processes, joined: one process that was started inside with more rights than the first
 * one is enough. */
#include "probes/container_rights.h"

#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

/* ---- rights ---- */

/* The union over all processes; false when some could not be read. */
static bool gather_caps(const struct view *view, enum capset set, uint64_t *mask)
{
    bool known = true;
    *mask = 0;
    for (guint i = 0; i < view->processes->len; i++) {
        known &= view_process(view, i)->caps_known;
        *mask |= view_process(view, i)->caps_known ? view_process(view, i)->caps[set] : 0;
    }
    return known;
}

static void set_caps(const struct view *view, struct item *item)
{
    static const struct {
        const char *field;
        enum capset set;
    } sets[] = {
        {"caps_effective", CAPSET_EFFECTIVE}, {"caps_bounding", CAPSET_BOUNDING},
        {"caps_permitted", CAPSET_PERMITTED}, {"caps_inheritable", CAPSET_INHERITABLE},
        {"caps_ambient", CAPSET_AMBIENT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        uint64_t mask = 0;
        if (!gather_caps(view, sets[i].set, &mask)) {
            item_unread(item, sets[i].field, "the capabilities of some of its processes could not be read");
            continue;
        }
        g_auto(GStrv) names = host_capability_names(mask);
        item_set_strv(item, sets[i].field, (const char *const *)names);
    }
}

/* 0 off, 1 strict, 2 filter; -1 not known. Off is the weakest, then filter. */
static int weakest_seccomp(const struct view *view)
{
    static const int strength[] = {0, 2, 1};
    int weakest = -1;
    bool known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        int mode = view_process(view, i)->seccomp;
        if (mode < 0 || mode > 2) {
            known = false;
            continue;
        }
        if (weakest < 0 || strength[mode] < strength[weakest])
            weakest = mode;
    }
    return known || weakest == 0 ? weakest : -1;
}

static void set_seccomp(const struct view *view, struct item *item)
{
    static const char *const modes[] = {"off", "strict", "filter"};
    int mode = weakest_seccomp(view);
    if (mode >= 0)
        item_set_string(item, "seccomp", modes[mode]);
    else
        item_unread(item, "seccomp", "the state of some of its processes could not be read");
    bool all = true, known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        all &= view_process(view, i)->no_new_privs > 0;
        known &= view_process(view, i)->no_new_privs >= 0;
    }
    bool some_without = false;
    for (guint i = 0; i < view->processes->len; i++)
        some_without |= view_process(view, i)->no_new_privs == 0;
    if (known || some_without)
        item_set_bool(item, "no_new_privs", all);
    else
        item_unread(item, "no_new_privs", "the state of some of its processes could not be read");
}

/* ---- LSM ---- */

/* The type of an SELinux context "user:role:type:level"; NULL when it is none. */
static char *selinux_type(const char *label)
{
    g_auto(GStrv) parts = g_strsplit(label, ":", 4);
    return g_strv_length(parts) >= 3 ? g_strdup(parts[2]) : NULL;
}

static bool is_confined(const char *label)
{
    if (!*label || g_str_has_prefix(label, "unconfined"))
        return false;
    g_autofree char *type = selinux_type(label);
    if (type && g_str_has_suffix(type, "_t"))
        return (g_str_has_prefix(type, "container_") && !g_str_equal(type, "container_runtime_t")) ||
               g_str_has_prefix(type, "svirt_");
    return g_str_has_suffix(label, " (enforce)");
}

static void set_label(const struct view *view, struct item *item)
{
    if (view->first->label)
        item_set_string(item, "label", view->first->label);
    else
        item_unread(item, "label", "/proc/%d/attr/current could not be read", view->first->pid);
    bool all = true, known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const char *label = view_process(view, i)->label;
        known &= label != NULL;
        all &= !label || is_confined(label);
    }
    if (known || !all)
        item_set_bool(item, "confined", all);
    else
        item_unread(item, "confined", "the label of some of its processes could not be read");
}

/* ---- devices ---- */

#define DEVICES_MAX 512

/* What every runtime makes. */
static bool is_standard_device(const char *name)
{
    static const char *const names[] = {"null", "zero", "full", "random",  "urandom",
                                        "tty",  "ptmx", "core", "console", NULL};
    return g_strv_contains(names, name) || g_str_has_prefix(name, "pts/");
}

static bool is_device(mode_t mode)
{
    return (mode & 0170000) == 0020000 || (mode & 0170000) == 0060000;
}

/* Below /dev, three directories deep. */
static bool list_devices(struct host *host, const char *base, const char *below, unsigned depth, json_object *devices)
{
    g_autofree char *directory = g_build_filename(base, below, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(host, directory, &error);
    if (!names)
        return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    bool all = true;
    for (char **name = names; *name && json_object_array_length(devices) < DEVICES_MAX; name++) {
        g_autofree char *relative = *below ? g_build_filename(below, *name, NULL) : g_strdup(*name);
        g_autofree char *path = g_build_filename(base, relative, NULL);
        struct host_stat found;
        g_autoptr(GError) failed = NULL;
        if (!host_lstat(host, path, &found, &failed)) {
            all &= g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT);
            continue;
        }
        if (is_device(found.mode) && !is_standard_device(relative)) {
            g_autofree char *shown = g_strconcat("/dev/", relative, NULL);
            json_object_array_add(devices, tree_new_text(shown));
        }
        bool enter = (found.mode & 0170000) == 0040000 && depth < 3 && !g_str_equal(relative, "pts") &&
                     !g_str_equal(relative, "shm") && !g_str_equal(relative, "mqueue");
        if (enter)
            all &= list_devices(host, base, relative, depth + 1, devices);
    }
    return all;
}

struct device_look {
    const struct view *view;
    json_object *devices; /* NULL: they could not be read */
};

/* In one crossing to the thread that sees into other processes: there may be hundreds of nodes. */
static void look_at_devices(gpointer data)
{
    struct device_look *look = data;
    g_autofree char *base = g_strdup_printf("/proc/%d/root/dev", look->view->first->pid);
    look->devices = json_object_new_array();
    if (!list_devices(look->view->host, base, "", 0, look->devices))
        g_clear_pointer(&look->devices, json_object_put);
}

static json_object *find_devices(const struct view *view)
{
    struct device_look look = {.view = view};
    host_look(view->host, look_at_devices, &look);
    return look.devices;
}

/* All capabilities that the kernel knows and the host itself has: a virtual machine or an outer container may lack
 * some, and then no container can have them. */
static uint64_t all_caps(struct host *host)
{
    const struct process *init = host_process(host, 1);
    uint64_t held = init && init->caps_known && init->caps[CAPSET_BOUNDING] ? init->caps[CAPSET_BOUNDING] : UINT64_MAX;
    g_autofree char *text = host_read_text(host, "/proc/sys/kernel/cap_last_cap", NULL);
    uint64_t last = 0;
    if (text && value_parse_u64(g_strchomp(text), 62, &last))
        return (((uint64_t)1 << (last + 1)) - 1) & held;
    return (((uint64_t)1 << 41) - 1) & held; /* CAP_CHECKPOINT_RESTORE (Linux 5.9) is the last since */
}

void container_set_devices(const struct view *view, struct item *item)
{
    json_object *devices = find_devices(view);
    bool has_devices = devices && json_object_array_length(devices);
    bool devices_known = devices != NULL;
    if (devices)
        item_set(item, "devices", devices);
    else
        item_unread(item, "devices", "/proc/%d/root/dev could not be read", view->first->pid);
    uint64_t mask = 0, all = all_caps(view->host);
    bool caps_known = gather_caps(view, CAPSET_BOUNDING, &mask);
    int seccomp = weakest_seccomp(view);
    bool has_all = (mask & all) == all;
    bool privileged = has_all && (has_devices || seccomp == 0);
    bool not_privileged = (!has_all && caps_known) || (has_all && devices_known && seccomp > 0);
    if (privileged || not_privileged)
        item_set_bool(item, "privileged", privileged);
    else
        item_unread(item, "privileged", "its capabilities, devices or seccomp state could not be read");
}

void container_set_rights(const struct view *view, struct item *item)
{
    set_caps(view, item);
    set_seccomp(view, item);
    set_label(view, item);
}
