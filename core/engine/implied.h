/* The table of abilities closed under what rules and modules say that follows from what. */
#pragma once

#include "engine/content.h"
#include "model/ability.h"

struct implied;

/* What the loaded rules say; NULL: nothing follows from anything. Keeps borrowed texts of the content. Caller frees. */
struct implied *implied_new(const struct content *content);
void implied_free(struct implied *implied);
PL_DEFINE_CLEANUP(implied, implied_free)

/* The grade of a severity. */
enum ability_grade implied_grade(enum severity severity);
/* char *: further abilities of whoever the rule of this id fails for; NULL: none. Borrowed. */
const GPtrArray *implied_of_rule(const struct implied *implied, const char *rule);
/* The field of the rule's items that names subjects which whoever it fails for can act as; NULL: none. Borrowed. */
const char *implied_acting(const struct implied *implied, const char *rule);
/* The table that is closed: complete, every row with a cell for every column (NULL: none). Borrowed. */
void implied_begin(struct implied *implied, const struct ability_table *table);
/* `source` says that the subject of `row` has the ability `by`: it has `ability` as well, in a column of that name that
 * some rule of this run applied to. It is no worse than the worst that rules say of the ability, and no worse than what
 * it follows from. True when that changed the cell. */
bool implied_raise(const struct implied *implied, struct ability_row *row, const char *ability,
                   const struct ability_cell *source, const char *by);
/* The subject of `row` can act as that of `other`, as `source` says of its ability `by`: it has the other one's
 * abilities, with no more certainty than `source` has. NULL: whom it can act as is not known, which is as much. True
 * when that changed a cell. */
bool implied_inherit(const struct implied *implied, struct ability_row *row, const struct ability_row *other,
                     const struct ability_cell *source, const char *by);
/* Fills all cells that follow from others of the same row. */
void implied_close(const struct implied *implied);
