/* Listening sockets as items, each with the process that holds it. */
#include "probes/probe.h"

#include "facts/process/sockets.h"
#include "model/error.h"
#include "probes/common/ids.h"
#include "probes/common/noted.h"
#include "probes/common/object.h"

static const struct probe_param params[] = {
    {.name = "protocol", .type = VALUE_SET, .text = "tcp udp unix; default tcp and udp"},
    {.name = "port", .type = VALUE_NUMBER, .text = "only this port", .subject = true},
    {.name = "process", .type = VALUE_STRING, .text = "only sockets of processes with this command name"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"protocol", VALUE_STRING, "tcp udp unix"},
    {"family", VALUE_STRING, "ipv4 ipv6 unix"},
    {"address", VALUE_STRING, "local address, or path of a Unix socket"},
    {"port", VALUE_NUMBER, "local port"},
    {"wildcard", VALUE_BOOL, "bound to every address"},
    {"loopback", VALUE_BOOL, "bound to a loopback address only"},
    {"pid", VALUE_NUMBER, "a process that holds it; unread without the right to look", FIELD_PROCESS},
    {"process", VALUE_STRING, "command name of that process"},
    {"exe", VALUE_STRING, "program of that process"},
    {"uid", VALUE_NUMBER, "owner of the socket"},
    {"user", VALUE_STRING, "owner name", .number = "uid"},
    {"namespace", VALUE_STRING, "host, or the container's network namespace by its first process"},
    {.name = NULL},
};

/* Without a word: TCP and UDP. */
static bool asks_for(char **protocols, const char *protocol)
{
    if (!protocols[0])
        return !g_str_equal(protocol, "unix");
    return g_strv_contains((const char *const *)protocols, protocol);
}

static bool selects(const json_object *object, char **protocols, const struct listener *listener)
{
    gint64 port = object_int(object, "port", -1);
    const char *process = object_string(object, "process", NULL);
    if (!asks_for(protocols, listener->protocol) || (port >= 0 && listener->port != (guint64)port))
        return false;
    if (process && listener->holder && !*listener->holder->comm)
        host_process_note(listener->holder, "status", "it may be the one that is looked for");
    return !process || (listener->holder && g_str_equal(listener->holder->comm, process));
}

static void set_holder(struct item *item, const struct listener *listener, const struct listeners *listeners)
{
    const struct process *holder = listener->holder;
    if (holder) {
        item_set_int(item, "pid", holder->pid);
        if (*holder->comm)
            item_set_string(item, "process", holder->comm);
        else
            item_unread_process(item, "process", holder, "status");
        if (holder->exe)
            item_set_string(item, "exe", holder->exe);
        else
            item_unread_process(item, "exe", holder, "exe");
        return;
    }
    static const char *const held[] = {"pid", "process", "exe"};
    for (size_t i = 0; i < G_N_ELEMENTS(held); i++) {
        if (listeners->holders_unread)
            item_unread_error(item, held[i], listeners->holders_unread);
        else /* a socket of the kernel (NFS, WireGuard) */
            item_set(item, held[i], NULL);
    }
}

static char *subject_of(const struct listener *listener)
{
    if (g_str_equal(listener->family, "unix"))
        return g_strdup_printf("unix:%s", listener->address);
    bool v6 = g_str_equal(listener->family, "ipv6");
    return g_strdup_printf("%s:%s%s%s:%u", listener->protocol, v6 ? "[" : "", listener->address, v6 ? "]" : "",
                           listener->port);
}

static void add_item(struct host *host, const struct listener *listener, const struct listeners *listeners,
                     struct items *items)
{
    g_autofree char *subject = subject_of(listener);
    struct item *item = items_add(items, subject);
    bool inet = !g_str_equal(listener->family, "unix");
    item_set_string(item, "protocol", listener->protocol);
    item_set_string(item, "family", listener->family);
    item_set_string(item, "address", listener->address);
    item_set(item, "port", inet ? json_object_new_int64(listener->port) : NULL);
    item_set_bool(item, "wildcard", listener->wildcard);
    item_set_bool(item, "loopback", listener->loopback);
    item_set(item, "uid", listener->uid_known ? json_object_new_int64(listener->uid) : NULL);
    if (listener->uid_known)
        item_set_user(item, "user", host, listener->uid);
    else
        item_set(item, "user", NULL);
    set_holder(item, listener, listeners);
    g_autofree char *of = listener->of ? g_strdup_printf("pid:%d", listener->of->pid) : g_strdup("host");
    item_set_string(item, "namespace", of);
    if (listener->holder)
        item_source_process(item, listener->holder->comm, listener->holder->pid);
    else
        item_source_api(item, "/proc/net");
}

/* A socket whose holder is not known may belong to a process of that name whose descriptors could not be read.
 * Borrowed; NULL: there is none. */
static const GError *may_miss(struct host *host, const struct listeners *listeners, const char *comm)
{
    GHashTableIter iter;
    gpointer pid = NULL, error = NULL;
    g_hash_table_iter_init(&iter, listeners->unread_pids);
    while (comm && g_hash_table_iter_next(&iter, &pid, &error)) {
        const struct process *process = host_process(host, GPOINTER_TO_INT(pid));
        if (!process || !*process->comm || g_str_equal(process->comm, comm))
            return error;
    }
    return comm && g_hash_table_size(listeners->unread_pids) == 0 ? listeners->holders_unread : NULL;
}

static void add_errors(const struct socket_tables *tables, char **protocols, struct items *items)
{
    static const char *const names[SOCKET_PROTOCOLS] = {"tcp", "udp", "unix"};
    for (size_t i = 0; i < SOCKET_PROTOCOLS; i++)
        if (tables->errors[i] && asks_for(protocols, names[i]))
            problems_take(items->problems,
                          problem_of(problem_of_error(tables->errors[i]), "the socket tables could not be read"));
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct listeners *listeners = listeners_find(context->host);
    g_auto(GStrv) protocols = object_strv(object, "protocol");
    add_errors(listeners->own, protocols, items);
    if (listeners->unread)
        problems_take(items->problems, problem_of(problem_of_error(listeners->unread_first),
                                                  "the sockets of %u network namespaces could not be read, the first",
                                                  listeners->unread));
    const char *comm = object_string(object, "process", NULL);
    const GError *missed = may_miss(context->host, listeners, comm);
    if (missed)
        problems_take(
            items->problems,
            problem_of(problem_of_error(missed), "the open files of a process that may be %s could not be read", comm));
    for (guint i = 0; i < listeners->list->len && items_room(items, 1, "sockets"); i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (selects(object, protocols, listener))
            add_item(context->host, listener, listeners, items);
    }
}

const struct probe probe_listening_socket = {
    .name = "listening-socket",
    .summary = "Sockets that wait for peers, with their processes",
    .object = {"socket", "sockets", .absent = "nothing listens at port {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
