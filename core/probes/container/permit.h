/* What the modes of files let the users of a container do, those that they can become as well. */
#pragma once

#include "probes/container/view.h"

/* Bits of a permission, as in the last octal digit of a mode. */
enum { MAY_PASS = 1, MAY_WRITE = 2, MAY_READ = 4 };

/* Some process of the container may do one of `bits` with the file, by its mode. Where it may not, what programs give
 * to processes and is not known is noted (host/notes.h). */
bool container_users_may(const struct view *view, const struct host_stat *file, unsigned bits);
/* Some process is that user of the host's, or can become it; one of which it is not known is. */
bool container_users_may_be(const struct view *view, uid_t uid);
