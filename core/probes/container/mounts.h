/* What a container sees of the host through its mounts. */
#pragma once

#include "facts/container/find.h"
#include "model/item.h"

/* The host's path behind a mount of a container; NULL when another mount hides it, when it shows nothing of the host,
 * and for the root file system of the container and files that the engine makes for it. Caller frees. */
char *container_host_path(const struct containers *containers, const struct container *container,
                          const struct mount_line *line);
/* A mount is hidden by a later one at the same place. */
bool container_mount_is_hidden(const struct container *container, const struct mount_line *line);

/* Sets mounts, host_paths, writable_host_paths, shared_host_paths, engine_directories, sockets, rootfs_readonly,
 * masked_proc and writable_proc_sys. */
void container_set_mounts(struct host *host, const struct containers *containers, const struct container *container,
                          struct item *item);
