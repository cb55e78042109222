/* Problems: what hindered a lookup, so that there may be more than was found. */
#pragma once

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

/* An empty list of struct problem. Caller unrefs. */
GPtrArray *problems_new(void);
/* Appends one and returns it, borrowed. A byte of the reason that is no UTF-8 becomes \xNN. */
struct problem *problems_add(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *reason);
void problems_add_format(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Maps a failed read to a problem and frees nothing: DENIED becomes unknown with the remediation RUN_AS_ROOT, LIMIT,
 * PARSE, KIND and READ become errors. ABSENT adds nothing, and NULL is returned: absence is an answer, not a problem.
 */
struct problem *problems_add_error(GPtrArray *problems, const GError *error);
/* Appends copies of all of another list. */
void problems_copy(GPtrArray *to, const GPtrArray *from);
