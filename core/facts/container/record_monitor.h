/* What the monitor of a container was told that its engine's record does not say. */
#pragma once

#include "facts/container/find.h"
#include "facts/container/record_parts.h"

/* Adds log_driver and log_bounded of a container of Podman to the fields of its record, if it has any. */
void container_record_add_log(struct host *host, const struct container *container,
                              const struct container_record *record);
