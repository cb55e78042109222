/* What an engine made for a container by itself: its resolv.conf, its shared memory, its volumes. Known by the engine's
 * record and by the folders of the engine that has the container, never by what a path looks like. */
#pragma once

#include "facts/container/record_parts.h"

/* The data directory of an engine without links, as mount tables have it. Caller frees. */
char *container_real_root(struct host *host, const char *root);
/* Adds what a Docker Engine makes below its data directory for the container: by its record, in the form of GET
 * /containers/ID/json, or, without one (NULL), what lies in the folder of the container's own id, and where its volumes
 * would be. */
void container_made_by_docker(struct host *host, struct container_record *record, const char *root, const char *id,
                              const json_object *tree);
/* What conmon, the parent of the first process, was told by an option; NULL: nothing. Borrowed. */
const char *container_told_to_monitor(struct host *host, const struct container *container, const char *option);
/* Adds the folders in which conmon keeps what it makes for the container. */
void container_made_by_monitor(struct host *host, const struct container *container, struct container_record *record);
/* Adds what runtimes below Kubernetes and containerd mount for every container, from the list in the bundle: what lies
 * in a folder that has the container's, its sandbox's or its pod's own id; and where the runtime mounts overlays. */
void container_made_by_bundle(const struct container *container, struct container_record *record,
                              const json_object *tree);
