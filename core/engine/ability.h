/* The table of subjects by abilities, filled while rules are judged; and the cap on items, which must not lose the
 * evidence of a cell. */
#pragma once

#include "model/audit.h"

struct abilities;
struct content;

/* Fills `table`, which must outlive it, as must the content, which says what follows from what (NULL: nothing). */
struct abilities *abilities_new(struct ability_table *table, const struct content *content);
void abilities_free(struct abilities *abilities);
PL_DEFINE_CLEANUP(abilities, abilities_free)

/* Takes in a judged result (waivers applied), then leaves it at most `max` items, failing ones first, and no more than
 * `passing` that pass; of a rule with an ability always the one that a cell shows for each subject, however many those
 * are. */
void abilities_take(struct abilities *abilities, struct result *result, guint max, guint passing);

/* Makes cells unknown where a rule could not look at the subject, fills those that follow from others, scores the rows
 * and puts the worst first. To be called once, after the last result. */
void abilities_finish(struct abilities *abilities);
