/* Root counts as the host sees it: uid 0 inside of a user namespace that maps it away is somebody else. */
#include "probes/container/users.h"
#include "probes/common/noted.h"

#include "facts/container/record.h"
#include "facts/process/id_map.h"
#include "facts/process/namespaces.h"

#include <string.h>

/* "0 1000 1": what an ordinary user may map (user_namespaces(7)), and no runtime does for a container. The map is
 * known. */
static bool maps_one_id(const struct process *process)
{
    g_autofree char *map = g_strstrip(g_strdup(process->uid_map));
    const char *count = strrchr(map, ' ');
    return count && !strchr(map, '\n') && g_str_equal(count, " 1");
}

/* The process outside that started the container; NULL: none is left. */
static const struct process *starter_of(const struct view *view)
{
    pid_t above = view->container->first->ppid;
    const struct process *starter = above > 0 ? host_process(view->host, above) : NULL;
    return starter && !g_ptr_array_find(view->container->processes, starter, NULL) ? starter : NULL;
}

/* It was started without a user namespace of its own, by somebody in the host's. */
static bool is_told_to_share(const struct view *view, const struct process *starter)
{
    return view->container->record->own_users == 0 && starter &&
           namespace_relation(view->host, starter, NS_USER) == NS_SHARED;
}

struct owner {
    /* Who is in the user namespace that is the container's own; NULL where there is none, or where the record tells
     * that none of these is the container's. */
    const struct process *process;
    /* Whose map or link to a namespace was not read, and could be it; NULL: none. */
    const struct process *unread;
};

/* It is the container's own, whatever the others are in. */
static bool owns_surely(const struct view *view, const struct process *starter, const struct process *process)
{
    enum ns_relation relation = namespace_relation(view->host, process, NS_USER);
    return relation == NS_SHARED || (relation == NS_OWN && starter && starter->ns[NS_USER] == process->ns[NS_USER]);
}

/* The first process that is in the host's user namespace or in that of whoever started the container, else the first
 * one that is not in one that an ordinary user made. What cannot be read before one is found may be either. */
static struct owner owner_of(const struct view *view)
{
    const struct process *starter = starter_of(view);
    const GPtrArray *processes = view->container->processes;
    bool told = is_told_to_share(view, starter);
    struct owner owner = {0};
    for (guint i = 0; i < processes->len; i++) {
        const struct process *process = g_ptr_array_index(processes, i);
        if (owns_surely(view, starter, process))
            return (struct owner){.process = process};
        bool unseen = namespace_relation(view->host, process, NS_USER) == NS_UNREAD;
        bool asked = !told && !owner.process; /* its map decides */
        if (!owner.unread && (unseen || (asked && !process->uid_map)))
            owner.unread = process;
        if (asked && !owner.unread && !maps_one_id(process))
            owner.process = process;
    }
    return owner;
}

bool container_is_nested(const struct view *view, const struct process *process)
{
    enum ns_relation relation = namespace_relation(view->host, process, NS_USER);
    if (relation == NS_SHARED)
        return false;
    const struct process *owner = owner_of(view).process;
    return relation == NS_UNREAD || !owner || owner->ns[NS_USER] != process->ns[NS_USER];
}

/* What of the process was not read. */
static const char *owner_file(const struct view *view, const struct process *process)
{
    return namespace_relation(view->host, process, NS_USER) == NS_UNREAD ? "ns/user" : "uid_map";
}

void container_note_owner(const struct view *view)
{
    bool shared = true;
    for (guint i = 0; i < view->processes->len; i++)
        shared &= namespace_relation(view->host, view_process(view, i), NS_USER) == NS_SHARED;
    const struct process *unread = shared ? NULL : owner_of(view).unread;
    if (unread)
        host_process_note(unread, owner_file(view, unread), NULL);
}

bool container_is_all_nested(const struct view *view)
{
    for (guint i = 0; i < view->processes->len; i++)
        if (!container_is_nested(view, view_process(view, i)))
            return false;
    return view->processes->len > 0;
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

static void say_all_nested(const struct view *view, struct item *item, const char *field)
{
    item_unread(item, field,
                "%s: all processes are in a user namespace that was made inside, and which one the container itself "
                "has is not seen",
                view->container->name);
}

/* What the first process is in, but for the user namespace, which is the container's own. A single process has the one
 * that it is in. Where all of the container's are in namespaces that were made inside, the record alone tells: 0. */
static struct process whole_of(const struct view *view)
{
    struct process whole = *view->first;
    if (!view_is_whole(view))
        return whole;
    const struct owner found = owner_of(view);
    const struct process *starter = starter_of(view);
    const struct process *owner = found.process ? found.process : is_told_to_share(view, starter) ? starter : NULL;
    whole.ns[NS_USER] = owner && !found.unread ? owner->ns[NS_USER] : 0;
    return whole;
}

/* The container's own user namespace is not known: why. */
static void say_no_owner(const struct view *view, struct item *item, const char *field)
{
    const struct process *unread = owner_of(view).unread;
    if (unread)
        item_unread_process(item, field, unread, owner_file(view, unread));
    else
        say_all_nested(view, item, field);
}

void container_set_namespaces(const struct view *view, struct item *item)
{
    const struct process whole = whole_of(view);
    const char *unread = NULL;
    g_autofree const char **shared = namespaces_shared(view->host, &whole, &unread);
    enum ns_relation user = namespace_relation(view->host, &whole, NS_USER);
    bool unowned = !whole.ns[NS_USER] && view_is_whole(view);
    if (unread && !(unowned && g_str_equal(unread, "user")))
        item_unread_namespace(item, "host_namespaces", view->first, unread);
    else
        item_set_strv(item, "host_namespaces", shared);
    if (unowned) {
        say_no_owner(view, item, "host_namespaces");
        say_no_owner(view, item, "user_namespace");
    } else if (user == NS_UNREAD) {
        item_unread_namespace(item, "user_namespace", view->first, "user");
    } else {
        item_set_bool(item, "user_namespace", user == NS_OWN);
    }
}
