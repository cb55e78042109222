/* Docker's own form of a container record. */
#pragma once

#include "facts/container/record_parts.h"

/* Fills name, fields, wanted and block_devices from a tree in the form of GET /containers/ID/json. */
void container_record_from_docker(struct container_record *record, const json_object *tree);

/* Parts of such a record: the bounding set that it asks for, all bits for ALL; processors, 0: no limit; whether there
 * is such an option ("seccomp", "no-new-privileges"), and its value, "true" where it has none. */
uint64_t docker_bounding(const json_object *tree);
double docker_cpus(const json_object *tree);
bool docker_security_option(const json_object *tree, const char *name, const char **value);
/* Sets published, published_everywhere, published_lowest and ports_wanted_only as they will be when it runs. */
void docker_planned_ports(const json_object *tree, json_object *fields);
