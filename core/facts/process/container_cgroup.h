/* Control groups as container runtimes name them. */
#pragma once

#include "host/host.h"

/* Digits of the ids that engines make, in hexadecimal. */
#define CONTAINER_ID_LENGTH 64

/* What a control group's path says: the container's id, its runtime (static text, NULL when the path does not say), and
 * in *place (unless that is NULL) the path down to the component that names the id. NULL when no component names a
 * container. Caller frees both. */
char *container_id_from_cgroup(const char *path, const char **runtime, char **place);

enum place_owner { PLACE_USERS, PLACE_UNREAD, PLACE_ROOTS };

/* PLACE_ROOTS: root made the control group at `place`, outside of the users' slices, and nobody else puts a process
 * into it. PLACE_UNREAD, with error, when whose it is could not be seen. */
enum place_owner container_place_owner(struct host *host, const char *place, GError **error);
