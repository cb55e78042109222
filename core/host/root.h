/* What a directory is that is audited as a root. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

enum root_kind {
    ROOT_MACHINE, /* "/" */
    /* The running machine's root in another place, as a container sees it that was given the host's files: procfs is
     * mounted in it, process 1 has it as its root, and we are in the namespaces that its settings are asked by. */
    ROOT_LIVE,
    ROOT_OFFLINE, /* an image, a chroot, a tree: nothing runs in it */
    /* The same with a procfs in it whose processes have another root, and say nothing about this one: /proc and /sys
     * are left out. A chroot that plumbline runs in ("/") too. */
    ROOT_FOREIGN,
};

struct root_view {
    enum root_kind kind;
    bool mounted; /* /proc or /sys was seen in it as the kernel's */
    pid_t
        first; /* of a live root: a process that sees the host as it is: 1, or the kernel's 2 where 1 is closed to us */
};

/* PL_ERROR_UNSUPPORTED with what to do where `root` is the running machine's, but plumbline would look at settings of
 * its own container instead (another PID, network, ... namespace), or /sys is missing. What cannot be opened is
 * ROOT_OFFLINE: whoever opens it says so. */
bool host_root_view(const char *root, struct root_view *view, GError **error);

/* Goes into the namespaces that the settings of a live root belong to, as far as it is allowed (CAP_SYS_ADMIN); what
 * was not possible host_root_view() finds. For all other roots nothing. Before any thread or process is started. */
void host_root_join(const char *root);
