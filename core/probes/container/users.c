/* Root counts as the host sees it: uid 0 inside of a user namespace that maps it away is somebody else. */
#include "probes/container/users.h"
#include "probes/common/noted.h"

#include "facts/process/id_map.h"
#include "facts/process/namespaces.h"

#include <string.h>

/* "0 1000 1": what an ordinary user may map (user_namespaces(7)), and no runtime does for a container. */
static bool maps_one_id(const struct process *process)
{
    g_autofree char *map = process->uid_map ? g_strstrip(g_strdup(process->uid_map)) : NULL;
    const char *count = map ? strrchr(map, ' ') : NULL;
    return count && !strchr(map, '\n') && g_str_equal(count, " 1");
}

/* Whose user namespace is the container's own: the first process that is not in one that an ordinary user made, or that
 * is in the host's; NULL where there is none. */
static const struct process *owner_of(const struct view *view)
{
    const struct process *owner = NULL;
    const GPtrArray *processes = view->container->processes;
    for (guint i = 0; i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        if (namespace_relation(view->host, process, NS_USER) != NS_OWN)
            return process;
        if (!owner && !maps_one_id(process))
            owner = process;
    }
    return owner;
}

bool container_is_nested(const struct view *view, const struct process *process)
{
    if (namespace_relation(view->host, process, NS_USER) != NS_OWN)
        return false;
    const struct process *owner = owner_of(view);
    return !owner || owner->ns[NS_USER] != process->ns[NS_USER];
}

/* The host's when one process is in it. */
static const struct process *owner_or_first(const struct view *view)
{
    const struct process *owner = view->processes->len > 1 ? owner_of(view) : NULL;
    return owner ? owner : view->first;
}

static void set_root(const struct view *view, struct item *item)
{
    bool root = false;
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (!process->ids_known)
            host_process_note(process, "status", NULL);
        root |= process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (root || !failure)
        item_set_bool(item, "root_user", root);
    else
        item_unread_error(item, "root_user", failure);
}

void container_set_users(const struct view *view, struct item *item)
{
    set_root(view, item);
    if (view->first->ids_known)
        item_set_int(item, "uid", view->first->uid[1]);
    else
        item_unread_process(item, "uid", view->first, "status");
    gint64 inside = 0;
    if (!view->first->uid_map || !view->first->ids_known)
        item_unread_process(item, "uid_inside", view->first, view->first->ids_known ? "uid_map" : "status");
    else if (id_map_inside(view->first->uid_map, view->first->uid[1], &inside))
        item_set_int(item, "uid_inside", inside);
    else
        item_set(item, "uid_inside", NULL);
}

void container_set_namespaces(const struct view *view, struct item *item)
{
    const char *unread = NULL;
    g_autofree const char **shared = namespaces_shared(view->host, view->first, &unread);
    if (unread)
        item_unread_namespace(item, "host_namespaces", view->first, unread);
    else
        item_set_strv(item, "host_namespaces", shared);
    const struct process *owner = owner_or_first(view);
    enum ns_relation user = namespace_relation(view->host, owner, NS_USER);
    if (user == NS_UNREAD)
        item_unread_namespace(item, "user_namespace", owner, "user");
    else
        item_set_bool(item, "user_namespace", user == NS_OWN);
}
