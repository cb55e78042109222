/* Items of containers that engines list and that have no process. */
#pragma once

#include "facts/container/listed.h"
#include "model/item.h"

struct containers_listed_items {
    struct items *items;
    GPtrArray *of; /* struct container_listed, borrowed, for each item */
};

/* Made once a host; owned by it. What only the kernel could show is unread. */
const struct containers_listed_items *container_listed_items(const struct fact_context *context);
