/* libproc2, loaded by name: what it says of a process and of the machine, on the machine that this process runs on and
 * nowhere else. It opens /proc by itself, and nothing there that would take more rights than the judge has.
 *
 * Whether a process exists is never asked of it: it leaves out without a word what it cannot read. What it says can be
 * relied on only for the fields below; CONTRIBUTING.md (Decisions) has what was left to the kernel's own texts, and
 * why. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What /proc/PID/stat says. */
struct process_row {
    pid_t pid, ppid;
    uint64_t flags; /* PF_* of the kernel */
    uint64_t start; /* ticks since the boot */
    char state;     /* as the kernel prints it */
};

/* 0: it does not say. */
struct process_totals {
    uint64_t memory, swap; /* KiB; swap counts where memory is known */
    uint64_t boot;         /* seconds since the epoch */
    uint64_t cpus;         /* online */
};

/* True when it is there and says of this very process what the kernel does. A confined process can load nothing: what
 * judges the running machine loads it before. Until then nothing below says anything. PL_ERROR_UNSUPPORTED. */
bool process_library_load(GError **error);
/* The file's name; NULL: plumbline was built without it. */
const char *process_library_name(void);
/* So many processes are asked for at once: libproc2 goes over a thousand places of its own at each call. */
enum { PROCESS_ROWS = 64 };
/* How many of `n` (at most PROCESS_ROWS) are in `out`; those are left out of which it says nothing, and all where it
 * was not loaded. By one thread at a time. */
guint process_library_rows(const pid_t *pids, guint n, struct process_row *out);
/* False: it was not loaded. */
bool process_library_totals(struct process_totals *out);
