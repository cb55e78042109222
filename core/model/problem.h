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
 * or was expected), all else an error. NULL of NULL. Caller frees. */
struct problem *problem_of_error(const GError *error);
/* The same of what something else says is there: that it is not is damage, an error. */
struct problem *problem_of_expected(const GError *error);
/* The same of a question to somebody who gave no answer: unknown, whether nobody was there or it failed. */
struct problem *problem_of_unanswered(const GError *error);
/* Of another kind, by who knows what the failure means (taken and returned). */
struct problem *problem_as(struct problem *problem, enum problem_kind kind);
/* For who can only hear of errors: PL_ERROR_DENIED where root could see it, else PL_ERROR_READ, so that it is never
 * taken for an absence. Caller frees. */
GError *problem_to_error(const struct problem *problem);
struct problem *problem_copy(const struct problem *problem); /* NULL of NULL */
/* Unknown, and nothing is known to help; the reason is made like printf's. Caller frees. */
struct problem *problem_unknown(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same of a thing that is broken, of a form that nobody documents, or beyond a bound: an error. */
struct problem *problem_damaged(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Says first, like printf, what a problem (taken; its kind and remediation stay) has spoilt: "the start of pid 7 is not
 * known: /proc/stat: Permission denied". Of NULL it is all that is known: problem_unknown(). Caller frees. */
struct problem *problem_of(struct problem *problem, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* *first becomes the problem (taken, NULL is fine), unless there is one: the first one counts. */
void problem_keep(struct problem **first, struct problem *problem);
void problem_free(struct problem *problem); /* NULL is fine */
PL_DEFINE_CLEANUP(problem, problem_free)

/* An empty list of struct problem. Caller unrefs. */
GPtrArray *problems_new(void);
/* Appends problem_new() and returns it, borrowed. */
struct problem *problems_add(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *reason);
void problems_add_format(GPtrArray *problems, enum problem_kind kind, const char *remediation, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Appends a problem, which is taken. */
void problems_take(GPtrArray *problems, struct problem *problem);
/* Adds problem_of_error() and frees nothing. ABSENT adds nothing, and NULL is returned: absence is an answer, not a
 * problem. */
struct problem *problems_add_error(GPtrArray *problems, const GError *error);
/* Appends copies of all of another list. */
void problems_copy(GPtrArray *to, const GPtrArray *from);
