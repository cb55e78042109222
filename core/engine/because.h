/* One fault, one finding: what fails only for things that fail a rule which explains it is shown below that one. */
#pragma once

#include "engine/content.h"
#include "model/audit.h"

/* Sets `because` of failing items and results (model/audit.h) by the rules' `because`: of an item whose subject fails
 * the rule that is named; of a result when that is true of all its failing items. A rule that fails without naming
 * anything (a package is not there) explains all of it. A failure that is waived explains as well: whoever answers for
 * it answers for what follows from it. */
void because_fold(struct audit *audit, const struct content *content);

/* Warns of names that are no rule's, of rules that would be explained by a milder one (a demand on severities would
 * miss them), and of circles. */
void because_check(struct content *content);
