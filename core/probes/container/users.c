/* Root counts as the host sees it: uid 0 inside of a user namespace that maps it away is somebody else. */
#include "probes/container/users.h"
#include "probes/common/noted.h"

#include "facts/process/id_map.h"
#include "facts/process/namespaces.h"

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
    enum ns_relation user = namespace_relation(view->host, view->first, NS_USER);
    if (user == NS_UNREAD)
        item_unread_namespace(item, "user_namespace", view->first, "user");
    else
        item_set_bool(item, "user_namespace", user == NS_OWN);
}
