/* What an item of the probe `container` looks at: all processes of a container, or one. */
#pragma once

#include "model/item.h"
#include "probes/container_find.h"

struct view {
    struct host *host;
    const struct containers *containers;
    const struct container *container;
    const struct process *first;
    GPtrArray *processes; /* struct process, borrowed */
};

static inline const struct process *view_process(const struct view *view, guint i)
{
    return g_ptr_array_index(view->processes, i);
}

/* Sets a list (taken) of what was found among processes. Without all `known` an empty one is unread: there may be
 * some that were not seen. */
static inline void view_set_found(struct item *item, const char *field, json_object *list, bool known)
{
    if (known || json_object_array_length(list)) {
        item_set(item, field, list);
        return;
    }
    json_object_put(list);
    item_unread(item, field, "the state of some of its processes could not be read");
}
