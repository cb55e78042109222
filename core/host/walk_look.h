/* Looking at one file for the walk. Private to this floor. */
#pragma once

#include "host/walk_part.h"

#include <sys/stat.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

/* What the walk asks of a file, and how: without following it, waking an automounter or asking a server. */
#define WALK_STATX       (STATX_BASIC_STATS | STATX_MNT_ID)
#define WALK_STATX_FLAGS (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC)

/* The mount a file lies on; its device where the kernel tells no mount ids (before 5.8). */
uint64_t walk_mount_of(const struct statx *stx);
/* Judges a file and keeps it when it is of a kind. `dir` holds it and has the path `directory` ("" is the root); `name`
 * "" is the directory itself. */
void walk_look(struct walk_part *part, const struct walk_scope *scope, int dir, const char *directory, const char *name,
               const struct statx *stx);
/* The same for an error. */
void walk_look_failed(struct walk_part *part, unsigned kinds, const char *directory, const char *name, int err);
