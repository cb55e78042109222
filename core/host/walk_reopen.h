/* Opening a directory again that the walk closed, to go on with the names that were read of it. Private to this floor.
 */
#pragma once

#include <sys/types.h>

/* What it must prove to be. */
struct walk_left {
    dev_t dev;
    ino_t ino;
};

/* The directory above `fd`: a descriptor, or a negative errno value, -ESTALE where it is another one. */
int walk_reopen_above(int fd, const struct walk_left *left);
/* By its names below the directory `first`: "/name/name", which are changed. -ENOENT where it is another one. */
int walk_reopen_by_names(int first, char *names, const struct walk_left *left);
