/* What a container sees of the host through its mounts. */
#pragma once

#include "facts/container/find.h"
#include "model/item.h"

/* Sets mounts, host_paths, writable_host_paths, shared_host_paths, engine_directories, rootfs_readonly, masked_proc and
 * writable_proc_sys. */
void container_set_mounts(struct host *host, const struct containers *containers, const struct container *container,
                          struct item *item);
