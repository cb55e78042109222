/* What an item of the probe `container` looks at: all processes of a container, or one. */
#pragma once

#include "facts/container/find.h"
#include "model/item.h"

struct container_gain;

struct view {
    struct host *host;
    const struct containers *containers;
    const struct container *container;
    const struct process *first;
    GPtrArray *processes; /* struct process, borrowed */
    /* What programs of its image give (gain.h), borrowed; NULL where single processes are looked at. */
    const struct container_gain *gain;
};

static inline const struct process *view_process(const struct view *view, guint i)
{
    return g_ptr_array_index(view->processes, i);
}

/* It is all of them that are looked at. */
static inline bool view_is_whole(const struct view *view)
{
    return view->processes == view->container->processes;
}

/* Sets a list (taken) of what was found among processes. Where a lookup failed (host_notes_take(); NULL: none did)
 * there may be more. */
static inline void view_set_found(struct item *item, const char *field, json_object *list, const GError *failure)
{
    item_set(item, field, list);
    if (failure)
        item_unread_error(item, field, failure);
}
