/* The process table, read from /proc in one pass, and what is asked of it. Which processes there are is seen here, by
 * the directories of /proc, and never asked of libproc2 (process_library.h). */
#include "host/process.h"

#include "host/notes.h"
#include "host/private.h"
#include "host/process_library.h"
#include "host/process_read.h"
#include "model/error.h"
#include "model/value.h"

#include <limits.h>

struct process_table_table {
    GPtrArray *list;     /* struct process by pid */
    GHashTable *by_pid;  /* pid -> struct process, borrowed */
    struct process *own; /* of the one that looks, where the list leaves it out */
    GError *error;
    bool partial; /* others than those in it run, and this mount of /proc does not show them (hidepid) */
};

static bool is_hidden(const struct host *host, pid_t pid)
{
    for (guint i = 0; host->hidden && i < host->hidden->len; i++)
        if (g_array_index(host->hidden, pid_t, i) == pid)
            return true;
    return false;
}

/* Takes the process; NULL adds nothing. The one that looks can be asked about, and is found by nobody else. */
static void add_process(struct process_table_table *table, struct process *process, bool listed)
{
    if (!process)
        return;
    if (listed)
        g_ptr_array_add(table->list, process);
    else
        table->own = process;
    g_hash_table_insert(table->by_pid, GINT_TO_POINTER(process->pid), process);
}

static int by_pid(gconstpointer a, gconstpointer b)
{
    const struct process *pa = *(const struct process *const *)a, *pb = *(const struct process *const *)b;
    return (pa->pid > pb->pid) - (pa->pid < pb->pid);
}

static GArray *list_pids(char **names)
{
    GArray *pids = g_array_new(FALSE, FALSE, sizeof(pid_t));
    for (char **name = names; name && *name; name++) {
        uint64_t number = 0;
        pid_t pid = value_parse_u64(*name, INT_MAX, &number) ? (pid_t)number : 0;
        if (pid)
            g_array_append_val(pids, pid);
    }
    return pids;
}

static void load_table(struct host *host, struct process_table_table *table)
{
    g_auto(GStrv) names = host_list(host, "/proc", &table->error);
    g_autoptr(GArray) pids = list_pids(names);
    pl_auto(process_query) query = process_query_new(host);
    for (guint i = 0; i < pids->len; i++) {
        pid_t pid = g_array_index(pids, pid_t, i);
        bool hidden = is_hidden(host, pid);
        if (i % PROCESS_ROWS == 0)
            process_query_ahead(query, &g_array_index(pids, pid_t, i), MIN(pids->len - i, PROCESS_ROWS));
        if (!hidden || pid == getpid())
            add_process(table, process_read(host, query, pid), !hidden);
    }
    g_ptr_array_sort(table->list, by_pid);
    if (names && !table->list->len)
        g_set_error(&table->error, PL_ERROR, PL_ERROR_ABSENT, "/proc: no processes there");
    /* A running machine has processes, and this is one. */
    if (host->live && g_error_matches(table->error, PL_ERROR, PL_ERROR_ABSENT))
        table->error->code = PL_ERROR_READ;
}

/* Every machine has a first process, and every container. */
static bool is_partial(const struct host *host, const struct process_table_table *table)
{
    bool first = is_hidden(host, 1) || g_hash_table_contains(table->by_pid, GINT_TO_POINTER(1));
    return host->live && !table->error && !first && (host->machine || !host->privileged);
}

static gpointer make_table(struct host *host, gpointer data)
{
    (void)data;
    struct process_table_table *table = g_new0(struct process_table_table, 1);
    table->list = g_ptr_array_new_with_free_func(process_free);
    table->by_pid = g_hash_table_new(g_direct_hash, g_direct_equal);
    load_table(host, table);
    table->partial = is_partial(host, table);
    return table;
}

static void table_free(gpointer data)
{
    struct process_table_table *table = data;
    g_hash_table_unref(table->by_pid);
    g_ptr_array_unref(table->list);
    if (table->own)
        process_free(table->own);
    g_clear_error(&table->error);
    g_free(table);
}

static const struct process_table_table *process_table(struct host *host)
{
    return host_memo(host, "host/processes", make_table, NULL, table_free);
}

static void note_partial(const struct process_table_table *table)
{
    if (table->partial)
        host_note(g_error_new_literal(PL_ERROR, PL_ERROR_DENIED, "the processes of other users are hidden"));
}

const GPtrArray *host_processes(struct host *host, GError **error)
{
    const struct process_table_table *table = process_table(host);
    note_partial(table);
    if (!table->error)
        return table->list;
    if (error)
        *error = g_error_copy(table->error);
    else
        host_note(g_error_copy(table->error));
    return NULL;
}

const struct process *host_process(struct host *host, pid_t pid)
{
    const struct process_table_table *table = process_table(host);
    if (table->error)
        host_note(g_error_copy(table->error));
    const struct process *process = g_hash_table_lookup(table->by_pid, GINT_TO_POINTER(pid));
    if (!process)
        note_partial(table);
    return process;
}

/* The process that plumbline itself is, or one that sees the host as it would; NULL when that cannot be seen. */
static const struct process *own_process(struct host *host)
{
    if (host->first)
        return host_process(host, host->first);
    g_autofree char *pid_text = host_readlink(host, "/proc/self", NULL);
    uint64_t pid = 0;
    return pid_text && value_parse_u64(pid_text, INT_MAX, &pid) ? host_process(host, (pid_t)pid) : NULL;
}

char *host_process_path(struct host *host, const struct process *process, const char *path)
{
    const struct process *own = own_process(host);
    bool same_ns = own && own->ns[NS_MNT] && own->ns[NS_MNT] == process->ns[NS_MNT];
    /* Where it could not be seen that they are the same, the path through the process is right in both cases. */
    if (same_ns && g_strcmp0(process->root, "/") == 0)
        return g_strdup(path);
    g_autofree char *root = host_process_file(process, "root");
    return g_strconcat(root, path, NULL);
}

bool host_use_process_library(struct host *host, GError **error)
{
    host->library = process_library_load(error);
    return host->library;
}

void host_hide_process(struct host *host, pid_t pid)
{
    if (!host->hidden)
        host->hidden = g_array_new(FALSE, FALSE, sizeof pid);
    g_array_append_val(host->hidden, pid);
}
