/* Writing into the memory of a process asks for what looking through /proc/PID/root does, and for what Yama demands
 * beyond (ptrace(2), Documentation/admin-guide/LSM/Yama.rst). Neither needs a system call that filters of engines
 * forbid: /proc/PID/mem is a file. Who writes there has the namespaces, mounts, devices and rights of that process. */
#include "probes/container/control.h"

#include "model/tree.h"
#include "model/value.h"
#include "probes/common/noted.h"
#include "probes/container/gain.h"
#include "probes/container/others.h"

#include <sys/capability.h>

/* kernel.yama.ptrace_scope: from here on only with the capability, and not at all. */
enum { YAMA_RELATIVES = 1, YAMA_NOBODY = 3 };

struct control {
    const struct view *view;
    uint64_t scope; /* of Yama; 0: everything is allowed */
};

/* That it could not be read is noted. */
static uint64_t yama_scope(struct host *host)
{
    g_autofree char *text = host_read_text(host, "/proc/sys/kernel/yama/ptrace_scope", NULL);
    uint64_t scope = 0;
    return text && value_parse_u64(g_strchomp(text), YAMA_NOBODY, &scope) ? scope : 0;
}

/* The policies of engines let confined processes trace those alone that have the same label. */
static bool label_allows(const struct process *mine, const struct process *other)
{
    bool confined = mine->label && *mine->label && !g_str_has_prefix(mine->label, "unconfined");
    return !confined || !g_strcmp0(mine->label, other->label);
}

static bool may_attach(const struct control *control, const struct process *other)
{
    const struct view *view = control->view;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *mine = view_process(view, i);
        bool yama = control->scope < YAMA_RELATIVES ||
                    (control->scope < YAMA_NOBODY && gain_caps(view, mine) & CAP_BIT(CAP_SYS_PTRACE));
        if (yama && container_may_look(view, mine, other) && label_allows(mine, other))
            return true;
    }
    container_note_other(view, other);
    return false;
}

/* What `weak` can do `strong` can as well: it is root, or the same user, with no fewer capabilities. */
static bool covers(const struct process *strong, const struct process *weak)
{
    uint64_t theirs = weak->caps[CAPSET_PERMITTED], own = strong->caps[CAPSET_PERMITTED];
    bool user = !strong->uid[1] || strong->uid[1] == weak->uid[1] || own & CAP_BIT(CAP_SETUID);
    return user && strong->caps_known && weak->caps_known && (own & theirs) == theirs;
}

static bool is_covered(const GPtrArray *attached, const struct process *process)
{
    for (guint i = 0; i < attached->len; i++)
        if (covers(g_ptr_array_index(attached, i), process))
            return true;
    return false;
}

enum hold { HOLD_NONE, HOLD_SOME, HOLD_ALL };

/* Of a container with a process that is beyond reach only the part of the others is held. */
static enum hold hold_of(const struct control *control, const struct container *other)
{
    g_autoptr(GPtrArray) attached = g_ptr_array_new(), beyond = g_ptr_array_new();
    for (guint i = 0; i < other->processes->len; i++) {
        gpointer process = g_ptr_array_index(other->processes, i);
        g_ptr_array_add(may_attach(control, process) ? attached : beyond, process);
    }
    if (!attached->len)
        return HOLD_NONE;
    for (guint i = 0; i < beyond->len; i++)
        if (!is_covered(attached, g_ptr_array_index(beyond, i)))
            return HOLD_SOME;
    return HOLD_ALL;
}

/* Whether both are in one process namespace cannot be told. */
static bool is_apart(const struct view *view, const struct container *other)
{
    bool placed = view->first->ns[NS_PID] && other->first->ns[NS_PID];
    return other != view->container && !placed;
}

void container_set_control(const struct view *view, struct item *item)
{
    json_object *names = json_object_new_array();
    const char *part = NULL, *apart = NULL; /* held in part; not known whether it is seen */
    bool any = false, all = container_sees_all(view, true);
    struct host_noting noted = host_notes_begin();
    struct control control = {.view = view};
    for (guint i = 0; i < view->containers->list->len; i++) {
        const struct container *other = g_ptr_array_index(view->containers->list, i);
        apart = !apart && is_apart(view, other) ? other->name : apart;
        if (!container_sees(view, other, all))
            continue;
        if (!any)
            control.scope = yama_scope(view->host);
        any = true;
        enum hold hold = hold_of(&control, other);
        if (hold == HOLD_ALL)
            tree_add_text(names, other->name);
        part = hold == HOLD_SOME && !part ? other->name : part;
    }
    if (any)
        container_note_lookers(view);
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "steers", names, failure);
    if (apart)
        item_unread(item, "steers", "%s: whether it is in the same process namespace is not known", apart);
    if (part)
        item_unread(item, "steers", "%s: some of its processes can be made to run code from here, the others not",
                    part);
}
