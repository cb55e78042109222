/* Subordinate ids of one account. */
#pragma once

#include "model/item.h"
#include "probes/homes.h"

/* How many subordinate ids an account has, the smaller sum of users and groups. What could not be read becomes a
 * problem of `items`. */
uint64_t subid_count(struct host *host, const struct home *home, struct items *items);
