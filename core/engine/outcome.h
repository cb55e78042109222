/* Outcomes: what tests and trees of tests come to, and how they combine. Between judge.c and its parts only. */
#pragma once

#include "engine/plan.h"
#include "model/audit.h"

struct outcome {
    enum verdict verdict;
    char *reason, *cause, *remediation; /* each may be NULL */
    char *missing;                      /* what is wrong where it fails because nothing was found; NULL */
    GPtrArray *items;                   /* struct item_result */
    bool not_looked;                    /* not applicable because only a running machine could tell */
};

struct outcome *outcome_new(enum verdict verdict);
void outcome_free(gpointer outcome);
PL_DEFINE_CLEANUP(outcome, outcome_free)

/* One of several running instances of a daemon: what carries the process of another one is not looked at. */
struct judge_instance {
    const GArray *all; /* int64_t: the processes of all instances */
    int64_t pid;       /* its own */
};

/* The process that an item is, or is of; false: it carries none. */
bool judge_process_of(const struct probe *probe, const struct item *item, int64_t *pid);
/* The item is another instance's. `instance` NULL: there is no other. */
bool judge_is_of_another(const struct judge_instance *instance, const struct probe *probe, const struct item *item);

/* One test on what was collected for it. `instance` (NULL: all) is the one that is judged. */
struct outcome *judge_test(const struct bound_test *test, bool privileged, const struct judge_instance *instance);
/* A whole check. */
struct outcome *judge_check(const struct bound_check *check, bool privileged);
struct outcome *judge_check_of(const struct bound_check *check, bool privileged, const struct judge_instance *instance);
/* The processes of the running instances that items of the rule's tests on this daemon carry; int64_t, caller unrefs.
 */
GArray *judge_instances(const struct bound_rule *rule, const char *daemon);
/* Everything the tests of a check observed, not judged: every item gets `verdict`. NOTAPPLICABLE when nothing was found
 * and such a thing cannot exist here. */
struct outcome *judge_gather(const struct bound_check *check, enum verdict verdict);

/* Combines children as `kind` says: all: fail > error > unknown > pass; any: pass > error > unknown > fail; none: any,
 * turned round. Not applicable children count for nothing; when all are, so is the whole. An "any" or "none" of
 * which no judged child holds is unknown when a child could not be looked at on a mounted root. Takes the children. */
struct outcome *outcome_combine(enum check_kind kind, GPtrArray *children);
/* The same of "all" for instances that were judged one by one: those that pass are told beside those that do not. */
struct outcome *outcome_combine_instances(GPtrArray *children);

/* The report's row for an item: its subject and verdict. What was observed is filled in by evidence_fill(), for those
 * rows that a report keeps: there may be a hundred thousand of them, and most are left out. `item` and `test` live
 * longer than the row. */
struct item_result *evidence_new(const struct item *item, const struct bound_test *test, enum verdict verdict);
/* The item of a check in `none`: it passes where it failed, and is said to be expected not to be so. */
void evidence_turn(struct item_result *result);
