/* Subordinate ids of one account. */
#pragma once

#include "facts/account/homes.h"
#include "model/item.h"

/* How many subordinate ids an account has, the smaller sum of users and groups. False when the files do not say: *why
 * says why, owned by the caller. What could not be read becomes a problem of `items`. */
bool subid_count(struct host *host, const struct home *home, struct items *items, uint64_t *out, char **why);
