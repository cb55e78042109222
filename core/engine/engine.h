/* The engine: load -> select -> collect -> judge -> score, one file a step. This header is what the command line
 * sees; each step has a header of its own for the steps after it. */
#pragma once

#include "host/host.h"
#include "model/audit.h"
#include "model/cleanup.h"

#include <glib.h>

struct content; /* everything loaded from checks directories */

/* An error refuses the module or file it is in; a warning is for the author (lint fails on it, an audit does not mind);
 * a note only tells something (a module that replaces another one). */
enum diagnostic_level { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_NOTE };

/* Something to say about a YAML file: shown by lint; errors are run errors of an audit. */
struct diagnostic {
    struct position at; /* line 0: the file could not be read at all */
    char *message;
    enum diagnostic_level level;
};

/* Loads modules, daemons, benchmarks and profiles below each directory, later ones over earlier ones. A broken module
 * is refused whole and named in the diagnostics; the rest stands. NULL with error only when a directory cannot be read.
 */
struct content *content_load(const char *const *dirs, GError **error);
struct content_sources {
    const char *const *dirs;
    const char *compiled; /* the first of them, compiled (compiled.h): used while it is true of it; NULL */
    /* The rules of these layers alone (names; one that is none: all). What is said of names and patterns that meet
     * nothing is left out, for what they mean may be there. NULL: all. */
    const char *const *layers;
};
struct content *content_load_from(const struct content_sources *sources, GError **error);
void content_free(struct content *content);
PL_DEFINE_CLEANUP(content, content_free)
const GPtrArray *content_diagnostics(const struct content *content); /* struct diagnostic, by file and line */
/* "FILE:LINE:COLUMN: MESSAGE", or "FILE: MESSAGE" without a line; a warning or note says so. Caller frees. */
char *diagnostic_text(const struct diagnostic *diagnostic);
/* How many diagnostics there are of a level. */
unsigned content_count(const struct content *content, enum diagnostic_level level);

/* What the command line chose. All vectors NULL-terminated or NULL. */
struct selection {
    const char *const *profiles; /* NULL: auto */
    const char *const *layers;
    const char *const *modules;    /* globs on MODULE or LAYER/MODULE */
    const char *const *rules;      /* globs to keep; on LAYER/MODULE when they have a slash */
    const char *const *skip;       /* globs to leave out */
    const char *const *references; /* "cis-docker-1.6.0" or "cis-docker-1.6.0:2.2" (globs) */
    const char *const *tags;
    const char *severity;      /* "high", "high..", "low..medium", "high,critical"; NULL: all */
    const char *const *sets;   /* "NAME=VALUE" */
    bool network;              /* probes that need the network may run */
    const char *const *probes; /* only rules that use no other probe; NULL: all */
};

struct gate {
    bool none; /* --fail-on none */
    enum severity fail_on;
    double min_score, min_coverage; /* negative: no demand; coverage in percent */
    bool allow_unknown;
    bool new_only; /* what failed in the audit that this one is compared with is no failure of the demand */
    bool asked;    /* fail_on was asked for, and is not what is demanded where nobody says */
};

/* Called from the collecting threads' owner, never concurrently. */
typedef void (*engine_progress)(void *data, unsigned done, unsigned total, const char *what);

struct engine_run {
    const struct content *content;
    struct host *host;
    const struct selection *selection;
    const char *waivers;      /* file of waivers and attestations on the auditing machine, or NULL */
    const struct gate *gate;  /* NULL: none */
    unsigned threads;         /* 0: for collecting two more than there are processors, at most 8 */
    unsigned timeout;         /* seconds after which nothing more is looked at; 0: none */
    gint64 now;               /* Unix time for waiver dates and `started`; 0: the clock */
    engine_progress progress; /* may be NULL */
    void *progress_data;
    bool ends; /* the program ends after it: what was collected for the audit is left to the kernel to free */
};

/* Select, collect, judge, score. NULL with PL_ERROR_USAGE (unknown profile, layer, value ...: with a "did you mean") or
 * PL_ERROR_CONTENT (waiver file). The caller owns the audit; sandbox state is left for the caller to fill. */
struct audit *engine_audit(const struct engine_run *run, GError **error);

/* Recomputes audit->gate from the results: exit code 0, 1, 2 (a rule file is broken) or 3 (a file of ours could not be
 * read, or no rule was judged; 1 then where somebody asked for a demand), and the sentence that explains it. `gate`
 * NULL: no demands.
 */
void engine_gate(struct audit *audit, const struct gate *gate);
