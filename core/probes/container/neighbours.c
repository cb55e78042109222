/* Namespaces and ids that several containers are in, other than those of the host. */
#include "probes/container/neighbours.h"

#include "facts/process/id_map.h"
#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "model/tree.h"
#include "probes/common/noted.h"

#include <string.h>

/* Containers of one pod share namespaces on purpose: their control groups have one parent. */
static bool same_pod(const struct container *a, const struct container *b)
{
    if (!a->first->cgroup || !b->first->cgroup || !strstr(a->first->cgroup, "kubepods"))
        return false;
    g_autofree char *left = g_path_get_dirname(a->first->cgroup), *right = g_path_get_dirname(b->first->cgroup);
    return g_str_equal(left, right);
}

static const enum ns kinds[] = {NS_IPC, NS_MNT, NS_NET, NS_PID, NS_UTS};

static void note_unread(const struct process *process)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (process->ns[kinds[i]])
            continue;
        g_autofree char *link = g_strconcat("ns/", ns_names[kinds[i]], NULL);
        host_process_note(process, link, NULL);
    }
}

static void add_shared(const struct view *view, const struct container *other, json_object *list)
{
    const struct process *mine = view->container->first, *theirs = other->first;
    GString *shared = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool equal = mine->ns[kinds[i]] && mine->ns[kinds[i]] == theirs->ns[kinds[i]];
        if (equal && namespace_relation(view->host, mine, kinds[i]) == NS_OWN)
            g_string_append_printf(shared, " %s", ns_names[kinds[i]]);
    }
    if (shared->len) {
        g_autofree char *text = g_strdup_printf("%s:%s", other->name, shared->str);
        tree_add_text(list, text);
    }
    g_string_free(shared, TRUE);
}

/* ---- services ---- */

static const struct container *container_of(const struct view *view, const struct process *process)
{
    for (guint i = 0; process && i < view->containers->list->len; i++) {
        const struct container *one = g_ptr_array_index(view->containers->list, i);
        if (g_ptr_array_find(one->processes, process, NULL))
            return one;
    }
    return NULL;
}

/* It waits for local callers: what listens on all addresses is there for the network. */
static bool is_local(const struct listener *listener)
{
    return listener->loopback || *listener->address == '@';
}

static void add_service(const struct listener *listener, const struct container *of, json_object *list)
{
    bool v6 = g_str_equal(listener->family, "ipv6"), numbered = *listener->address != '@';
    g_autofree char *port = numbered ? g_strdup_printf(":%u", listener->port) : g_strdup("");
    g_autofree char *text =
        g_strdup_printf("%s%s%s%s%s%s of %s", numbered ? listener->protocol : "", numbered ? ":" : "", v6 ? "[" : "",
                        listener->address, v6 ? "]" : "", port, of->name);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    tree_add_text(list, valid);
}

static bool is_here(const struct view *view, const struct listener *listener)
{
    return listener->of && listener->of->ns[NS_NET] == view->first->ns[NS_NET] && is_local(listener);
}

/* The first one whose holder is not known; NULL: that of all is. */
static const struct listener *add_services(const struct view *view, const struct listeners *listeners,
                                           json_object *list)
{
    const struct listener *untold = NULL;
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (!is_here(view, listener))
            continue;
        const struct container *of = container_of(view, listener->holder);
        if (of && of != view->container && !same_pod(view->container, of))
            add_service(listener, of, list);
        untold = !listener->holder && !untold ? listener : untold;
    }
    return untold;
}

/* Of a network namespace of its own that others are in. */
static void set_services(const struct view *view, struct item *item, bool shared)
{
    const struct listeners *listeners = shared ? listeners_find(view->host) : NULL;
    json_object *list = json_object_new_array();
    const struct listener *untold = listeners ? add_services(view, listeners, list) : NULL;
    item_set(item, "neighbour_services", list);
    if (listeners && listeners->unread_first)
        item_unread_error(item, "neighbour_services", listeners->unread_first);
    if (untold)
        item_unread(item, "neighbour_services", "%s of its network namespace: who listens there could not be told",
                    untold->address);
}

/* ---- ids ---- */

/* What hides the ids that a process has on the host. */
static void note_ids(enum ns_relation user, const struct process *process)
{
    if (user == NS_UNREAD)
        host_process_note(process, "ns/user", NULL);
    else if (!process->uid_map)
        host_process_note(process, "uid_map", NULL);
}

/* That it cannot be told is noted. */
static bool same_range(const struct view *view, const struct container *other)
{
    const struct process *mine = view->container->first, *theirs = other->first;
    enum ns_relation a = namespace_relation(view->host, mine, NS_USER);
    enum ns_relation b = namespace_relation(view->host, theirs, NS_USER);
    if (a == NS_SHARED || b == NS_SHARED || (a == NS_OWN && mine->ns[NS_USER] == theirs->ns[NS_USER]))
        return false;
    note_ids(a, mine);
    note_ids(b, theirs);
    if (a == NS_UNREAD || b == NS_UNREAD || !mine->uid_map || !theirs->uid_map)
        return false;
    return g_str_equal(mine->uid_map, theirs->uid_map) || id_maps_overlap(mine->uid_map, theirs->uid_map);
}

/* Most containers have nothing in common: told without any text being made. */
static bool is_near(const struct process *mine, const struct process *theirs)
{
    for (int kind = 0; kind < NS_COUNT; kind++)
        if (kind != NS_USER && mine->ns[kind] && mine->ns[kind] == theirs->ns[kind])
            return true;
    return !mine->ns[NS_USER] || mine->ns[NS_USER] != theirs->ns[NS_USER];
}

static bool shares_own_network(const struct view *view, const struct container *other)
{
    const struct process *mine = view->container->first;
    return mine->ns[NS_NET] && mine->ns[NS_NET] == other->first->ns[NS_NET] &&
           namespace_relation(view->host, mine, NS_NET) == NS_OWN;
}

static void set_shares(const struct view *view, struct item *item)
{
    json_object *shares = json_object_new_array();
    const struct container *mine = view->container;
    bool network = false;
    struct host_noting noted = host_notes_begin();
    note_unread(mine->first);
    for (guint i = 0; i < view->containers->list->len; i++) {
        const struct container *other = g_ptr_array_index(view->containers->list, i);
        if (other == mine)
            continue;
        note_unread(other->first);
        if (!is_near(mine->first, other->first) || same_pod(mine, other))
            continue;
        add_shared(view, other, shares);
        network |= shares_own_network(view, other);
    }
    g_autoptr(GError) hidden = host_notes_take(&noted);
    bool alone = view->containers->list->len <= 1; /* it shares nothing */
    view_set_found(item, "shares_with", shares, alone ? NULL : hidden);
    set_services(view, item, network);
    if (hidden && !alone)
        item_unread_error(item, "neighbour_services", hidden);
}

static void set_ranges(const struct view *view, struct item *item)
{
    json_object *ranges = json_object_new_array();
    const struct container *mine = view->container;
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->containers->list->len; i++) {
        const struct container *other = g_ptr_array_index(view->containers->list, i);
        if (other != mine && is_near(mine->first, other->first) && !same_pod(mine, other) && same_range(view, other))
            tree_add_text(ranges, other->name);
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "uid_range_shared_with", ranges, failure);
}

void container_set_neighbours(const struct view *view, struct item *item)
{
    set_shares(view, item);
    set_ranges(view, item);
}
