/* What a container that does not run would be at its next start, by its record: a first process and a table of mounts,
 * for those who ask what runs, and the rest as fields. */
#pragma once

#include "facts/docker/engines.h"
#include "facts/system/mountinfo.h"
#include "host/process.h"

#include <json-c/json.h>

/* A device of the host that it is given. */
struct planned_device {
    char *host; /* which; NULL: `node` says it */
    char *inside;
    struct host_stat node;
};

/* What an engine keeps beside a bundle, which it fills in when it starts the container. */
struct planned_extra {
    const char *user;          /* "1000:1000", "www-data"; NULL: the bundle's */
    const json_object *mounts; /* further ones, as in a bundle; NULL */
    uid_t owner;               /* whose engine it is */
    bool privileged;
    bool unknown_mounts; /* what some of them show is not known */
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
    char *layer;              /* folder of the host with what was written in it (own_layer.h); NULL: not known */
    bool layer_is_whole;      /* it has what the image has as well */
    GError *layer_error;      /* why it is not known; NULL: its engine keeps it in no folder that is known */
};

/* From Docker's record: the answer to GET /containers/ID/json, or the same put together from files. `engine` will start
 * it; NULL: none runs, and what its settings decide is not known but for what `root`, its data directory, tells.
 * `where` names the record. Never NULL. */
struct container_planned *container_planned_docker(const struct fact_context *context,
                                                   const struct docker_engine *engine, const char *root,
                                                   const char *where, const json_object *tree);
/* From the configuration of an OCI bundle, which Podman and CRI-O keep. */
struct container_planned *container_planned_bundle(const struct fact_context *context, const char *where,
                                                   const json_object *tree, const struct planned_extra *extra);
void container_planned_free(struct container_planned *planned);
