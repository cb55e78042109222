/* Records of Podman's and CRI-O's storage. */
#pragma once

#include "facts/container/record_parts.h"

/* What folders of lists are called after ("overlay-containers"); NULL-terminated. */
extern const char *const storage_drivers[];

/* Looks for the record of a container of theirs; false without, with record->problem where one could not be read. */
bool container_record_from_storage(struct host *host, const struct container *container,
                                   struct container_record *record);
/* Fills a record from an entry of the list at `path` (containers.json). */
void container_record_from_entry(const json_object *entry, const char *path, struct container_record *record);
