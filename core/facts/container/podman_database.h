/* What Podman has written down of its containers and volumes: in libpod/bolt_state.db of the storage's root
 * (boltdb_state.go), or in db.sql there, which newer versions make (sqlite_state.go). */
#pragma once

#include "host/host.h"

#include <json-c/json_object.h>

struct podman_database;

enum podman_record { PODMAN_CONFIG, PODMAN_STATE, PODMAN_VOLUME };

/* Never NULL: one that is not there has no records, and of one that cannot be read each is an error. Caller closes. */
struct podman_database *podman_database_open(struct host *host, const char *root);
void podman_database_close(struct podman_database *database);

/* The record of a container's id or a volume's name: a JSON value, which the caller puts. NULL with error:
 * PL_ERROR_ABSENT where there is none. */
json_object *podman_database_record(const struct podman_database *database, enum podman_record kind, const char *name,
                                    GError **error);
/* Where records are from, for messages. */
const char *podman_database_path(const struct podman_database *database);
/* It was written since the machine started: what it says of states holds. */
bool podman_database_is_fresh(const struct podman_database *database);
