/* What plumbline may do itself, given up before the first byte of the host is judged. An audit is several processes,
 * each of which has a role here and nothing beyond it. */
#pragma once

#include "model/audit.h"

#include <glib.h>

enum sandbox_role {
    SANDBOX_JUDGE,   /* parses everything: reads files, writes to descriptors that it was given */
    SANDBOX_READER,  /* looks into other processes for the judge (host/reader_server.h) */
    SANDBOX_BROKER,  /* connects to the sockets of engines for the judge (host/engine_server.h) */
    SANDBOX_DEVICES, /* asks the kernel which programs guard the devices of control groups (host/device_programs.h) */
    /* Gives finished reports their names, ends the judge when it hangs. Rules judge it as one of the host's processes:
     * an ordinary user's is not made undumpable, which would hide it from that user. */
    SANDBOX_WRITER,
};

struct sandbox_plan {
    enum sandbox_role role;
    bool network;                  /* judge: TCP clients are needed */
    bool alone;                    /* judge: no reader looks into other processes for it */
    bool memory_files;             /* judge: files in memory, as the hosts of rule tests have */
    unsigned relay_length;         /* judge: connect() with an address of this length has nothing to do and succeeds */
    const char *keep_user;         /* judge: why it has to stay who it is; NULL: it need not */
    pid_t judge;                   /* writer: the process that it may end */
    const char *const *write_dirs; /* writer: folders of reports; NULL-terminated, may be NULL */
};

/* As far as the role allows: another, unprivileged user (judge, where uid 0 has the capabilities that reading takes),
 * all capabilities but CAP_DAC_READ_SEARCH (judge, reader), CAP_SYS_PTRACE (reader, or a judge that is alone),
 * CAP_KILL and where a folder is another user's CAP_DAC_OVERRIDE (writer), CAP_SYS_ADMIN and CAP_NET_ADMIN, of which
 * the filter leaves three commands of bpf(2) that read (devices); no_new_privs; a Landlock domain in which
 * nothing can be changed (judge, broker, devices), or only below write_dirs (writer; a reader has none, since a domain
 * hides other processes from those inside); a seccomp filter that lets through a list of calls and arguments. execve,
 * ptrace, mount, bpf, set*id and their like kill the process, anything else is refused.
 * Applies to all threads; call it before any is started. What this kernel cannot do is said in state->note and is not
 * an error; PL_ERROR_UNSUPPORTED only if nothing at all could be put in force. `state` is filled for the report. */
bool sandbox_enter(const struct sandbox_plan *plan, struct sandbox_state *state, GError **error);

/* Whether every layer that the role has is in force. */
bool sandbox_is_whole(enum sandbox_role role, const struct sandbox_state *state);

/* Frees the texts. */
void sandbox_state_clear(struct sandbox_state *state);
