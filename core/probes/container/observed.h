/* The items of all containers, observed once a host however many objects ask for them. */
#pragma once

#include "facts/context.h"
#include "probes/container/view.h"

struct containers_observed {
    struct items *items; /* read only: shared with items_add_shared() */
    GPtrArray *of;       /* struct container of each item, borrowed */
};

/* Looks at them in several threads; those that ended meanwhile are left out, and no more than ITEMS_MAX are looked at.
 * Owned by the host. */
const struct containers_observed *containers_observe(const struct fact_context *context,
                                                     const struct containers *containers);
