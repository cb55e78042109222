/* One case of a test file: build its host, run its rule, compare. Between ruletest.c and ruletest_case.c only. */
#pragma once

#include "engine/complain.h"
#include "engine/ruletest.h"

/* Kinds of case that a rule needs. */
enum { CASE_PASS = 1 << 0, CASE_FAIL = 1 << 1, CASE_ABSENCE = 1 << 2, CASE_ANY = 1 << 3 };

/* A test file while it runs; used by one thread. */
struct test_file {
    const struct content *content;
    const struct ruletest_options *options;
    const char *path;            /* interned */
    const struct module *module; /* NULL: not loaded */
    json_object *tree;           /* the file */
    GHashTable *kinds;           /* rule id -> kinds of case seen */
    GPtrArray *failures;         /* struct ruletest_failure */
    GPtrArray *diagnostics;      /* struct diagnostic */
    GPtrArray *findings;         /* char * */
    unsigned cases, passed, failed;
};

/* Runs a member of `cases:`, once for a rule and once a variant for a family. */
void test_case_run(struct test_file *file, const json_object *tree);

/* Complains about every member of a `host:` mapping (NULL: none) that there is not; of what stands in the others the
 * host itself complains, one at a time. */
void test_host_check(struct complaints *to, const json_object *host);

/* Appends a failure; strings are copied, all but `message` may be NULL. */
void test_failure(struct test_file *file, unsigned line, const char *rule, const char *name, const char *message);
void ruletest_failure_free(gpointer failure);

/* Two trees laid over each other: mappings merge, anything else of `over` replaces, null takes away. Caller owns. */
json_object *test_merge(const json_object *base, const json_object *over);
