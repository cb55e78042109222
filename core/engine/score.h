/* The score, formula 2 (SCORE_VERSION): the mean of the modules, each worth the share of its rules' weight that passes
 * and weighing as these rules, at most as its most severe one; what could not be judged counts as failed, a pass that
 * found nothing to look at is not counted, a critical failure holds the grade at D and a high one at C, and below 90 %
 * coverage there is no grade.
 *
 * Nothing in it rises when less is seen: a verdict that becomes unknown earns nothing and weighs as much or more, what
 * a module weighs at most does not depend on verdicts, and an unknown rule holds the grade as a failing one does. */
#pragma once

#include "model/audit.h"

/* Fills audit->score, layers and modules from the results. */
void score_audit(struct audit *audit);
/* 100 x the mean of the modules of a layer; LAYER_COUNT: of all. -1 where none counts. */
double score_of_modules(const GPtrArray *modules, enum layer layer);
