/* Docker's own form of a container record. */
#pragma once

#include "facts/container/record_parts.h"

/* Fills name, fields, wanted and block_devices from a tree in the form of GET /containers/ID/json. */
void container_record_from_docker(struct container_record *record, const json_object *tree);
