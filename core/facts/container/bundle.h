/* The OCI bundle of a container (runtime-spec, config.md). */
#pragma once

#include "facts/container/record_parts.h"

/* Finds config.json of the bundle and adds what it asks for to record->wanted; without another record its name and
 * image come from its annotations. Says nothing when there is no bundle. */
void container_bundle_add(struct host *host, const struct container *container, struct container_record *record);
/* The device rules that a bundle's configuration asks for, as texts ("b 8:0 rwm"); NULL where it has none. Caller owns.
 */
json_object *bundle_device_rules(const json_object *tree);
