#include "engine/operators.h"

#include "model/suggest.h"

#define T(type)  (1u << VALUE_##type)
#define ORDERED  (T(ANY) | T(STRING) | T(NUMBER) | T(SIZE) | T(DURATION) | T(VERSION))
#define SCALAR   (ORDERED | T(BOOL) | T(MODE))
#define MANY     (T(ANY) | T(SET) | T(LIST))
#define ALL      (SCALAR | MANY | T(MAP))
#define TEXTUAL  (T(ANY) | T(STRING) | T(VERSION))
#define MODELIKE (T(ANY) | T(STRING) | T(MODE))

static const struct operator_row rows[] = {
    [OP_EQUALS] = {"equals", ALL, OPERAND_TYPED, "is"},
    [OP_NOT] = {"not", ALL, OPERAND_TYPED, "is not"},
    [OP_IN] = {"in", SCALAR, OPERAND_TYPED_LIST, "is one of"},
    [OP_NOT_IN] = {"not-in", SCALAR, OPERAND_TYPED_LIST, "is none of"},
    [OP_AT_LEAST] = {"at-least", ORDERED, OPERAND_QUANTITY, "is at least"},
    [OP_AT_MOST] = {"at-most", ORDERED, OPERAND_QUANTITY, "is at most"},
    [OP_LESS_THAN] = {"less-than", ORDERED, OPERAND_QUANTITY, "is less than"},
    [OP_MORE_THAN] = {"more-than", ORDERED, OPERAND_QUANTITY, "is more than"},
    [OP_MATCHES] = {"matches", TEXTUAL | T(SET) | T(LIST), OPERAND_PATTERN, "matches", "has a member that matches"},
    [OP_CONTAINS] = {"contains", T(STRING) | MANY | T(MAP), OPERAND_SCALAR, "contains"},
    [OP_CONTAINS_ALL] = {"contains-all", T(STRING) | MANY | T(MAP), OPERAND_SCALARS, "contains all of"},
    [OP_EXCLUDES] = {"excludes", T(STRING) | MANY | T(MAP), OPERAND_SCALARS, "contains none of"},
    [OP_SUBSET_OF] = {"subset-of", MANY, OPERAND_SCALARS, "has nothing but"},
    [OP_MODE_AT_MOST] = {"mode-at-most", MODELIKE, OPERAND_MODE, "is at most"},
    [OP_BITS_CLEAR] = {"bits-clear", MODELIKE, OPERAND_MODE, "has none of the bits"},
    [OP_BITS_SET] = {"bits-set", MODELIKE, OPERAND_MODE, "has one of the bits"},
    [OP_EXISTS] = {"exists", ALL, OPERAND_BOOL, "exists"},
    [OP_VERSION_AT_LEAST] = {"version-at-least", TEXTUAL, OPERAND_VERSION, "is at least version"},
};
_Static_assert(G_N_ELEMENTS(rows) == OP_COUNT, "a row for every operator");

const struct operator_row *operator_row(enum matcher_operator op)
{
    return &rows[op];
}

bool operator_parse(const char *name, enum matcher_operator *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_str_equal(rows[i].name, name))
            continue;
        *out = (enum matcher_operator)i;
        return true;
    }
    return false;
}

char *operator_suggest(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)rows[i].name);
    return suggest_clause_in(name, names);
}

char *operators_of(enum value_type type)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].types & (1u << type))
            g_string_append_printf(out, "%s%s", out->len ? ", " : "", rows[i].name);
    return g_string_free(out, FALSE);
}
