/* A program that is setuid or has capabilities does nothing for a process with no_new_privs, and nothing where its file
 * system is mounted nosuid. */
#include "probes/container/gain.h"

#include "facts/process/namespaces.h"
#include "model/error.h"
#include "probes/common/noted.h"

#include <sys/capability.h>

static bool is_root(const struct process *process)
{
    return process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
}

/* It has another user namespace than the host: a setuid file of root is one of that namespace's root. */
static bool is_of_host(const struct view *view, const struct process *process)
{
    return namespace_relation(view->host, process, NS_USER) != NS_OWN;
}

static uint64_t held(const struct process *process)
{
    return process->caps_known
               ? process->caps[CAPSET_EFFECTIVE] | process->caps[CAPSET_PERMITTED] | process->caps[CAPSET_AMBIENT]
               : 0;
}

bool gain_may(const struct view *view, const struct process *process)
{
    return process->no_new_privs != 1 && is_of_host(view, process) && !is_root(process) &&
           !(held(process) & CAP_BIT(CAP_SETUID));
}

void container_gain_clear(struct container_gain *gain)
{
    g_clear_error(&gain->error);
}

bool gain_root(const struct view *view, const struct process *process)
{
    if (is_root(process))
        return true;
    if (!is_of_host(view, process))
        return false;
    bool programs = view->gain && view->gain->setuid && gain_may(view, process);
    return programs || held(process) & CAP_BIT(CAP_SETUID);
}

/* With no_new_privs an execve() of root gains nothing (security/commoncap.c). */
uint64_t gain_caps(const struct view *view, const struct process *process)
{
    if (!process->caps_known)
        return 0;
    uint64_t mask = held(process), bounding = process->caps[CAPSET_BOUNDING];
    if (process->no_new_privs == 1)
        return mask;
    if (gain_root(view, process))
        return mask | bounding;
    if (!view->gain || !gain_may(view, process))
        return mask;
    const struct file_caps *caps = &view->gain->caps;
    return mask | (caps->permitted & bounding) | (caps->inheritable & process->caps[CAPSET_INHERITABLE]);
}

void gain_note(const struct view *view, const struct process *process)
{
    if (view->gain && view->gain->error && gain_may(view, process) && !view->gain->setuid)
        host_note(g_error_copy(view->gain->error));
}

void container_set_gain(const struct view *view, struct item *item)
{
    bool root = false;
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (!process->ids_known || process->no_new_privs < 0)
            host_process_note(process, "status", NULL);
        if (namespace_relation(view->host, process, NS_USER) == NS_UNREAD)
            host_process_note(process, "ns/user", NULL);
        gain_note(view, process);
        root |= gain_root(view, process);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (root || !failure)
        item_set_bool(item, "becomes_root", root);
    else
        item_unread_error(item, "becomes_root", failure);
}
