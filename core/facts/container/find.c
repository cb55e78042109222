/* Finds containers without asking an engine.
 *
 * A process is in a container when it has a mount namespace of its own and one of these holds: its control group names
 * a container; its root directory is on another file system, or another directory of it, than the host's; it has pid
 * and ipc namespaces of its own, or a pid namespace and a chroot, outside a systemd service. A service with PrivateTmp
 * has a mount namespace but the host's root, and a browser's sandbox has a pid namespace but the host's root: neither
 * is a container. Processes below one that is in a container without an id belong to the same container. */
#include "facts/container/find.h"

#include "facts/container/claim.h"
#include "facts/container/group.h"
#include "facts/container/made.h"
#include "facts/container/name.h"
#include "facts/container/record_parts.h"
#include "facts/context.h"
#include "facts/docker/engines.h"
#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"
#include "facts/process/namespaces.h"
#include "host/mounts.h"
#include "host/notes.h"
#include "model/error.h"

#include <string.h>

void container_free(gpointer data)
{
    struct container *container = data;
    g_free(container->key);
    g_free(container->id);
    g_free(container->name);
    g_free(container->place);
    g_ptr_array_unref(container->processes);
    g_clear_pointer(&container->entering, g_ptr_array_unref);
    mountinfo_free(container->mounts);
    g_clear_error(&container->mounts_error);
    container_record_free(container->record);
    g_free(container);
}

static void containers_free(gpointer data)
{
    struct containers *containers = data;
    g_ptr_array_unref(containers->list);
    g_clear_pointer(&containers->engine_roots, g_ptr_array_unref);
    mountinfo_free(containers->host);
    g_clear_error(&containers->error);
    g_clear_error(&containers->host_error);
    g_clear_error(&containers->unread_first);
    problem_free(containers->contested);
    g_free(containers);
}

/* ---- membership ---- */

struct container_find_search {
    const struct fact_context *context;
    struct host *host; /* its */
    struct containers *found;
    GPtrArray *members;    /* struct container_member */
    GPtrArray *untold;     /* struct process, borrowed */
    GHashTable *root_seen; /* mount namespace -> enum root_kind + 1, of what could be read */
};

/* A root that is no mount has no line in the table of those who live in it: it was made by chroot(2). */
enum root_kind { ROOT_HOST, ROOT_OTHER, ROOT_CHROOT, ROOT_UNREAD };

/* Others of its mount namespace, as the parent that made it, may have the host's root. */
static enum root_kind look_for_chroot(struct host *host, const struct process *process)
{
    g_autofree char *path = host_process_file(process, "root");
    /* Unheard: ROOT_UNREAD says it, and one that ended has nothing to tell. */
    g_autofree char *root = host_readlink(host, path, host_unheard());
    if (!root)
        return ROOT_UNREAD;
    return g_str_equal(root, "/") ? ROOT_HOST : ROOT_CHROOT;
}

/* The mount that is the root of those who see the table. */
struct container_root {
    bool there, whole;
    unsigned major, minor;
    char *directory;
};

static bool take_root(const struct mount_row *row, gpointer data)
{
    struct container_root *root = data;
    if (!g_str_equal(row->target, "/"))
        return true;
    g_free(root->directory);
    *root = (struct container_root){true, false, row->major, row->minor, g_strdup(row->root)};
    return true;
}

/* The table of a container may be of any length: nothing but this of it is kept. */
static enum root_kind compare_root(const struct container_find_search *search, const struct process *process)
{
    g_autofree char *path = host_process_file(process, "mountinfo");
    struct container_root theirs = {.there = false};
    const struct mount_line *ours = search->found->host ? mountinfo_at(search->found->host, "/") : NULL;
    /* Unheard: as in look_for_chroot(). */
    theirs.whole = host_each_mount(search->host, path, take_root, &theirs, host_unheard());
    g_autofree char *directory = theirs.directory;
    if (!theirs.whole || !ours)
        return ROOT_UNREAD;
    if (!theirs.there)
        return ROOT_CHROOT;
    bool same = theirs.major == ours->major && theirs.minor == ours->minor && g_str_equal(directory, ours->root);
    return same ? ROOT_HOST : ROOT_OTHER;
}

/* The same for all processes of a mount namespace, chroots left aside. That one of them could not be read says nothing
 * about the others: it may have ended just now. */
static enum root_kind root_kind(const struct container_find_search *search, const struct process *process)
{
    gpointer seen = g_hash_table_lookup(search->root_seen, &process->ns[NS_MNT]);
    if (seen)
        return (enum root_kind)(GPOINTER_TO_UINT(seen) - 1);
    enum root_kind kind = compare_root(search, process);
    if (kind == ROOT_CHROOT || kind == ROOT_UNREAD)
        return kind;
    g_hash_table_insert(search->root_seen, (gpointer)(uintptr_t)&process->ns[NS_MNT],
                        GUINT_TO_POINTER((unsigned)kind + 1));
    return kind;
}

/* Snaps have a root of their own but are packages, confined by rules of their own. */
static bool is_snap(const char *cgroup)
{
    g_autofree char *unit = cgroup_unit(cgroup);
    return unit && g_str_has_prefix(unit, "snap.");
}

enum membership { OUTSIDE, INSIDE, UNTOLD };

/* What is no service and has pid and ipc namespaces of its own, or a pid namespace and a chroot, is a container. */
static enum membership by_namespaces(const struct container_find_search *search, const struct process *process,
                                     enum root_kind root)
{
    enum ns_relation pid = namespace_relation(search->host, process, NS_PID);
    enum ns_relation ipc = namespace_relation(search->host, process, NS_IPC);
    if (pid == NS_OWN && ipc != NS_OWN && root == ROOT_HOST)
        root = look_for_chroot(search->host, process);
    if (pid == NS_OWN && (ipc == NS_OWN || root == ROOT_CHROOT))
        return INSIDE;
    bool unseen = pid == NS_UNREAD || (pid == NS_OWN && ipc == NS_UNREAD);
    return unseen || root == ROOT_UNREAD ? UNTOLD : OUTSIDE;
}

static enum membership membership(const struct container_find_search *search, const struct process *process,
                                  const char *cgroup, const char *id)
{
    enum ns_relation mnt = namespace_relation(search->host, process, NS_MNT);
    if (mnt == NS_SHARED)
        return OUTSIDE;
    if (id)
        return INSIDE;
    if (mnt == NS_UNREAD)
        return UNTOLD;
    enum root_kind root = root_kind(search, process);
    if (root == ROOT_OTHER)
        return is_snap(cgroup) ? OUTSIDE : INSIDE;
    g_autofree char *unit = cgroup_unit(cgroup);
    enum membership where = unit ? OUTSIDE : by_namespaces(search, process, root);
    bool unseen = root == ROOT_UNREAD || !cgroup;
    return where == OUTSIDE && unseen ? UNTOLD : where;
}

/* ---- all processes ---- */

static void consider(struct container_find_search *search, const struct process *process, GPtrArray *untold)
{
    if (process->kernel || !process_is_alive(process))
        return;
    g_autofree char *cgroup = process->cgroup ? cgroup_path(process->cgroup) : NULL;
    const char *runtime = NULL;
    g_autofree char *place = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime, &place) : NULL;
    enum membership where = membership(search, process, cgroup, id);
    /* Which container it is of, and what its parents are. */
    if (where == INSIDE && (!process->cgroup || !*process->comm) && !host_process_ended(search->host, process))
        host_process_note(process, process->cgroup ? "status" : "cgroup", "it belongs to a container");
    if (where == INSIDE) {
        struct container_member *member = g_new0(struct container_member, 1);
        *member = (struct container_member){process, g_steal_pointer(&id), g_steal_pointer(&place)};
        g_ptr_array_add(search->members, member);
    }
    /* Process 1 is what "host" means. */
    if (where == UNTOLD && process->pid != 1)
        g_ptr_array_add(untold, (gpointer)(uintptr_t)process);
}

/* Others of its namespaces may have been read meanwhile, and one that ended has nothing left to tell. */
static void consider_again(struct container_find_search *search)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    for (guint i = 0; i < search->untold->len; i++)
        consider(search, g_ptr_array_index(search->untold, i), left);
    for (guint i = 0; i < left->len; i++) {
        const struct process *process = g_ptr_array_index(left, i);
        if (host_process_ended(search->host, process))
            continue;
        search->found->unread++;
        if (!search->found->unread_first)
            search->found->unread_first = host_process_failure(process, !process->ns[NS_MNT]   ? "ns/mnt"
                                                                        : !process->ns[NS_PID] ? "ns/pid"
                                                                        : !process->ns[NS_IPC] ? "ns/ipc"
                                                                                               : "mountinfo");
    }
}

static int compare_containers(const void *a, const void *b)
{
    const struct container *left = *(struct container *const *)a, *right = *(struct container *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : left->first->pid - right->first->pid;
}

#define MOUNTS_TRIED 16U

/* Of the first process, or of another one with the same mounts where that ended. */
static struct mountinfo *mounts_of(struct host *host, const struct container *container, GError **error)
{
    struct mountinfo *mounts = NULL;
    const struct process *first = container->first;
    unsigned tried = 0;
    for (guint i = 0; !mounts && i <= container->processes->len && tried < MOUNTS_TRIED; i++) {
        const struct process *process = i ? g_ptr_array_index(container->processes, i - 1) : first;
        if (process->ns[NS_MNT] != first->ns[NS_MNT] || (i && process == first))
            continue;
        g_autofree char *path = host_process_file(process, "mountinfo");
        g_clear_error(error);
        mounts = mountinfo_read(host, path, error);
        tried++;
    }
    return mounts;
}

static void complete(const struct container_find_search *search)
{
    GPtrArray *list = search->found->list;
    for (guint i = 0; i < list->len; i++)
        container_identify(search->context, g_ptr_array_index(list, i));
    container_claims_settle(search->host, search->found);
    for (guint i = 0; i < list->len; i++) {
        struct container *container = g_ptr_array_index(list, i);
        container_name(search->context, container);
        container->mounts = mounts_of(search->host, container, &container->mounts_error);
        container->own_pids = namespace_relation(search->host, container->first, NS_PID) == NS_OWN;
    }
    containers_tell_apart(list);
    container_names_tell_apart(list);
    if (list->len)
        qsort(list->pdata, list->len, sizeof *list->pdata, compare_containers);
}

static void add_engine_roots(const struct fact_context *context, struct containers *found)
{
    const struct docker_engines *engines = docker_engines_find(context);
    found->engines_unseen = engines->unseen;
    for (guint i = 0; i < engines->list->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines->list, i);
        g_ptr_array_add(found->engine_roots, container_real_root(context->host, engine->data_root));
    }
}

static gpointer make_containers(struct host *host, gpointer data)
{
    const struct fact_context *context = data;
    struct containers *found = g_new0(struct containers, 1);
    found->daemons = context->daemons;
    found->list = g_ptr_array_new_with_free_func(container_free);
    found->engine_roots = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *processes = host_processes(host, &found->error);
    if (!processes)
        return found;
    g_autofree char *table = host_mount_table(host);
    found->host = mountinfo_read(host, table, &found->host_error);
    if (found->host)
        mountinfo_index(found->host);
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(container_member_free);
    g_autoptr(GPtrArray) untold = g_ptr_array_new();
    g_autoptr(GHashTable) root_seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    struct container_find_search search = {data, host, found, members, untold, root_seen};
    for (guint i = 0; i < processes->len; i++)
        consider(&search, g_ptr_array_index(processes, i), untold);
    consider_again(&search);
    container_group(host, members, found->list);
    complete(&search);
    add_engine_roots(data, found);
    return found;
}

const struct containers *containers_find(const struct fact_context *context)
{
    return host_memo(context->host, "probes:containers", make_containers, (gpointer)(uintptr_t)context,
                     containers_free);
}

bool containers_have(const struct containers *containers, const struct process *process)
{
    for (guint i = 0; i < containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(containers->list, i);
        if (g_ptr_array_find(container->processes, process, NULL) ||
            g_ptr_array_find(container->entering, process, NULL))
            return true;
    }
    return false;
}
