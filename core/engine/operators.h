/* The operators of the rule language, one row each: for which field types they make sense, and what operand they want.
 */
#pragma once

#include "model/rule.h"
#include "model/value.h"

enum operand_kind {
    OPERAND_TYPED,      /* a value of the field's own type */
    OPERAND_TYPED_LIST, /* a list of them */
    OPERAND_QUANTITY,   /* what can be more or less: a number, size, duration, version */
    OPERAND_PATTERN,    /* a PCRE2 pattern */
    OPERAND_SCALAR,     /* one text, number, or truth value */
    OPERAND_SCALARS,    /* one, or a list of them */
    OPERAND_MODE,       /* octal permission bits as text */
    OPERAND_BOOL,
    OPERAND_VERSION, /* a version as text */
};

struct operator_row {
    const char *name;
    unsigned types; /* 1 << enum value_type */
    enum operand_kind operand;
    const char *words; /* between field and operand: "is at least" */
    const char *many;  /* the same for sets and lists; NULL: no difference */
};

const struct operator_row *operator_row(enum matcher_operator op);
/* False when there is no such operator. */
bool operator_parse(const char *name, enum matcher_operator *out);
/* " (did you mean X?)" or "". Caller frees. */
char *operator_suggest(const char *name);
/* Names of operators that make sense for a type, comma separated. Caller frees. */
char *operators_of(enum value_type type);
