/* Finds containers without asking an engine.
 *
 * A process is in a container when it has a mount namespace of its own and one of these holds: its control group names
 * a container; its root directory is on another file system, or another directory of it, than the host's; it has pid
 * and ipc namespaces of its own, or a pid namespace and a chroot, outside a systemd service. A service with PrivateTmp
 * has a mount namespace but the host's root, and a browser's sandbox has a pid namespace but the host's root: neither
 * is a container. Processes below one that is in a container without an id belong to the same container. */
#include "probes/container_find.h"

#include "model/error.h"
#include "probes/cgroup.h"
#include "probes/container_name.h"
#include "probes/container_record.h"
#include "probes/docker.h"
#include "probes/namespaces.h"
#include "probes/probe.h"

#include <string.h>

static void container_free(gpointer data)
{
    struct container *container = data;
    g_free(container->key);
    g_free(container->id);
    g_free(container->name);
    g_ptr_array_unref(container->processes);
    mountinfo_free(container->mounts);
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
    g_free(containers);
}

/* ---- membership ---- */

struct search {
    const struct probe_context *context;
    struct host *host; /* its */
    struct containers *found;
    GHashTable *by_key;    /* key -> struct container */
    GHashTable *of_pid;    /* pid -> struct container */
    GHashTable *root_seen; /* mount namespace -> enum root_kind + 1 */
};

/* A root that is no mount has no line in the table of those who live in it: it was made by chroot(2). */
enum root_kind { ROOT_HOST, ROOT_OTHER, ROOT_CHROOT, ROOT_UNREAD };

/* Others of its mount namespace, as the parent that made it, may have the host's root. */
static enum root_kind look_for_chroot(struct host *host, const struct process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/root", process->pid);
    g_autofree char *root = host_readlink(host, path, NULL);
    if (!root)
        return ROOT_UNREAD;
    return g_str_equal(root, "/") ? ROOT_HOST : ROOT_CHROOT;
}

static struct mountinfo *read_mounts(struct host *host, const char *path)
{
    g_autofree char *text = host_read_text(host, path, NULL);
    return text ? mountinfo_parse(text) : NULL;
}

static enum root_kind compare_root(const struct search *search, const struct process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/mountinfo", process->pid);
    pl_auto(mountinfo) mounts = read_mounts(search->host, path);
    const struct mount_line *theirs = mounts ? mountinfo_at(mounts, "/") : NULL;
    const struct mount_line *ours = search->found->host ? mountinfo_at(search->found->host, "/") : NULL;
    if (!mounts || !ours)
        return ROOT_UNREAD;
    if (!theirs)
        return ROOT_CHROOT;
    bool same = theirs->major == ours->major && theirs->minor == ours->minor && g_str_equal(theirs->root, ours->root);
    return same ? ROOT_HOST : ROOT_OTHER;
}

/* The same for all processes of a mount namespace, chroots left aside. */
static enum root_kind root_kind(const struct search *search, const struct process *process)
{
    gpointer seen = g_hash_table_lookup(search->root_seen, &process->ns[NS_MNT]);
    if (seen)
        return (enum root_kind)(GPOINTER_TO_UINT(seen) - 1);
    enum root_kind kind = compare_root(search, process);
    if (kind == ROOT_CHROOT)
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

static enum membership membership(const struct search *search, const struct process *process, const char *cgroup,
                                  const char *id)
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
    bool own_pid = namespace_relation(search->host, process, NS_PID) == NS_OWN;
    bool own_ipc = namespace_relation(search->host, process, NS_IPC) == NS_OWN;
    g_autofree char *unit = cgroup_unit(cgroup);
    if (own_pid && !own_ipc && !unit && root == ROOT_HOST)
        root = look_for_chroot(search->host, process);
    if (own_pid && (own_ipc || root == ROOT_CHROOT) && !unit)
        return INSIDE;
    return root == ROOT_UNREAD && own_pid ? UNTOLD : OUTSIDE;
}

/* ---- grouping ---- */

/* The nearest container among the processes above. */
static struct container *container_above(const struct search *search, const struct process *process)
{
    pid_t pid = process->ppid;
    for (unsigned depth = 0; pid > 1 && depth < 64; depth++) {
        struct container *container = g_hash_table_lookup(search->of_pid, GINT_TO_POINTER(pid));
        if (container)
            return container;
        const struct process *above = host_process(search->host, pid);
        pid = above ? above->ppid : 0;
    }
    return NULL;
}

static struct container *add_container(struct search *search, char *key)
{
    struct container *container = g_new0(struct container, 1);
    container->key = key;
    container->processes = g_ptr_array_new();
    g_ptr_array_add(search->found->list, container);
    g_hash_table_insert(search->by_key, container->key, container);
    return container;
}

static void assign(struct search *search, const struct process *process, const char *id)
{
    struct container *container = NULL;
    g_autofree char *key =
        id ? g_strdup_printf("id:%s", id) : g_strdup_printf("ns:%" G_GUINT64_FORMAT, process->ns[NS_MNT]);
    container = g_hash_table_lookup(search->by_key, key);
    if (!container && !id)
        container = container_above(search, process);
    if (!container)
        container = add_container(search, g_steal_pointer(&key));
    g_ptr_array_add(container->processes, (gpointer)(uintptr_t)process);
    g_hash_table_insert(search->of_pid, GINT_TO_POINTER(process->pid), container);
}

static void consider(struct search *search, const struct process *process)
{
    if (process->kernel || process->state == 'Z')
        return;
    g_autofree char *cgroup = process->cgroup ? cgroup_path(process->cgroup) : NULL;
    const char *runtime = NULL;
    g_autofree char *id = cgroup ? container_id_from_cgroup(cgroup, &runtime) : NULL;
    enum membership where = membership(search, process, cgroup, id);
    if (where == INSIDE)
        assign(search, process, id);
    /* Process 1 is what "host" means. */
    search->found->unread += where == UNTOLD && process->pid != 1;
}

static bool starts_before(const struct process *a, const struct process *b)
{
    return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

/* The first process is the oldest of those whose parent is outside; the others of them entered later. */
static void choose_first(const struct search *search, struct container *container)
{
    unsigned entered = 0;
    for (guint i = 0; i < container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(container->processes, i);
        if (g_hash_table_lookup(search->of_pid, GINT_TO_POINTER(process->ppid)) == container)
            continue;
        entered++;
        if (!container->first || starts_before(process, container->first))
            container->first = process;
    }
    if (!container->first)
        container->first = g_ptr_array_index(container->processes, 0);
    container->exec_sessions = entered ? entered - 1 : 0;
}

static int compare_containers(const void *a, const void *b)
{
    const struct container *left = *(struct container *const *)a, *right = *(struct container *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : left->first->pid - right->first->pid;
}

static void complete(const struct search *search)
{
    GPtrArray *list = search->found->list;
    for (guint i = 0; i < list->len; i++)
        choose_first(search, g_ptr_array_index(list, i));
    for (guint i = 0; i < list->len; i++) {
        struct container *container = g_ptr_array_index(list, i);
        container_name(search->context, container);
        g_autofree char *path = g_strdup_printf("/proc/%d/mountinfo", container->first->pid);
        container->mounts = read_mounts(search->host, path);
        container->own_pids = namespace_relation(search->host, container->first, NS_PID) == NS_OWN;
    }
    if (list->len)
        qsort(list->pdata, list->len, sizeof *list->pdata, compare_containers);
}

static void add_engine_roots(const struct probe_context *context, struct containers *found)
{
    const struct docker_engines *engines = docker_engines_find(context);
    found->engines_unseen = engines->unseen;
    for (guint i = 0; i < engines->list->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines->list, i);
        g_ptr_array_add(found->engine_roots, g_strdup(engine->data_root));
    }
}

static gpointer make_containers(struct host *host, gpointer data)
{
    struct containers *found = g_new0(struct containers, 1);
    found->list = g_ptr_array_new_with_free_func(container_free);
    found->engine_roots = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *processes = host_processes(host, &found->error);
    if (!processes)
        return found;
    found->host = read_mounts(host, "/proc/self/mountinfo");
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) of_pid = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) root_seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    struct search search = {data, host, found, by_key, of_pid, root_seen};
    for (guint i = 0; i < processes->len; i++)
        consider(&search, g_ptr_array_index(processes, i));
    complete(&search);
    add_engine_roots(data, found);
    return found;
}

const struct containers *containers_find(const struct probe_context *context)
{
    return host_memo(context->host, "probes:containers", make_containers, (gpointer)(uintptr_t)context,
                     containers_free);
}

bool containers_have(const struct containers *containers, const struct process *process)
{
    for (guint i = 0; i < containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(containers->list, i);
        if (g_ptr_array_find(container->processes, process, NULL))
            return true;
    }
    return false;
}
