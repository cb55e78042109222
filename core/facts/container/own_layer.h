/* Where an engine keeps what was written in the root file system of a container that does not run: its own layer.
 *
 * Sources: moby, layer/filestore.go (layerdb/mounts/ID/mount-id) and daemon/graphdriver/{overlay2,vfs};
 * containers/storage, containers.go and drivers/{overlay,vfs}. */
#pragma once

#include "facts/container/planned.h"

/* Of Docker, whose data directory is `root`. What keeps layers elsewhere (containerd's snapshotters, other drivers)
 * leaves the layer without a folder and says why. */
void own_layer_of_docker(struct host *host, const char *root, const char *id, struct container_planned *planned);
/* Of containers/storage: `list` is the path of its list of containers, ROOT/DRIVER-containers/containers.json, and
 * `entry` the container's in it. */
void own_layer_of_storage(const char *list, const json_object *entry, struct container_planned *planned);
