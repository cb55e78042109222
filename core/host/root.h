/* A directory that is audited as a root, opened and told what it is.
 *
 * Which files, mounts and settings are the machine's is a matter of namespaces: who starts plumbline may have given it
 * others (a unit with PrivateTmp=, ProtectHome= or PrivateNetwork=, `unshare`, a container). What process 1 sees is the
 * machine. Sources: namespaces(7), mount_namespaces(7), proc_pid_ns(5), systemd.exec(5). */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

enum root_kind {
    ROOT_MACHINE, /* this process's "/" */
    /* The running machine's root in another place, as a container sees it that was given the host's files: procfs is
     * mounted in it, process 1 has it as its root, and we are in the namespaces that its settings are asked by. */
    ROOT_LIVE,
    ROOT_OFFLINE, /* an image, a chroot, a tree: nothing runs in it */
    /* The same with a procfs in it whose processes have another root, and say nothing about this one: /proc and /sys
     * are left out. A chroot that plumbline runs in ("/") too. */
    ROOT_FOREIGN,
};

struct root {
    enum root_kind kind;
    bool mounted; /* /proc or /sys was seen in it as the kernel's */
    pid_t
        first; /* of a live root: a process that sees the host as it is: 1, or the kernel's 2 where 1 is closed to us */
    /* Live, and seen as `first` sees it, whose mounts are others than this process's. */
    bool outside;
    char *name;       /* for people: "/", or the directory without "." and ".." */
    char *path;       /* where it is in the mount table `mounts`; NULL: in none that is known */
    int fd;           /* the directory, O_RDONLY */
    int mounts;       /* that table, open; -1: it cannot be read */
    const char *note; /* what people must know of this view, a sentence; NULL */
};

/* `directory` NULL: the machine that plumbline runs on, whatever it sees of it itself; "/" is what it sees itself.
 * PL_ERROR_UNSUPPORTED with what to do where that is the running machine, but plumbline would look at settings of its
 * own container or unit instead (another PID, network, ... namespace), or /sys is missing. PL_ERROR_* where it is no
 * directory that can be read. Looks into process 1, which takes the privileges that plumbline starts with. */
struct root *root_open(const char *directory, GError **error);
void root_free(struct root *root);
PL_DEFINE_CLEANUP(root, root_free)

/* It is what this process sees as "/", and its process numbers are the whole machine's: no mounted root, and no
 * container or unit with namespaces of its own that matter. */
bool root_is_here(const struct root *root);

/* Goes into the namespaces that the settings of a live root belong to, as far as it is allowed (CAP_SYS_ADMIN); what
 * was not possible root_open() finds. For all other roots nothing. Before any thread or process is started. */
void root_join(const char *directory);
