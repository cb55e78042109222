/* Compares two audits. */
#pragma once

#include "model/audit.h"
#include "model/difference.h"

/* What of `now` was not so in `before`. Objects are matched by their names, as reports show them, without the numbers
 * that the kernel gives anew (" (pid 7)"): several of one name are told apart by their number alone. What is waived
 * fails in neither; what another rule's failure explains fails, and is told only where it is not explained in both.
 * Caller frees. */
struct difference *difference_between(const struct audit *before, const struct audit *now);
