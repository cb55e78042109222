/* Collecting: every distinct object once, in parallel. Never judges. */
#pragma once

#include "engine/plan.h"

struct collecting {
    struct host *host;
    const struct daemons *daemons;
    bool network;     /* probes that need the network may run */
    unsigned threads; /* 0: number of processors, at most 8 */
    gint64 deadline;  /* monotonic time in microseconds at which looking ends; 0: never */
    unsigned seconds; /* what the deadline allowed in all, for sentences */
    engine_progress progress;
    void *progress_data;
};

/* Is the rule worth its check's collecting, now that its `applies` was collected? */
typedef bool (*collect_wanted)(const struct bound_rule *rule, const struct host *host);

enum collect_end {
    COLLECT_DONE, /* everything was looked at */
    COLLECT_LATE, /* the time was over; what was not reached holds one problem that says so */
    COLLECT_LEFT, /* the same, and threads are still looking: host, plan, daemons and content must never be freed */
};

/* First what decides whether rules apply, then the checks of those rules that `wanted` wants. What was not wanted stays
 * uncollected (items NULL). The items are the same whatever the number of threads; where none can be had the caller's
 * thread does it all. */
enum collect_end collect(struct plan *plan, const struct collecting *collecting, collect_wanted wanted);
