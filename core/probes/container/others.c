/* A look through /proc/PID/root asks what ptrace() asks for reading (ptrace(2), "Ptrace access mode checking"): the
 * same user and group, and no capability that the looker lacks; or CAP_SYS_PTRACE. Whoever may become any user has
 * every user's answer. That a process may be undumpable is left out: most are not. */
#include "probes/container/others.h"

#include "facts/process/namespaces.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/ids.h"
#include "probes/common/noted.h"
#include "probes/container/gain.h"
#include "probes/container/mounts.h"
#include "probes/container/origin.h"

#include <sys/capability.h>

/* Neighbours whose mounts are read. */
#define NEIGHBOURS_MAX 64U

static bool has_all(uint64_t mask, uint64_t wanted)
{
    return (mask & wanted) == wanted;
}

static bool is_same_user(const struct process *mine, const struct process *other)
{
    for (unsigned i = 0; i < 3; i++)
        if (other->uid[i] != mine->uid[1] || other->gid[i] != mine->gid[1])
            return false;
    return true;
}

/* One process of the container may look into another process that it sees, where both have one user namespace. */
static bool may_look_beside(const struct view *view, const struct process *mine, const struct process *other)
{
    uint64_t caps = gain_caps(view, mine);
    if (caps & CAP_BIT(CAP_SYS_PTRACE))
        return true;
    bool anybody = has_all(caps, CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_SETGID));
    return (anybody || is_same_user(mine, other)) && has_all(caps, other->caps[CAPSET_PERMITTED]);
}

bool container_may_look(const struct view *view, const struct process *mine, const struct process *other)
{
    return mine->ids_known && other->ids_known && other->caps_known && other->ns[NS_USER] &&
           mine->ns[NS_USER] == other->ns[NS_USER] && may_look_beside(view, mine, other);
}

/* Some process may look into it if it is in a user namespace that could not be read. */
static bool may_hang_on_namespace(const struct view *view, const struct process *other)
{
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *mine = view_process(view, i);
        if (!mine->ids_known || !mine->caps_known || may_look_beside(view, mine, other))
            return true;
    }
    return false;
}

void container_note_other(const struct view *view, const struct process *other)
{
    bool status = !other->ids_known || !other->caps_known;
    if (!status && (other->ns[NS_USER] || !may_hang_on_namespace(view, other)))
        return;
    if (!host_process_ended(view->host, other))
        host_process_note(other, status ? "status" : "ns/user", NULL);
}

static bool some_may_look(const struct view *view, const struct process *other)
{
    for (guint i = 0; i < view->processes->len; i++)
        if (container_may_look(view, view_process(view, i), other))
            return true;
    container_note_other(view, other);
    return false;
}

void container_note_lookers(const struct view *view)
{
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (!process->ids_known || !process->caps_known)
            host_process_note(process, "status", NULL);
        if (!process->ns[NS_USER])
            host_process_note(process, "ns/user", NULL);
        gain_note(view, process);
    }
}

/* ---- accounts of the host ---- */

/* It has the host's process namespace, or its /proc. */
static bool sees_host(const struct view *view, const struct item *item)
{
    enum ns_relation pids = namespace_relation(view->host, view->first, NS_PID);
    if (pids == NS_UNREAD)
        host_process_note(view->first, "ns/pid", NULL);
    const json_object *paths = tree_member(item->fields, "host_paths");
    size_t n = json_object_is_type(paths, json_type_array) ? json_object_array_length(paths) : 0;
    for (size_t i = 0; i < n; i++)
        if (g_strcmp0(json_object_get_string(json_object_array_get_idx(paths, i)), "/proc") == 0)
            return true;
    return pids == NS_SHARED;
}

static bool is_of_host(const struct view *view, const struct process *process)
{
    return !process->kernel && process_is_alive(process) && !containers_have(view->containers, process) &&
           namespace_relation(view->host, process, NS_USER) != NS_OWN;
}

static json_object *accounts_of(const struct view *view, const GPtrArray *processes)
{
    json_object *names = json_object_new_array();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < processes->len; i++) {
        const struct process *other = g_ptr_array_index(processes, i);
        gpointer uid = GUINT_TO_POINTER(other->uid[1]);
        if (g_hash_table_contains(seen, uid) || !is_of_host(view, other) || !some_may_look(view, other))
            continue;
        g_hash_table_add(seen, uid);
        const char *name = host_user_name(view->host, other->uid[1]);
        g_autofree char *number = g_strdup_printf("%u", other->uid[1]);
        tree_add_text(names, name ? name : number);
    }
    return names;
}

static void set_accounts(const struct view *view, struct item *item)
{
    struct host_noting noted = host_notes_begin();
    bool sees = sees_host(view, item);
    const GPtrArray *processes = sees ? host_processes(view->host, NULL) : NULL;
    json_object *names = processes ? accounts_of(view, processes) : json_object_new_array();
    if (sees)
        container_note_lookers(view);
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "host_accounts", names, failure);
}

/* ---- neighbours ---- */

/* A file of /proc/PID asks who looks, not in which process namespace that one is. */
bool container_sees_all(const struct view *view, bool writable)
{
    const struct mountinfo *mounts = view->container->mounts;
    bool sees = namespace_relation(view->host, view->first, NS_PID) == NS_SHARED;
    const struct mountinfo *known = view->containers->host ? mounts : NULL;
    for (guint i = 0; !sees && known && i < mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(mounts->lines, i);
        if (!g_str_equal(line->fstype, "proc") || !g_str_equal(line->root, "/") ||
            (writable && !mount_is_writable(line)) || container_mount_is_hidden(view->container, line))
            continue;
        g_autofree char *home = container_host_path(view->containers, view->container, line);
        sees = g_strcmp0(home, "/proc") == 0;
    }
    return sees;
}

bool container_sees(const struct view *view, const struct container *other, bool all)
{
    uint64_t mine = view->first->ns[NS_PID], theirs = other->first->ns[NS_PID];
    return (all || (mine && mine == theirs)) && other != view->container;
}

static void note_bound(const struct view *view)
{
    g_autofree char *place = host_process_file(view->first, "ns/pid");
    host_note(g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more neighbours than are looked at", place));
}

static bool may_look_into(const struct view *view, const struct container *other)
{
    for (guint i = 0; i < other->processes->len; i++)
        if (some_may_look(view, g_ptr_array_index(other->processes, i)))
            return true;
    return false;
}

GPtrArray *container_neighbours(const struct view *view)
{
    GPtrArray *found = g_ptr_array_new();
    bool any = false, all = container_sees_all(view, false);
    for (guint i = 0; i < view->containers->list->len; i++) {
        struct container *other = g_ptr_array_index(view->containers->list, i);
        if (!container_sees(view, other, all))
            continue;
        any = true;
        if (!may_look_into(view, other))
            continue;
        if (found->len == NEIGHBOURS_MAX) {
            note_bound(view);
            break;
        }
        g_ptr_array_add(found, other);
    }
    if (any)
        container_note_lookers(view);
    /* The host's /proc may be among them. */
    const GError *unread = view->container->mounts ? view->containers->host_error : view->container->mounts_error;
    if (unread && view->containers->list->len > 1)
        host_note(g_error_copy(unread));
    return found;
}

void container_set_others(const struct view *view, struct item *item, struct items *reached)
{
    json_object *names = json_object_new_array();
    set_accounts(view, item);
    struct host_noting noted = host_notes_begin();
    g_autoptr(GPtrArray) neighbours = container_neighbours(view);
    for (guint i = 0; i < neighbours->len; i++) {
        const struct container *other = g_ptr_array_index(neighbours, i);
        tree_add_text(names, other->name);
        container_set_mounts(view->host, view->containers, other, items_add(reached, other->name));
    }
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "neighbours", names, failure);
}
