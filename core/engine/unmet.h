/* Why a rule does not apply, in words. */
#pragma once

#include "engine/outcome.h"

/* Before the condition itself, where the rule has no words for it. */
#define UNMET_RAW "applies only where "

/* What of its condition is not met: of each test that decides, its own words ("missing"), or that nothing is there.
 * NULL where a test that found something has no words of its own. Caller frees. */
char *unmet_words(const struct bound_check *applies, bool privileged, const struct judge_instance *instance);
