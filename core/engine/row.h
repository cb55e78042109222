/* Rows: items of a report whose evidence is still to come. One object is one row, however many tests of a check looked
 * at it. */
#pragma once

#include "engine/plan.h"
#include "model/audit.h"

/* item_result_free() frees it as it frees any other. */
struct row {
    struct item_result base; /* first: a row is an item_result; `also` holds rows */
    const struct item *item;
    const struct bound_test *test;
    bool turned; /* by `none` */
};

/* Makes one row of the rows (struct row) that are about one object. It has the worst verdict of them; with `best` one
 * that passes in any of them is no failure, as long as another one is left. Two are about one object when what they
 * look at is of one kind and has one name and process (struct probe_object), and the place too where that is part of
 * it, or where one test found several of one name. */
void rows_merge(GPtrArray *rows, bool best);

/* Once all is filled in: what several tests show of an object at one place becomes one piece of evidence, where they
 * do not contradict each other. `joints`: of row_joints_new(), for the rows of one rule. */
void row_join(struct row *row, GHashTable *joints);
GHashTable *row_joints_new(void);
