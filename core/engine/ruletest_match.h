/* Does a result show the evidence that a case demands? */
#pragma once

#include "engine/complain.h"
#include "model/audit.h"

/* NULL when `evidence` (may be NULL) is shown by some item, or, when it has a reason alone, by the result; else a
 * sentence that says what no item shows. Caller frees. */
char *test_match_evidence(const json_object *evidence, const struct result *result);
/* Complains about what no evidence can be. */
void test_check_evidence(const json_object *evidence, struct complaints *to);

/* What is said to be wrong, or observed, in the rule's words, joined; "" where nothing is; NULL where something is and
 * there are no words for it. Caller frees. */
char *test_findings(const struct result *result);

/* What was observed, a line an item, at most 20; NULL without items. Caller frees. */
char *test_describe(const struct result *result);
