/* The rights of a container's processes, joined: one process that was started inside with more rights than the first
 * one is enough. */
#include "probes/container/rights.h"
#include "probes/common/noted.h"
#include "probes/container/users.h"

#include "facts/container/record.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

/* ---- rights ---- */

/* Why `file` of some processes is not known; `known` asks one of them. NULL: it is of all. Caller frees. */
static GError *failure_of(const struct view *view, bool (*known)(const struct process *process), const char *file)
{
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++)
        if (!known(view_process(view, i)))
            host_process_note(view_process(view, i), file, NULL);
    return host_notes_take(&noted);
}

static bool caps_are_known(const struct process *process)
{
    return process->caps_known;
}

/* The union over all processes, but for those in user namespaces that were made inside: what these have there is
 * nothing that the container has. */
static uint64_t gather_caps(const struct view *view, enum capset set)
{
    uint64_t mask = 0;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (process->caps_known && !container_is_nested(view, process))
            mask |= process->caps[set];
    }
    return mask;
}

/* What the container was started with; false where no record says it. */
static bool told_bounding(const struct view *view, uint64_t *mask)
{
    const GPtrArray *told = view->container->record->wanted;
    for (guint i = 0; i < told->len; i++) {
        const struct container_wanted *wanted = g_ptr_array_index(told, i);
        if (!wanted->bounding_known)
            continue;
        *mask = wanted->bounding;
        return true;
    }
    return false;
}

/* Of processes that are all in namespaces made inside none shows what the container itself has: its bounding set is
 * what it was started with, and of the others nobody has any. */
static bool bounding_of(const struct view *view, uint64_t *mask)
{
    *mask = gather_caps(view, CAPSET_BOUNDING);
    return !view_is_whole(view) || !container_is_all_nested(view) || told_bounding(view, mask);
}

static GError *caps_failure(const struct view *view)
{
    GError *failure = failure_of(view, caps_are_known, "status");
    if (failure)
        return failure;
    struct host_noting noted = host_notes_begin();
    container_note_owner(view);
    return host_notes_take(&noted);
}

static void say_nested(const struct view *view, struct item *item)
{
    item_unread(item, "caps_bounding",
                "%s: all processes are in a user namespace that was made inside, and what the container itself has is "
                "not seen",
                view->container->name);
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
    g_autoptr(GError) failure = caps_failure(view);
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        if (failure)
            item_unread_error(item, sets[i].field, failure);
        uint64_t mask = gather_caps(view, sets[i].set);
        if (sets[i].set == CAPSET_BOUNDING && !bounding_of(view, &mask) && !failure)
            say_nested(view, item);
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

static bool seccomp_is_known(const struct process *process)
{
    return process->seccomp >= 0 && process->seccomp <= 2;
}

static bool privileges_are_known(const struct process *process)
{
    return process->no_new_privs >= 0;
}

static void set_seccomp(const struct view *view, struct item *item)
{
    static const char *const modes[] = {"off", "strict", "filter"};
    int mode = weakest_seccomp(view);
    if (mode >= 0)
        item_set_string(item, "seccomp", modes[mode]);
    else if (view->processes->len) {
        g_autoptr(GError) failure = failure_of(view, seccomp_is_known, "status");
        item_unread_error(item, "seccomp", failure);
    }
    bool all = true, some_without = false;
    for (guint i = 0; i < view->processes->len; i++) {
        all &= view_process(view, i)->no_new_privs > 0;
        some_without |= view_process(view, i)->no_new_privs == 0;
    }
    g_autoptr(GError) failure = failure_of(view, privileges_are_known, "status");
    if (!failure || some_without)
        item_set_bool(item, "no_new_privs", all);
    else
        item_unread_error(item, "no_new_privs", failure);
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

static bool label_is_known(const struct process *process)
{
    return process->label != NULL;
}

static void set_label(const struct view *view, struct item *item)
{
    if (view->first->label)
        item_set_string(item, "label", view->first->label);
    else
        item_unread_process(item, "label", view->first, "attr/current");
    bool all = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const char *label = view_process(view, i)->label;
        all &= !label || is_confined(label);
    }
    g_autoptr(GError) failure = failure_of(view, label_is_known, "attr/current");
    if (!failure || !all)
        item_set_bool(item, "confined", all);
    else
        item_unread_error(item, "confined", failure);
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

static bool is_known(const struct item *item, const char *field)
{
    return !item->unread || !g_hash_table_contains(item->unread, field);
}

static const char *untold(bool caps, int seccomp)
{
    return !caps ? "caps_bounding" : seccomp < 0 ? "seccomp" : "devices";
}

void container_set_privileged(const struct view *view, struct item *item)
{
    json_object *devices = NULL;
    json_object_object_get_ex(item->fields, "devices", &devices);
    bool has_devices = devices && json_object_array_length(devices);
    bool devices_known = is_known(item, "devices");
    uint64_t mask = 0, all = all_caps(view->host);
    bool seen = bounding_of(view, &mask);
    g_autoptr(GError) failure = caps_failure(view);
    bool known = !failure && seen;
    int seccomp = weakest_seccomp(view);
    bool has_all = (mask & all) == all;
    bool privileged = has_all && (has_devices || seccomp == 0);
    bool not_privileged = (!has_all && known) || (has_all && devices_known && seccomp > 0);
    if (privileged || not_privileged)
        item_set_bool(item, "privileged", privileged);
    else
        item_unread_like(item, "privileged", untold(known, seccomp));
}

void container_set_rights(const struct view *view, struct item *item)
{
    set_caps(view, item);
    set_seccomp(view, item);
    set_label(view, item);
}
