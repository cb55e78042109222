/* A rule's check in words, for `plumbline explain`. */
#pragma once

#include "engine/content.h"

/* One line: "setting dockerd icc: value is false", with the existence and match demands when they are not the usual
 * ones. A `$name` is written with its default: "$max_auth_tries (4)". Caller frees. */
char *explain_test(const struct rule *rule, const struct test *test);

/* Appends the tree, one line a test, two blanks of indent a level, each line beginning after `indent` blanks:
 *     all of
 *       sysctl kernel.kptr_restrict: value is at least 1
 *       ... */
void explain_check(const struct rule *rule, const struct check *check, unsigned indent, GString *out);

/* Names of the probes that the rule asks (check and applies), sorted, NULL-terminated; caller frees with g_free, the
 * strings are borrowed. */
const char **explain_probes(const struct rule *rule);
/* Texts of the objects it looks at ("/etc/ssh/sshd_config", "dockerd icc"), in order, without repeats; caller unrefs.
 */
GPtrArray *explain_objects(const struct rule *rule);
