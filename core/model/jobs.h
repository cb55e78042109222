/* Work that several threads share. A thread that cannot be had is done without: the caller's own takes jobs as well, so
 * that all of them are done whatever the machine has left (RLIMIT_NPROC, pids.max, memory). */
#pragma once

#include <glib.h>

/* Runs function(job, data) for every job, in their order of beginning, in up to `threads` threads of which the caller's
 * is one. Returns when all are done. `threads` 0 counts as 1. */
void jobs_run(const GPtrArray *jobs, guint threads, GFunc function, gpointer data);
