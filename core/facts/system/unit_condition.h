/* Condition...= and Assert...= of units (systemd.unit(5)): a unit whose conditions do not hold is skipped when it is
 * started, however it is enabled. They are about the moment of the start, so that what is found of them now is a reason
 * to doubt, and no fact about the next boot. */
#pragma once

#include "facts/system/units.h"

enum unit_condition {
    UNIT_CONDITION_HOLDS, /* all that there are, or there are none */
    UNIT_CONDITION_FAILS, /* it would be skipped now */
    UNIT_CONDITION_UNKNOWN
};

/* *why (owned by the caller) names the condition and its place unless it holds. Of an offline root those about the
 * machine are taken for what a machine with systemd and all rights gives. */
enum unit_condition unit_condition(struct host *host, const char *name, struct problem **why);
