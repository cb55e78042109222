/* Programs below a directory of the host that make their starter root. */
#pragma once

#include "host/host.h"

/* Some regular file of root's below the path, in the same file system, is setuid, and everybody may get to it and start
 * it. Searched once a path. Where not everything could be looked at, that is noted (host/notes.h). */
bool container_setuid_below(struct host *host, const char *path);
