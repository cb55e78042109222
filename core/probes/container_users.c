/* Root counts as the host sees it: uid 0 inside of a user namespace that maps it away is somebody else. */
#include "probes/container_users.h"

#include "probes/id_map.h"
#include "probes/namespaces.h"

void container_set_users(const struct view *view, struct item *item)
{
    bool root = false, known = true;
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        known &= process->ids_known;
        root |= process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
    }
    if (root || known)
        item_set_bool(item, "root_user", root);
    else
        item_unread(item, "root_user", "the owner of some of its processes could not be read");
    if (view->first->ids_known)
        item_set_int(item, "uid", view->first->uid[1]);
    else
        item_unread(item, "uid", "/proc/%d/status could not be read", view->first->pid);
    gint64 inside = 0;
    if (!view->first->uid_map || !view->first->ids_known)
        item_unread(item, "uid_inside", "/proc/%d/uid_map could not be read", view->first->pid);
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
        item_unread(item, "host_namespaces", "/proc/%d/ns/%s could not be compared", view->first->pid, unread);
    else
        item_set_strv(item, "host_namespaces", shared);
    enum ns_relation user = namespace_relation(view->host, view->first, NS_USER);
    if (user == NS_UNREAD)
        item_unread(item, "user_namespace", "/proc/%d/ns/user could not be compared", view->first->pid);
    else
        item_set_bool(item, "user_namespace", user == NS_OWN);
}
