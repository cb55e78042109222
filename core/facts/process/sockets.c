/* Listening sockets, one set of tables a network namespace, joined with /proc/PID/fd by inode. */
#include "facts/process/sockets.h"

#include "facts/process/namespaces.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

#define DESCRIPTORS_MAX 500000  /* links read over all processes; who is left unread then is marked */
#define OTHERS_MAX      1000000 /* sockets kept of all other namespaces; a namespace beyond counts as unread */

static void tables_destroy(gpointer tables)
{
    socket_tables_free(tables);
}

static void listeners_free(gpointer data)
{
    struct listeners *listeners = data;
    g_ptr_array_unref(listeners->list);
    g_ptr_array_unref(listeners->datagrams);
    g_ptr_array_unref(listeners->others);
    g_hash_table_unref(listeners->files);
    g_hash_table_unref(listeners->unread_pids);
    g_clear_error(&listeners->unread_first);
    g_clear_error(&listeners->holders_unread);
    g_free(listeners);
}

static bool socket_inode(const char *link, uint64_t *inode)
{
    if (!g_str_has_prefix(link, "socket:["))
        return false;
    g_autofree char *digits = g_strndup(link + 8, strcspn(link + 8, "]"));
    return value_parse_u64(digits, UINT64_MAX, inode);
}

static void error_free(gpointer error)
{
    g_error_free(error);
}

/* Takes the error. */
static void mark_unread(struct listeners *listeners, const struct process *process, GError *error)
{
    gpointer pid = GINT_TO_POINTER(process->pid);
    if (!listeners->holders_unread)
        listeners->holders_unread = g_error_copy(error);
    if (g_hash_table_contains(listeners->unread_pids, pid))
        g_error_free(error);
    else
        g_hash_table_insert(listeners->unread_pids, pid, error);
}

static void open_file_free(gpointer data)
{
    struct open_file *file = data;
    g_free(file->descriptor);
    g_free(file->target);
    g_free(file);
}

static void add_file(struct listeners *listeners, const struct process *process, const char *descriptor,
                     const char *target)
{
    if (g_str_has_prefix(target, "/dev/") || g_str_has_prefix(target, "/proc/") || host_link_is_deleted(target))
        return;
    struct open_file *file = g_new0(struct open_file, 1);
    *file = (struct open_file){g_strdup(descriptor), g_strdup(target)};
    GPtrArray *files = g_hash_table_lookup(listeners->files, process);
    if (!files) {
        files = g_ptr_array_new_with_free_func(open_file_free);
        g_hash_table_insert(listeners->files, (gpointer)(uintptr_t)process, files);
    }
    g_ptr_array_add(files, file);
}

/* Who holds which socket. */
struct held {
    uint64_t inode;
    const struct process *process;
};

/* Looks through one process's descriptors for sockets. */
static void find_held(struct host *host, const struct process *process, GArray *held, struct listeners *listeners,
                      uint64_t mounts, unsigned *budget)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = host_process_file(process, "fd");
    g_autoptr(GPtrArray) links = host_links(host, directory, &error);
    /* Of a process that goes on in other threads than its first one the folder has no descriptors either. */
    if (error && !(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) && host_process_ended(host, process)))
        mark_unread(listeners, process, g_steal_pointer(&error));
    for (guint i = 0; links && i < links->len && *budget; i++, (*budget)--) {
        const struct host_link *link = g_ptr_array_index(links, i);
        uint64_t inode = 0;
        if (!link->target && pl_error_from_errno(-link->err) != PL_ERROR_ABSENT) {
            g_autofree char *path = g_build_filename(directory, link->name, NULL);
            g_autoptr(GError) unread = NULL;
            pl_error_set_errno(&unread, -link->err, path);
            mark_unread(listeners, process, g_steal_pointer(&unread));
        }
        if (link->target && *link->target == '/' && process->ns[NS_MNT] != mounts)
            add_file(listeners, process, link->name, link->target);
        if (!link->target || !socket_inode(link->target, &inode))
            continue;
        struct held one = {inode, process};
        g_array_append_val(held, one);
    }
}

struct sockets_search {
    struct host *host;
    const GPtrArray *processes;
    GArray *held; /* struct held */
    struct listeners *listeners;
};

static void search_descriptors(const struct sockets_search *search)
{
    unsigned budget = DESCRIPTORS_MAX;
    const struct process *first = search->processes->len ? g_ptr_array_index(search->processes, 0) : NULL;
    uint64_t mounts = first && first->pid == 1 ? first->ns[NS_MNT] : 0; /* of the host; 0: not known */
    for (guint i = 0; i < search->processes->len; i++) {
        const struct process *process = g_ptr_array_index(search->processes, i);
        if (!process->kernel && process_is_alive(process))
            find_held(search->host, process, search->held, search->listeners, mounts, &budget);
    }
    for (guint i = 0; !budget && i < search->processes->len; i++)
        mark_unread(search->listeners, g_ptr_array_index(search->processes, i),
                    g_error_new(PL_ERROR, PL_ERROR_LIMIT, "more than %d open files over all processes of /proc",
                                DESCRIPTORS_MAX));
}

static void take_namespace(struct listeners *listeners, struct socket_tables *tables)
{
    g_autoptr(GError) error = NULL;
    guint n = listeners->list->len + listeners->datagrams->len + tables->list->len + tables->datagrams->len;
    if (n > OTHERS_MAX) {
        g_set_error(&error, PL_ERROR, PL_ERROR_LIMIT, "more than %d sockets in the tables of /proc/PID/net",
                    OTHERS_MAX);
        socket_tables_free(tables);
    } else {
        const GError *failed = socket_tables_error(tables);
        error = failed ? g_error_copy(failed) : NULL;
        g_ptr_array_add(listeners->others, tables);
        g_ptr_array_extend(listeners->list, tables->list, NULL, NULL);
        g_ptr_array_extend(listeners->datagrams, tables->datagrams, NULL, NULL);
    }
    listeners->unread += error != NULL;
    if (error && !listeners->unread_first)
        listeners->unread_first = g_steal_pointer(&error);
}

/* One process for every network namespace but the host's in which some process holds a socket, or may: a table of an
 * empty namespace costs the kernel a walk over all connections of the machine. */
static void read_other_namespaces(const struct sockets_search *search)
{
    struct listeners *listeners = search->listeners;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GHashTable) holds = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < search->held->len; i++)
        g_hash_table_add(holds, (gpointer)(uintptr_t)g_array_index(search->held, struct held, i).process);
    for (guint i = 0; i < search->processes->len; i++) {
        const struct process *process = g_ptr_array_index(search->processes, i);
        bool may_hold = g_hash_table_contains(holds, process) ||
                        g_hash_table_contains(listeners->unread_pids, GINT_TO_POINTER(process->pid));
        if (process->kernel || !process_is_alive(process) || !may_hold ||
            namespace_relation(search->host, process, NS_NET) != NS_OWN)
            continue;
        if (!g_hash_table_add(seen, (gpointer)(uintptr_t)&process->ns[NS_NET]))
            continue;
        take_namespace(listeners, socket_tables_read(search->host, process));
    }
}

static void index_by_inode(GHashTable *by_inode, const GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++) {
        struct listener *listener = g_ptr_array_index(list, i);
        g_hash_table_insert(by_inode, &listener->inode, listener);
    }
}

static void join_holders(const struct sockets_search *search)
{
    g_autoptr(GHashTable) by_inode = g_hash_table_new(g_int64_hash, g_int64_equal);
    index_by_inode(by_inode, search->listeners->list);
    index_by_inode(by_inode, search->listeners->datagrams);
    for (guint i = 0; i < search->held->len; i++) {
        const struct held *one = &g_array_index(search->held, struct held, i);
        struct listener *listener = g_hash_table_lookup(by_inode, &one->inode);
        /* systemd keeps a copy of what it handed over to a service: the service is who answers. */
        if (listener && (!listener->holder || listener->holder->pid == 1))
            listener->holder = one->process;
    }
}

static gpointer make_listeners(struct host *host, gpointer data)
{
    (void)data;
    struct listeners *listeners = g_new0(struct listeners, 1);
    listeners->list = g_ptr_array_new();
    listeners->datagrams = g_ptr_array_new();
    listeners->others = g_ptr_array_new_with_free_func(tables_destroy);
    listeners->own = socket_tables_of_host(host);
    listeners->error = socket_tables_error(listeners->own);
    g_ptr_array_extend(listeners->list, listeners->own->list, NULL, NULL);
    g_ptr_array_extend(listeners->datagrams, listeners->own->datagrams, NULL, NULL);
    listeners->unread_pids = g_hash_table_new_full(NULL, NULL, NULL, error_free);
    listeners->files = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    const GPtrArray *processes = host_processes(host, &listeners->holders_unread);
    if (!processes)
        return listeners;
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(struct held));
    struct sockets_search search = {.host = host, .processes = processes, .held = held, .listeners = listeners};
    search_descriptors(&search);
    g_prefix_error(&listeners->holders_unread, "the open files of %u processes could not be read, the first by ",
                   g_hash_table_size(listeners->unread_pids));
    read_other_namespaces(&search);
    join_holders(&search);
    return listeners;
}

const struct listeners *listeners_find(struct host *host)
{
    return host_memo(host, "probes:listeners", make_listeners, NULL, listeners_free);
}
