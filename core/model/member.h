/* The mappings that people write (rules, daemons, rule tests): what may stand in them. Loading refuses anything else,
 * and plumbline-checks(5) and the schemas for editors are made from the same rows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A member that its reader does not simply fill into a structure. */
#define MEMBER_APART SIZE_MAX

struct member {
    const char *name; /* NULL: the end of the table */
    /* What stands there: alternatives with " or " between them, each a kind, "list of KIND", or "map of KIND" (whose
     * keys are the author's own). Kinds are text, texts (one, or a list), bool, number, decimal, scalar, any, false,
     * null, mapping, controls (of a benchmark), the vocabularies layer, severity, verdict, existence, match and absent,
     * @NAME of another mapping, and "one of A B C". */
    const char *type;
    bool required;
    const char *text; /* one sentence without its end */
    size_t offset;    /* in the structure that a reader fills from text, texts or bool; MEMBER_APART; else unused */
};

/* One kind of mapping. */
struct vocabulary {
    const char *name; /* what "@NAME" means */
    const char *text; /* "a daemon", as in messages */
    const struct member *members;
};

/* The row of a name, or NULL. */
const struct member *member_find(const struct member *members, const char *name);
/* " (did you mean X?)", or an empty text. Caller frees. */
char *member_suggest(const struct member *members, const char *name);
/* "a, b, c". Caller frees. */
char *member_names(const struct member *members);
