/* Collecting: every distinct object once, in parallel. Never judges. */
#pragma once

#include "engine/plan.h"

struct collecting {
    struct host *host;
    const struct daemons *daemons;
    bool network;     /* probes that need the network may run */
    unsigned threads; /* 0: number of processors, at most 8; 1: in the caller's thread */
    engine_progress progress;
    void *progress_data;
};

/* Is the rule worth its check's collecting, now that its `applies` was collected? */
typedef bool (*collect_wanted)(const struct bound_rule *rule, const struct host *host);

/* First what decides whether rules apply, then the checks of those rules that `wanted` wants. What was not wanted stays
 * uncollected (items NULL). The items are the same whatever the number of threads. */
void collect(struct plan *plan, const struct collecting *collecting, collect_wanted wanted);
