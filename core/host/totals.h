/* What the machine has altogether: memory and processors, and since when it runs. */
#pragma once

#include "host/host.h"

struct host_totals {
    uint64_t memory, swap; /* KiB */
    GError *memory_error;  /* why neither is known; NULL: they are */
    uint64_t boot;         /* seconds since the epoch; 0: not known */
    uint64_t cpus;         /* online; 0: not known */
    GError *boot_error, *cpus_error;
};

/* Of the running machine by libproc2, where that was loaded; else from /proc/meminfo and /proc/stat, as of any other
 * host. Owned by the host. An offline root has none (PL_ERROR_ABSENT). */
const struct host_totals *host_totals(struct host *host);
