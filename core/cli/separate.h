/* The processes of an audit (sandbox/sandbox.h has their roles). */
#pragma once

#include "cli/command.h"
#include "host/host.h"
#include "host/root.h"
#include "model/audit.h"

/* What the judging process is handed. */
struct judge_side {
    const GPtrArray *outputs; /* they go to the writer */
    struct host *host;        /* NULL where none was asked for */
    /* Enters the sandbox; before it, nothing of the host was judged. PL_ERROR_UNSUPPORTED. */
    bool (*confine)(struct judge_side *side, struct sandbox_state *state, GError **error);
    const struct options *options;
    struct helper *helpers;
    gsize n_helpers;
    bool live;
    const struct root *root; /* of what is audited; NULL: nothing */
};

/* Opens the reports, starts the processes, and is the writer until the judge is done. `judge` runs in a process of its
 * own; what it returns is the exit code, unless it did not come to its end. `root`: of an audit, whose helpers are
 * started too where it is live; NULL. */
enum exit_code separate(const struct options *options, const GPtrArray *outputs, const struct root *root,
                        enum exit_code (*judge)(struct judge_side *side, gpointer data), gpointer data);

/* For commands that look at no host: the judge's sandbox for the process itself, which then writes to its standard
 * output alone. What this kernel cannot do is done without. */
void confine_here(void);
