/* Progress on standard error: one line rewritten on a terminal, or a line a step for machines. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct progress {
    bool lines;    /* --progress lines */
    bool terminal; /* one rewritten line, from the first second on */
    bool shown;
    gint64 started; /* monotonic microseconds */
    gint64 drawn;
};

void progress_init(struct progress *progress, const char *how);
/* An engine_progress callback; `data` is a struct progress. */
void progress_step(void *data, unsigned done, unsigned total, const char *what);
/* Takes the line away. */
void progress_end(struct progress *progress);
