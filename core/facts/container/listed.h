/* Containers that engines list and of which the kernel shows no process: those that do not run, and those that should.
 */
#pragma once

#include "facts/container/find.h"
#include "facts/container/planned.h"
#include "model/problem.h"

/* One of them. `container.state` says which; it has no process, and a record with what its engine keeps. */
struct container_listed {
    struct container container;
    struct container_planned *planned; /* of one that is stopped; NULL: its record could not be read */
};

struct containers_listed {
    GPtrArray *list;     /* struct container_listed, by name */
    GPtrArray *problems; /* struct problem: why there may be more */
};

/* What Docker Engines list, asked once a host or read from their files; owned by the host. */
const struct containers_listed *containers_listed(const struct fact_context *context);
