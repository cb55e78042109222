/* What an engine wrote down about a container: how it was meant to be.
 *
 * Sources, the first that is readable: the Docker Engine API, the files below Docker's data root, Podman's and CRI-O's
 * storage, and the OCI bundle, which every runtime has (OCI runtime specification, config.md). */
#pragma once

#include "facts/container/record_parts.h"

/* Looks for the record of a container whose id and runtime are known. Never NULL. */
struct container_record *container_record_new(const struct fact_context *context, const struct container *container);

struct docker_engine;
/* The record of a container that an engine lists: as it answers, or where it is not asked (NULL, not reachable) from
 * the files below its data directory. Never NULL. */
struct container_record *container_record_listed(struct host *host, const struct docker_engine *engine,
                                                 const char *root, const char *id);

/* Fields of the probe that come from records, for those who have none: NULL-terminated. */
extern const char *const container_record_fields[];
