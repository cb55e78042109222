/* Rule tests as data: runs the cases of test files through the same collecting and judging as an audit. */
#pragma once

#include "engine/content.h"

struct ruletest_failure {
    char *file;
    unsigned line;   /* of the case; 1 for what concerns the whole file */
    unsigned column; /* of a mistake in the file; 0: the case as a whole */
    char *rule;      /* rule id; NULL when it concerns the file */
    char *name;      /* name of the case; NULL */
    char *expected;  /* "fail", or the evidence that was demanded; NULL */
    char *got;       /* "pass"; NULL */
    char *message;   /* one sentence: what is wrong; never NULL */
    char *items;     /* the containers that were stated and what was observed, a line each; NULL: neither */
};

struct ruletest_report {
    unsigned files, rules, cases; /* cases: a family case counts once a variant */
    unsigned passed, failed;      /* of the cases; a missing kind of case counts in neither, but is a failure */
    GPtrArray *failures;          /* struct ruletest_failure by file and line */
    GPtrArray *findings;          /* char *: "FILE:LINE: RULE: what is wrong" of each case, where they are asked for */
};

/* A case as it is about to be judged; everything is borrowed. */
struct ruletest_case {
    const struct rule *rule;
    const char *file, *name;
    unsigned line;
    enum verdict expect;
    const json_object *host; /* the whole `host:` mapping, merged and expanded */
    const json_object *set;  /* changed values, NULL when there are none */
};

typedef void (*ruletest_visit)(const struct ruletest_case *one, gpointer data);

struct ruletest_options {
    const char *const *rules; /* globs on rule ids: run only these, demand no coverage of others; NULL: all */
    const char *trees;        /* directory of named host trees (tests/hosts), or NULL */
    bool findings;            /* a case for which something is wrong without words for it fails */
    unsigned threads;         /* 0: number of processors, at most 8 */
    ruletest_visit visit; /* not NULL: called with every sound case, which is not judged then and counts as passed */
    gpointer visit_data;
};

/* Judges one rule on a host in the caller's thread, as a rule test does. VERDICT_COUNT with error when `set` does not
 * fit. *reason (may be NULL) is freed by the caller. */
enum verdict ruletest_judge(const struct content *content, const struct ruletest_case *one, struct host *host,
                            char **reason, GError **error);

/* Runs every case of every file. A file that cannot be read or parsed is a failure in the report. `content` must hold
 * the modules under test. Never NULL; the caller frees. options may be NULL. */
struct ruletest_report *ruletest_run(const struct content *content, const char *const *files,
                                     const struct ruletest_options *options);
void ruletest_report_free(struct ruletest_report *report);
PL_DEFINE_CLEANUP(ruletest_report, ruletest_report_free)
