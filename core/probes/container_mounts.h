/* What a container sees of the host through its mounts. */
#pragma once

#include "model/item.h"
#include "probes/container_find.h"

/* Sets mounts, host_paths, writable_host_paths, sockets, rootfs_readonly, masked_proc and writable_proc_sys. */
void container_set_mounts(struct host *host, const struct containers *containers, const struct container *container,
                          struct item *item);
