/* What the property excuses: each with its reason. */
#pragma once

#include <stdbool.h>

/* Is this change of verdict of a rule by a fault at a place excused? */
bool known(const char *change, const char *rule, const char *fault, const char *place);
