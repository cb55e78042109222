/* Words of other programs (foreign.def): what they are called here. */
#pragma once

#include <glib.h>

enum foreign_kind { FOREIGN_COMMAND, FOREIGN_ARGUMENT, FOREIGN_OPTION, FOREIGN_VALUE, FOREIGN_SAME };

struct foreign {
    enum foreign_kind kind;
    const char *place; /* the command of an argument or option ("*": any), the option of a value */
    const char *typed;
    const char *ours; /* {NAME} stands for what was typed with it, NULL: only `says` helps */
    const char *says; /* a sentence; NULL */
};

/* All rows; *n is their number. */
const struct foreign *foreign_all(gsize *n);

/* The row of a word, in any letter case; NULL. A row of the very place wins over one of "*". */
const struct foreign *foreign_find(enum foreign_kind kind, const char *place, const char *typed);

/* "; did you mean \"audit --layer cluster\"?" or "; " and the sentence. `value`: what was typed with it, or NULL.
 * Caller frees. */
char *foreign_hint(const struct foreign *row, const char *value);
