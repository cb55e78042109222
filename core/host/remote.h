/* Which lookups ask somebody who may not answer: what is mounted from a network, from a FUSE server, or by an
 * automounter, and the links that lead there. Everything is found out without asking the file systems in question. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct remote;

/* The mounts that serve paths at or below `root`, "/" included, by the mount table that is open as `table`; a copy of
 * the descriptor is read from then on, from its start. The table's paths begin at the directory `top`, which outlives
 * it; AT_FDCWD: at this process's "/". Never fails: a machine that does not tell its mounts (-1) has none that are
 * known. */
struct remote *remote_new(const char *root, int table, int top);
void remote_free(struct remote *remote);

/* Where a lookup of `path`, normalised and inside the root, would leave what the kernel answers by itself: the mount's
 * target, borrowed for as long as `remote` lives. NULL: it would not. Reads the mount table again when it changed. */
const char *remote_place(struct remote *remote, const char *path, bool follow);
/* The mount did not answer; nobody is to ask it again. */
void remote_mark_dead(struct remote *remote, const char *place);
bool remote_is_dead(struct remote *remote, const char *place);
/* Those that are dead, in no order; NULL-terminated, caller frees. */
char **remote_dead(struct remote *remote);

/* A type that is answered by somebody else than this kernel and its disks. Types that are not known count as one. */
bool remote_is_type(const char *fstype);
