/* Processes grouped into containers.
 *
 * An id alone joins nothing, since users name the control groups that were delegated to them: a container is a place in
 * the tree of control groups and a mount namespace, with what descends from it there (facts/container/claim.h). */
#include "facts/container/group.h"

#include "host/notes.h"

struct grouping {
    struct host *host;
    GPtrArray *list;    /* struct container */
    GHashTable *by_key; /* key -> struct container */
    GHashTable *by_mnt; /* mount namespace -> struct container, the first there */
    GHashTable *of_pid; /* pid -> struct container */
    unsigned waited;    /* for runtimes (is_entering), in waits */
};

void container_member_free(gpointer data)
{
    struct container_member *member = data;
    g_free(member->id);
    g_free(member->place);
    g_free(member);
}

/* The nearest container among the processes above. */
static struct container *container_above(const struct grouping *grouping, const struct process *process)
{
    pid_t pid = process->ppid;
    for (unsigned depth = 0; pid > 1 && depth < 64; depth++) {
        struct container *container = g_hash_table_lookup(grouping->of_pid, GINT_TO_POINTER(pid));
        if (container)
            return container;
        const struct process *above = host_process(grouping->host, pid);
        pid = above ? above->ppid : 0;
    }
    return NULL;
}

static struct container *add_container(struct grouping *grouping, const struct container_member *member,
                                       const char *key)
{
    struct container *container = g_new0(struct container, 1);
    container->key = g_strdup(key);
    container->place = g_strdup(member->place);
    container->mnt = member->process->ns[NS_MNT];
    container->processes = g_ptr_array_new();
    container->entering = g_ptr_array_new();
    g_ptr_array_add(grouping->list, container);
    g_hash_table_insert(grouping->by_key, container->key, container);
    if (container->mnt && !g_hash_table_contains(grouping->by_mnt, &container->mnt))
        g_hash_table_insert(grouping->by_mnt, &container->mnt, container);
    return container;
}

static char *key_of(const struct container_member *member, bool with_mnt)
{
    g_autofree char *mnt = g_strdup_printf("ns:%" G_GUINT64_FORMAT, member->process->ns[NS_MNT]);
    if (!member->id)
        return g_steal_pointer(&mnt);
    return g_strconcat("id:", member->id, " in ", member->place, with_mnt ? " " : NULL, mnt, NULL);
}

/* At one place, what neither has the mount namespace of the first there nor descends from it is another container. */
static struct container *container_at_place(struct grouping *grouping, const struct container_member *member)
{
    g_autofree char *key = key_of(member, false);
    struct container *container = g_hash_table_lookup(grouping->by_key, key);
    uint64_t mnt = member->process->ns[NS_MNT];
    if (!container)
        return add_container(grouping, member, key);
    if (!mnt || !container->mnt || mnt == container->mnt)
        return container;
    struct container *above = container_above(grouping, member->process);
    if (above && g_strcmp0(above->place, member->place) == 0)
        return above;
    g_autofree char *narrow = key_of(member, true);
    container = g_hash_table_lookup(grouping->by_key, narrow);
    return container ? container : add_container(grouping, member, narrow);
}

static struct container *container_by_mnt(struct grouping *grouping, const struct container_member *member)
{
    g_autofree char *key = key_of(member, false);
    struct container *container = g_hash_table_lookup(grouping->by_key, key);
    /* Which control group it is in could not be read: whose mounts it has is known. */
    if (!container && !member->process->cgroup)
        container = g_hash_table_lookup(grouping->by_mnt, &member->process->ns[NS_MNT]);
    if (!container)
        container = container_above(grouping, member->process);
    return container ? container : add_container(grouping, member, key);
}

static void assign(struct grouping *grouping, const struct container_member *member)
{
    struct container *container =
        member->id ? container_at_place(grouping, member) : container_by_mnt(grouping, member);
    g_ptr_array_add(container->processes, (gpointer)(uintptr_t)member->process);
    g_hash_table_insert(grouping->of_pid, GINT_TO_POINTER(member->process->pid), container);
}

static bool starts_before(const struct process *a, const struct process *b)
{
    return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

/* The first process is the oldest of those whose parent is outside; the others of them entered later. */
static void choose_first(const struct grouping *grouping, struct container *container)
{
    unsigned entered = 0;
    for (guint i = 0; i < container->processes->len; i++) {
        const struct process *process = g_ptr_array_index(container->processes, i);
        if (g_hash_table_lookup(grouping->of_pid, GINT_TO_POINTER(process->ppid)) == container)
            continue;
        entered++;
        /* Which one was first decides what the others are compared with. */
        if (!process->start_known)
            host_process_note(process, "stat", NULL);
        if (!container->first || starts_before(process, container->first))
            container->first = process;
    }
    if (!container->first)
        container->first = g_ptr_array_index(container->processes, 0);
    container->exec_sessions = entered ? entered - 1 : 0;
}

/* ---- runtimes on their way in ---- */

/* For all of them together a second. */
#define ENTERING_WAITS   40U
#define ENTERING_WAIT_US 25000U

/* The runtime may have ended before what it started becomes the program: its shim is the parent then. Shims get orphans
 * of containers too, but only of those without process namespaces of their own. */
static bool is_shim_of_own_pids(const struct process *parent, const struct process *process)
{
    bool shim = g_str_has_prefix(parent->comm, "containerd-shim") || g_str_has_prefix(parent->comm, "conmon");
    return shim && parent->ns[NS_PID] && process->ns[NS_PID] && parent->ns[NS_PID] != process->ns[NS_PID];
}

/* A runtime that starts a program in a container (a health check, docker exec) is there itself for a moment: its
 * program lies in memory, as a guard against the container, and has no filter yet. A program of the container's has no
 * runtime of root's for a parent. */
static bool may_be_runtime(const struct grouping *grouping, const struct process *process)
{
    bool memory = process->exe && g_str_has_prefix(process->exe, "/memfd:");
    const struct process *parent = host_process(grouping->host, process->ppid);
    if (!parent || !parent->ids_known || parent->uid[0] || parent->uid[1] ||
        g_hash_table_contains(grouping->of_pid, GINT_TO_POINTER(parent->pid)))
        return false;
    bool runtime = g_str_has_prefix(parent->comm, "runc") || g_str_has_prefix(parent->comm, "crun") ||
                   is_shim_of_own_pids(parent, process);
    return runtime && (memory || g_str_has_prefix(process->comm, "runc:["));
}

/* It runs another program by now, or has ended. What cannot be read proves neither. */
static bool has_moved_on(struct host *host, const struct process *process)
{
    if (host_process_ended(host, process))
        return true;
    g_autofree char *path = host_process_file(process, "exe");
    /* Unheard: it is then judged as it was seen. */
    g_autofree char *exe = host_readlink(host, path, host_unheard());
    return exe && process->exe && !g_str_equal(exe, process->exe);
}

static bool is_entering(struct grouping *grouping, const struct process *process)
{
    if (!may_be_runtime(grouping, process))
        return false;
    bool moved = has_moved_on(grouping->host, process);
    for (; !moved && host_is_live(grouping->host) && grouping->waited < ENTERING_WAITS; grouping->waited++) {
        g_usleep(ENTERING_WAIT_US);
        moved = has_moved_on(grouping->host, process);
    }
    return moved;
}

/* Those say nothing about the container: what they became started after the table was read. */
static void leave_out_entering(struct grouping *grouping, struct container *container)
{
    for (guint i = container->processes->len; i-- > 0;) {
        const struct process *process = g_ptr_array_index(container->processes, i);
        if (process == container->first || !is_entering(grouping, process))
            continue;
        g_ptr_array_add(container->entering, g_ptr_array_remove_index(container->processes, i));
        container->exec_sessions -= container->exec_sessions > 0;
    }
}

static int compare_starts(const void *a, const void *b)
{
    const struct container_member *left = *(struct container_member *const *)a,
                                  *right = *(struct container_member *const *)b;
    return starts_before(left->process, right->process) ? -1 : starts_before(right->process, left->process);
}

static void assign_all(struct grouping *grouping, GPtrArray *members)
{
    for (guint i = 0; i < members->len; i++)
        assign(grouping, g_ptr_array_index(members, i));
    for (guint i = 0; i < grouping->list->len; i++) {
        choose_first(grouping, g_ptr_array_index(grouping->list, i));
        leave_out_entering(grouping, g_ptr_array_index(grouping->list, i));
    }
}

void container_group(struct host *host, GPtrArray *members, GPtrArray *list)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) by_mnt = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GHashTable) of_pid = g_hash_table_new(NULL, NULL);
    struct grouping grouping = {host, list, by_key, by_mnt, of_pid, 0};
    /* Parents come before their children, whatever their pids are. */
    g_ptr_array_sort(members, compare_starts);
    assign_all(&grouping, members);
}
