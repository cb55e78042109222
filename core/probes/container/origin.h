/* Where on the host that is from what a mount of a container shows. */
#pragma once

#include "facts/container/find.h"

struct container_origin {
    char *home;       /* the path on the host; NULL: it shows nothing of the host */
    GPtrArray *paths; /* char *: all names on the host; none when it is the engine's own volume alone */
    GPtrArray *read;  /* char *: names of directories below an overlay, which are read through it and not written */
    bool volume;      /* it is such a volume */
    bool more;        /* there are more names than are kept */
    /* A name that it may have as a volume of the container's own is left out, since no record could be read that would
     * tell; NULL: there is none. Borrowed from the record. */
    const struct problem *unsure;
};

/* Of a mount that another one hides, and of one that shows nothing of the host, there is none. The containers' host and
 * the container's mounts have to be there. */
void container_origin(const struct containers *containers, const struct container *container,
                      const struct mount_line *line, struct container_origin *origin);
void container_origin_clear(struct container_origin *origin);

/* The `home` of it: NULL too for files that the engine makes for the container; of a volume where it lies. Caller
 * frees. */
char *container_host_path(const struct containers *containers, const struct container *container,
                          const struct mount_line *line);
/* What it shows the kernel makes: no program is kept there, and no data of the host. */
bool container_mount_is_of_kernel(const struct mount_line *line);
/* A mount is hidden by a later one at the same place. */
bool container_mount_is_hidden(const struct container *container, const struct mount_line *line);
