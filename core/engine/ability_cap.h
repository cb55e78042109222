/* The cap on the items of a result, which must not lose the evidence of a cell of the table of abilities. */
#pragma once

#include "model/audit.h"

/* Leaves at most `max` items, failing ones first, and no more than `passing` that pass. Those that a cell shows
 * (`shown`: a set; NULL) count first, and stay even beyond it. */
void ability_cap(struct result *result, GHashTable *shown, guint max, guint passing);
