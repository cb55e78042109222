/* Whether a path can be changed only by root, or by root and one user: what a program, hook or key must be. */
#pragma once

#include "host/host.h"

/* The first path from the root down to `path` that somebody else than root and `owner` (0: root alone) owns or may
 * write, also on the way through symlinks; "" when there is none, owned. A directory with the sticky bit keeps its
 * entries safe. NULL with error set when something could not be looked at, ABSENT when it is not there. */
char *trust_first_unsafe(struct host *host, const char *path, uid_t owner, GError **error);
