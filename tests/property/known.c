#include "known.h"

bool known(const char *change, const char *rule, const char *fault, const char *place)
{
    (void)change;
    (void)rule;
    (void)fault;
    (void)place;
    return false;
}
