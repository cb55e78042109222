/* What the walk over the file systems did not see, as problems of those who ask for what it found. */
#pragma once

#include "host/walk.h"
#include "model/item.h"

/* Adds a problem for each sort of gap in which files of `kinds` may lie, with the names of the places. `below`: only
 * gaps that may hold something below one of these directories; empty or NULL: anywhere. */
void walk_add_problems(struct host *host, const struct walk *walk, unsigned kinds, char *const *below,
                       struct items *items);
/* Whether a file in `path` is meant: true for all without `below`. */
bool walk_is_meant(const char *path, char *const *below);
/* Whether something below `directory` may be meant. */
bool walk_may_be_meant(const char *directory, char *const *below);
