/* File permissions are judged as the kernel does: with the ids that the host sees, CAP_DAC_OVERRIDE only outside of a
 * user namespace (capabilities over an inode need its owner mapped). Access lists are not looked at: what they grant
 * beyond the mode is rare on the paths of interest, and the rules about mounts judge without the user. */
#include "probes/container/permit.h"

#include "facts/process/namespaces.h"
#include "probes/container/gain.h"

#include <sys/capability.h>

static bool in_group(const struct process *process, gid_t gid)
{
    if (process->gid[1] == gid)
        return true;
    for (unsigned n = 0; n < process->n_groups; n++)
        if (process->groups[n] == gid)
            return true;
    return false;
}

/* `bits` as in the last octal digit of a mode. */
static bool process_may(const struct view *view, const struct process *process, const struct host_stat *file,
                        unsigned bits)
{
    bool host_user = namespace_relation(view->host, process, NS_USER) == NS_SHARED;
    /* Whoever becomes any user has what the owner has. */
    uint64_t caps = host_user ? gain_caps(view, process) : 0;
    if (caps & (CAP_BIT(CAP_DAC_OVERRIDE) | CAP_BIT(CAP_SETUID)))
        return true;
    if (!file->uid && gain_root(view, process) && file->mode >> 6 & bits)
        return true;
    if (!(bits & 2) && caps & CAP_BIT(CAP_DAC_READ_SEARCH))
        return true;
    if (!process->ids_known)
        return true; /* not known: reach is not denied */
    if (process->uid[1] == file->uid)
        return file->mode >> 6 & bits;
    return in_group(process, file->gid) || caps & CAP_BIT(CAP_SETGID) ? file->mode >> 3 & bits : file->mode & bits;
}

bool container_users_may(const struct view *view, const struct host_stat *file, unsigned bits)
{
    for (guint i = 0; i < view->processes->len; i++)
        if (process_may(view, view_process(view, i), file, bits))
            return true;
    for (guint i = 0; i < view->processes->len; i++)
        gain_note(view, view_process(view, i));
    return false;
}

bool container_users_may_be(const struct view *view, uid_t uid)
{
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        bool host_user = namespace_relation(view->host, process, NS_USER) == NS_SHARED;
        bool changes = host_user && gain_caps(view, process) & CAP_BIT(CAP_SETUID);
        if (changes || !process->ids_known || process->uid[1] == uid || (!uid && host_user && gain_root(view, process)))
            return true;
    }
    return false;
}
