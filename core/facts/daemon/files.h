/* The files that say how an instance of a daemon starts, and whether they are newer than it. */
#pragma once

#include "facts/daemon/instance.h"

struct daemon_files {
    char **files; /* its configuration, drop-ins and imports, its unit with drop-ins and environment files */
    struct problem *files_why;   /* why there may be more of them; NULL when these are all */
    gint64 started;              /* when its process started, seconds since the epoch; -1: not known, or no process */
    struct problem *started_why; /* why that is not known; NULL */
    char **newer;                /* those of the files that were written since; NULL without a process */
    struct problem *newer_why;   /* why there may be more of them; NULL when these are all */
};

/* When a process was started, in seconds since the epoch; -1 with *why, which the caller frees, when it cannot be told.
 */
gint64 daemon_started(struct host *host, const struct process *process, struct problem **why);
/* Looked at once a host, which owns it. Never NULL. */
const struct daemon_files *daemon_files_find(struct host *host, const struct daemon_instance *instance);
/* Why a file or a default may have another value than the one that the running process took up at its start; NULL when
 * it has not, and for an instance without a process. Looked at once a host, which owns it. */
const struct problem *daemon_files_differ(struct host *host, const struct daemon_instance *instance);
