/* The score: one number that can be explained in a sentence, per layer and over all. */
#pragma once

#include "model/audit.h"

/* Fills audit->score and audit->layers from the results. */
void score_audit(struct audit *audit);
