/* What a container that does not run would be at its next start, by its record: a first process and a table of mounts,
 * for those who ask what runs, and the rest as fields. */
#pragma once

#include "facts/docker/engines.h"
#include "facts/system/mountinfo.h"
#include "host/process.h"

#include <json-c/json.h>

/* A device of the host that it is given. */
struct planned_device {
    char *host, *inside;
    bool opens; /* for reading or writing, not only to make nodes */
};

struct container_planned {
    json_object *fields; /* of the probe `container`, by name: what the record decides by itself */
    json_object *doubts; /* why other fields are not known, or may be more, by their names: texts */
    struct process *process;
    uint64_t bounding;        /* what it may have at most, known where its user is not */
    struct mountinfo *mounts; /* NULL: the host's own could not be read */
    GPtrArray *devices;       /* struct planned_device */
    bool all_devices;         /* all of the host's */
    int privileged;           /* asked for as such; -1: not known */
};

/* From Docker's record: the answer to GET /containers/ID/json, or the same put together from files. `engine` will start
 * it; NULL: none runs, and what its settings decide is not known but for what `root`, its data directory, tells.
 * `where` names the record. Never NULL. */
struct container_planned *container_planned_docker(const struct fact_context *context,
                                                   const struct docker_engine *engine, const char *root,
                                                   const char *where, const json_object *tree);
/* From the configuration of an OCI bundle, which Podman and CRI-O keep. */
struct container_planned *container_planned_bundle(const struct fact_context *context, const char *where,
                                                   const json_object *tree);
void container_planned_free(struct container_planned *planned);
