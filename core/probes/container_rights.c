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
        if (!gather_caps(view, sets[i].set, &mask))
            item_unread(item, sets[i].field, "the capabilities of some of its processes could not be read");
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

/* ---- all of them ---- */

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

void container_set_privileged(const struct view *view, struct item *item)
{
    json_object *devices = NULL;
    json_object_object_get_ex(item->fields, "devices", &devices);
    bool has_devices = devices && json_object_array_length(devices);
    bool devices_known = !item->unread || !g_hash_table_contains(item->unread, "devices");
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
