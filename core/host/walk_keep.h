/* What the walk keeps of what it finds, for all its threads. Private to this floor. */
#pragma once

#include "host/walk.h"

struct walk_keep;

struct walk_keep *walk_keep_new(void);
void walk_keep_free(struct walk_keep *keep);
PL_DEFINE_CLEANUP(walk_keep, walk_keep_free)

/* Takes a file in `directory` ("" is the root); `name` "" is the directory itself. What has no room, or no name that is
 * short enough, is counted in a group. From several threads. */
void walk_keep_add(struct walk_keep *keep, const char *directory, const char *name, unsigned kinds,
                   const struct host_stat *st, uint64_t caps);
/* Moves all into `walk` (entries, groups) and `gaps`: files that not even a group could take. */
void walk_keep_move(struct walk_keep *keep, struct walk *walk, GPtrArray *gaps);
