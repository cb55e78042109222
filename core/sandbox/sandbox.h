/* What plumbline may do itself, given up before the first byte of the host is judged. */
#pragma once

#include "model/audit.h"

#include <glib.h>

struct sandbox_plan {
    const char *const *write_dirs; /* folders in which report files will be created; NULL-terminated, may be NULL */
    bool network;                  /* TCP and Unix-socket clients are needed */

    /* Called when all but Landlock is in force; may be NULL. Landlock forbids every thread in its domain to look into
     * processes outside of it (/proc/PID/{exe,root,cwd,ns,fd,environ}), whatever capabilities are held: an audit of
     * the live machine starts here the thread that looks for the others, by host_start_reader(host,
     * sandbox_confine_reader, error). False with error stops sandbox_enter(). */
    bool (*before_landlock)(gpointer data, GError **error);
    gpointer data;
};

/* Drops all capabilities but those that reading needs (CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_AUDIT_CONTROL,
 * CAP_NET_ADMIN where held: netlink reads; CAP_DAC_OVERRIDE only when a write_dir belongs to another user and Landlock
 * bounds it to the write_dirs), sets no_new_privs, makes a Landlock domain (reads everywhere, writes
 * only below write_dirs) and installs a seccomp filter: execve, execveat, ptrace, process_vm_writev, mount family,
 * module loading, kexec, bpf, set*id, reboot ... kill the process; what a library may try harmlessly gets EPERM.
 * Applies to all threads; call it before any is started. What this kernel cannot do is said in state->note and is
 * not an error; PL_ERROR_UNSUPPORTED only if nothing at all could be put in force. `state` is filled for the report. */
bool sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *state, GError **error);

/* For the thread that stays out of the Landlock domain: a seccomp filter that lets it look things up and nothing else:
 * no open for writing, no socket, no thread, no memory made executable. Needs no_new_privs. PL_ERROR_UNSUPPORTED. */
bool sandbox_confine_reader(GError **error);
