/* Listening sockets from /proc/net, one set of tables a network namespace, joined with /proc/PID/fd by inode.
 *
 * A TCP socket listens in state 0A; an unconnected UDP socket (07, no peer) takes datagrams from anybody; a Unix socket
 * listens when it carries the flag SO_ACCEPTCON (0x10000). */
#include "probes/sockets.h"

#include "model/error.h"
#include "model/value.h"
#include "probes/namespaces.h"

#include <arpa/inet.h>
#include <string.h>

#define LISTENERS_MAX   20000
#define DESCRIPTORS_MAX 500000 /* links read over all processes */

static void listener_free(gpointer data)
{
    struct listener *listener = data;
    g_free(listener->address);
    g_free(listener);
}

static void listeners_free(gpointer data)
{
    struct listeners *listeners = data;
    g_ptr_array_unref(listeners->list);
    g_hash_table_unref(listeners->files);
    g_hash_table_unref(listeners->unread_pids);
    g_clear_error(&listeners->error);
    g_free(listeners);
}

static bool parse_hex(const char *text, size_t n, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* 127.0.0.0/8, ::1, and 127.0.0.0/8 as IPv6 shows it. */
static bool is_loopback(const uint32_t words[4], bool v6)
{
    static const unsigned char one[16] = {[15] = 1}, mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    const unsigned char *bytes = (const unsigned char *)words;
    if (!v6)
        return bytes[0] == 127;
    return memcmp(bytes, one, sizeof one) == 0 || (memcmp(bytes, mapped, sizeof mapped) == 0 && bytes[12] == 127);
}

/* "0100007F:0016", each 32-bit word in the machine's byte order. */
static bool parse_address(const char *text, struct listener *listener)
{
    const char *colon = strchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    uint32_t words[4] = {0}, port = 0;
    if ((n != 8 && n != 32) || strlen(colon + 1) != 4 || !parse_hex(colon + 1, 4, &port))
        return false;
    for (size_t i = 0; i < n / 8; i++)
        if (!parse_hex(text + i * 8, 8, &words[i]))
            return false;
    char shown[INET6_ADDRSTRLEN];
    inet_ntop(n == 8 ? AF_INET : AF_INET6, words, shown, sizeof shown);
    listener->family = n == 8 ? "ipv4" : "ipv6";
    listener->address = g_strdup(shown);
    listener->port = port;
    listener->wildcard = !(words[0] | words[1] | words[2] | words[3]);
    listener->loopback = is_loopback(words, n == 32);
    return true;
}

/* A line split at runs of blanks. */
static char **split_line(const char *line)
{
    GPtrArray *words = g_ptr_array_new();
    while (*(line += strspn(line, " \t"))) {
        size_t n = strcspn(line, " \t");
        g_ptr_array_add(words, g_strndup(line, n));
        line += n;
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static bool inet_listens(char **words, const char *protocol)
{
    if (g_str_equal(protocol, "tcp"))
        return g_str_equal(words[3], "0A");
    return g_str_equal(words[3], "07") && g_str_has_suffix(words[2], ":0000") && !g_str_has_suffix(words[1], ":0000");
}

static struct listener *parse_inet(const char *line, const char *protocol)
{
    g_auto(GStrv) words = split_line(line);
    uint64_t uid = 0, inode = 0;
    if (g_strv_length(words) < 10 || !inet_listens(words, protocol) || !value_parse_u64(words[7], UINT32_MAX, &uid) ||
        !value_parse_u64(words[9], UINT64_MAX, &inode))
        return NULL;
    struct listener *listener = g_new0(struct listener, 1);
    listener->protocol = protocol;
    listener->uid = (uid_t)uid;
    listener->uid_known = true;
    listener->inode = inode;
    if (parse_address(words[1], listener))
        return listener;
    listener_free(listener);
    return NULL;
}

/* "Num RefCount Protocol Flags Type St Inode Path"; a path may hold blanks. */
static struct listener *parse_unix(const char *line, const char *protocol)
{
    g_auto(GStrv) words = split_line(line);
    uint32_t flags = 0;
    uint64_t inode = 0;
    if (g_strv_length(words) < 8 || strlen(words[3]) != 8 || !parse_hex(words[3], 8, &flags) || !(flags & 0x10000) ||
        !value_parse_u64(words[6], UINT64_MAX, &inode))
        return NULL;
    g_autofree char *before = g_strdup_printf(" %s ", words[6]);
    const char *path = strstr(line, before);
    struct listener *listener = g_new0(struct listener, 1);
    listener->protocol = protocol;
    listener->family = "unix";
    listener->inode = inode;
    listener->address = g_strdup(path ? path + strlen(before) : words[7]);
    return listener;
}

struct table {
    const char *file, *protocol;
    struct listener *(*parse)(const char *line, const char *protocol);
};

static const struct table tables[] = {
    {"tcp", "tcp", parse_inet},  {"tcp6", "tcp", parse_inet},  {"udp", "udp", parse_inet},
    {"udp6", "udp", parse_inet}, {"unix", "unix", parse_unix},
};

/* Reads one table of one namespace. A missing one (no IPv6, no Unix sockets) is empty. */
static bool read_table(struct host *host, const struct table *table, const struct process *of,
                       struct listeners *listeners, GError **error)
{
    g_autofree char *path =
        of ? g_strdup_printf("/proc/%d/net/%s", of->pid, table->file) : g_strdup_printf("/proc/net/%s", table->file);
    GError *failed = NULL;
    g_autofree char *text = host_read_text(host, path, &failed);
    if (!text) {
        bool absent = g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT);
        if (absent)
            g_clear_error(&failed);
        else
            g_propagate_error(error, failed);
        return absent;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line && listeners->list->len < LISTENERS_MAX; line++) {
        struct listener *listener = line == lines ? NULL : table->parse(*line, table->protocol);
        if (!listener)
            continue;
        listener->of = of;
        g_ptr_array_add(listeners->list, listener);
    }
    return true;
}

static bool read_namespace(struct host *host, const struct process *of, struct listeners *listeners, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!read_table(host, &tables[i], of, listeners, error))
            return false;
    return true;
}

static bool socket_inode(const char *link, uint64_t *inode)
{
    if (!g_str_has_prefix(link, "socket:["))
        return false;
    g_autofree char *digits = g_strndup(link + 8, strcspn(link + 8, "]"));
    return value_parse_u64(digits, UINT64_MAX, inode);
}

static void mark_unread(struct listeners *listeners, const struct process *process)
{
    listeners->holders_unread = true;
    g_hash_table_add(listeners->unread_pids, GINT_TO_POINTER(process->pid));
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
    g_autofree char *directory = g_strdup_printf("/proc/%d/fd", process->pid);
    g_autoptr(GPtrArray) links = host_links(host, directory, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        mark_unread(listeners, process);
    for (guint i = 0; links && i < links->len && *budget; i++, (*budget)--) {
        const struct host_link *link = g_ptr_array_index(links, i);
        uint64_t inode = 0;
        if (!link->target && pl_error_from_errno(-link->err) != PL_ERROR_ABSENT)
            mark_unread(listeners, process);
        if (link->target && *link->target == '/' && process->ns[NS_MNT] != mounts)
            add_file(listeners, process, link->name, link->target);
        if (!link->target || !socket_inode(link->target, &inode))
            continue;
        struct held one = {inode, process};
        g_array_append_val(held, one);
    }
}

struct search {
    struct host *host;
    const GPtrArray *processes;
    GArray *held; /* struct held */
    struct listeners *listeners;
};

static void search_descriptors(const struct search *search)
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
        mark_unread(search->listeners, g_ptr_array_index(search->processes, i));
}

/* One process for every network namespace but the host's in which some process holds a socket, or may: a table of an
 * empty namespace costs the kernel a walk over all connections of the machine. */
static void read_other_namespaces(const struct search *search)
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
        if (!read_namespace(search->host, process, listeners, NULL))
            listeners->unread++;
    }
}

static void join_holders(const struct search *search)
{
    g_autoptr(GHashTable) by_inode = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (guint i = 0; i < search->listeners->list->len; i++) {
        struct listener *listener = g_ptr_array_index(search->listeners->list, i);
        g_hash_table_insert(by_inode, &listener->inode, listener);
    }
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
    listeners->list = g_ptr_array_new_with_free_func(listener_free);
    listeners->unread_pids = g_hash_table_new(NULL, NULL);
    listeners->files = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    if (!read_namespace(host, NULL, listeners, &listeners->error))
        return listeners;
    const GPtrArray *processes = host_processes(host, NULL);
    if (!processes) {
        listeners->holders_unread = true;
        return listeners;
    }
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(struct held));
    struct search search = {.host = host, .processes = processes, .held = held, .listeners = listeners};
    search_descriptors(&search);
    read_other_namespaces(&search);
    join_holders(&search);
    return listeners;
}

const struct listeners *listeners_find(struct host *host)
{
    return host_memo(host, "probes:listeners", make_listeners, NULL, listeners_free);
}
