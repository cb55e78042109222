/* Problems: what hindered a lookup, so that there may be more than was found, or that a field is not known. */
#pragma once

#include "model/cleanup.h"

#include <glib.h>
#include <stdbool.h>

enum problem_kind {
    PROBLEM_ERROR,         /* the observation failed: broken file, limit, I/O error */
    PROBLEM_UNKNOWN,       /* it was not possible to look: no privilege, vanished, unreadable */
    PROBLEM_NOTAPPLICABLE, /* such a thing cannot exist here: no kernel configuration ... */
    PROBLEM_OFFLINE,       /* not applicable to a directory, but a running machine could tell */
};

struct problem {
    enum problem_kind kind;
    char *reason;      /* one sentence without a full stop, with the path or object it is about */
    char *remediation; /* what the reader can do (RUN_AS_ROOT), NULL when nothing is known */
    bool doubt; /* it is not known what it spoilt: what was found may be wrong as well, so that nothing is decided */
};

/* The remediation for a lack of rights. */
#define RUN_AS_ROOT "run as root"

/* One on its own: a byte of the reason that is no UTF-8 becomes \xNN. Caller frees. */
struct problem *problem_new(enum problem_kind kind, const char *remediation, const char *reason);
/* A failed read as a problem: DENIED becomes unknown with the remediation RUN_AS_ROOT, ABSENT unknown (it vanished,
 * or was expected), all else an error. Caller frees. */
struct problem *problem_of_error(const GError *error);
struct problem *problem_copy(const struct problem *problem);
void problem_free(struct problem *problem); /* NULL is fine */
PL_DEFINE_CLEANUP(problem, problem_free)

/* An empty list of struct problem. Caller unrefs. */
GPtrArray *problems_new(void);
/* Appends problem_new() and returns it, borrowed. */
struct problem *problems_add(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *reason);
void problems_add_format(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Adds problem_of_error() and frees nothing. ABSENT adds nothing, and NULL is returned: absence is an answer, not a
 * problem. */
struct problem *problems_add_error(GPtrArray *problems, const GError *error);
/* Appends copies of all of another list. */
void problems_copy(GPtrArray *to, const GPtrArray *from);
