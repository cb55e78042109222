/* The files of a mount of a container: where they can be looked at. */
#pragma once

#include "facts/system/below.h"
#include "probes/container/view.h"

enum mount_files {
    MOUNT_FILES_OF_HOST, /* those that the host gave it */
    MOUNT_FILES_ALL,     /* those that it has from elsewhere as well */
};

/* Walks them with what `below` has of visit and data; the rest is set. They are looked at on the host, where they have
 * a path there, so that containers that were given the same are looked at once, else below the container's root.
 * Nothing is looked at, and that is all, where the mount is hidden by another one, or the kernel's own without files of
 * anybody. As below_walk(). */
bool container_walk_mount(const struct view *view, const struct mount_line *line, enum mount_files which,
                          struct below *below, GError **error);
