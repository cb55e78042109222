/* The socket tables of one network namespace, /proc/net/{tcp,tcp6,udp,udp6,unix}, read as streams.
 *
 * A TCP socket listens in state 0A; an unconnected UDP socket (07, no peer) takes datagrams from anybody, and so does
 * an unconnected one of Unix (type 2, state 1); other Unix sockets listen when they carry a flag. */
#include "facts/process/socket_table.h"

#include "host/stream.h"
#include "model/error.h"
#include "model/value.h"

#include <arpa/inet.h>
#include <string.h>

/* __SO_ACCEPTCON of include/linux/net.h */
#define SO_ACCEPTCON_FLAG 0x10000
/* The longest table that is read: a million connections. */
#define TABLE_BYTES_MAX ((gsize)256 << 20)
/* Sockets that are kept of one table; every one beyond is said. */
#define LISTENERS_MAX 100000U
/* The kernel lists what listens before all connections, which are not worth reading where they are many. */
#define CONNECTIONS_READ 10000U

static void listener_free(gpointer data)
{
    struct listener *listener = data;
    g_free(listener->address);
    g_free(listener);
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

/* What a line turned out to be. */
enum line { LINE_BROKEN, LINE_LISTENS, LINE_BOUND, LINE_OTHER };

static enum line inet_state(char **words, enum socket_protocol protocol)
{
    bool listens = g_str_equal(words[3], "0A");
    if (protocol == SOCKET_UDP)
        listens =
            g_str_equal(words[3], "07") && g_str_has_suffix(words[2], ":0000") && !g_str_has_suffix(words[1], ":0000");
    return listens ? LINE_LISTENS : LINE_OTHER;
}

/* "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ..." */
static enum line parse_inet(const char *line, enum socket_protocol protocol, struct listener *listener)
{
    g_auto(GStrv) words = split_line(line);
    uint64_t uid = 0, inode = 0;
    if (g_strv_length(words) < 10 || !value_parse_u64(words[7], UINT32_MAX, &uid) ||
        !value_parse_u64(words[9], UINT64_MAX, &inode))
        return LINE_BROKEN;
    enum line state = inet_state(words, protocol);
    if (state != LINE_LISTENS)
        return state;
    listener->uid = (uid_t)uid;
    listener->uid_known = true;
    listener->inode = inode;
    return parse_address(words[1], listener) ? LINE_LISTENS : LINE_BROKEN;
}

/* An abstract name that the kernel gave (unix(7), "Autobind feature"): of one that sends, and waits for answers. */
static bool is_autobound(const char *address)
{
    return *address == '@' && strspn(address + 1, "0123456789abcdef") == 5 && !address[6];
}

/* "Num RefCount Protocol Flags Type St Inode Path"; a path may hold blanks, and most sockets have none. */
static enum line parse_unix(const char *line, enum socket_protocol protocol, struct listener *listener)
{
    (void)protocol;
    g_auto(GStrv) words = split_line(line);
    uint32_t flags = 0;
    uint64_t inode = 0;
    guint n = g_strv_length(words);
    if (n < 7 || strlen(words[3]) != 8 || !parse_hex(words[3], 8, &flags) ||
        !value_parse_u64(words[6], UINT64_MAX, &inode))
        return LINE_BROKEN;
    if (n < 8)
        return LINE_OTHER;
    g_autofree char *before = g_strdup_printf(" %s ", words[6]);
    const char *path = strstr(line, before);
    listener->family = "unix";
    listener->inode = inode;
    listener->address = g_strdup(path ? path + strlen(before) : words[7]);
    listener->datagrams =
        g_str_equal(words[4], "0002") && g_str_equal(words[5], "01") && !is_autobound(listener->address);
    return flags & SO_ACCEPTCON_FLAG ? LINE_LISTENS : LINE_BOUND;
}

static const struct table {
    const char *file;
    enum socket_protocol protocol;
    enum line (*parse)(const char *line, enum socket_protocol protocol, struct listener *listener);
} files[] = {
    {"tcp", SOCKET_TCP, parse_inet},  {"tcp6", SOCKET_TCP, parse_inet},  {"udp", SOCKET_UDP, parse_inet},
    {"udp6", SOCKET_UDP, parse_inet}, {"unix", SOCKET_UNIX, parse_unix},
};

static const char *const protocol_names[SOCKET_PROTOCOLS] = {"tcp", "udp", "unix"};

/* One table that is being read. */
struct socket_table_reading {
    struct socket_tables *tables;
    const struct table *table;
    const struct process *of;
    guint kept, broken; /* sockets so far; the first line that is not of the format, 0 */
    bool full;
};

/* False: nothing more is kept. */
static bool keep(struct socket_table_reading *reading, enum line line, const struct listener *found)
{
    struct socket_tables *tables = reading->tables;
    reading->full = reading->kept >= LISTENERS_MAX;
    if (reading->full)
        return false;
    reading->kept++;
    if (reading->table->protocol == SOCKET_UNIX)
        g_hash_table_add(tables->paths, g_strdup(found->address));
    if (line != LINE_LISTENS && !found->datagrams)
        return true;
    struct listener *listener = g_memdup2(found, sizeof *found);
    listener->address = g_strdup(found->address);
    listener->protocol = protocol_names[reading->table->protocol];
    listener->of = reading->of;
    g_ptr_array_add(found->datagrams ? tables->datagrams : tables->list, listener);
    return true;
}

static bool take_line(char *line, gsize length, guint number, gpointer data)
{
    struct socket_table_reading *reading = data;
    struct listener found = {0};
    if (number == 1 || !length)
        return true;
    enum line is = reading->table->parse(line, reading->table->protocol, &found);
    bool more = is == LINE_OTHER || is == LINE_BROKEN || keep(reading, is, &found);
    if (is == LINE_BROKEN && !reading->broken)
        reading->broken = number;
    if (is == LINE_OTHER && reading->table->protocol == SOCKET_TCP)
        more = number < CONNECTIONS_READ;
    g_free(found.address);
    return more;
}

/* A missing table (no IPv6, no Unix sockets) is empty. */
static void read_table(struct host *host, struct socket_table_reading *reading)
{
    const char *file = reading->table->file;
    GError **error = &reading->tables->errors[reading->table->protocol];
    g_autofree char *name = g_strconcat("net/", file, NULL);
    g_autofree char *path = reading->of ? host_process_file(reading->of, name) : g_strconcat("/proc/", name, NULL);
    g_autoptr(GError) failed = NULL;
    if (!host_each_line(host, path, TABLE_BYTES_MAX, take_line, reading, &failed) &&
        g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        return;
    if (!failed && reading->full)
        g_set_error(&failed, PL_ERROR, PL_ERROR_LIMIT, "%s: more than %u sockets", path, LISTENERS_MAX);
    if (!failed && reading->broken)
        g_set_error(&failed, PL_ERROR, PL_ERROR_PARSE, "%s: line %u is none of such a table", path, reading->broken);
    if (failed && !*error)
        *error = g_steal_pointer(&failed);
}

struct socket_tables *socket_tables_read(struct host *host, const struct process *of)
{
    struct socket_tables *tables = g_new0(struct socket_tables, 1);
    tables->list = g_ptr_array_new_with_free_func(listener_free);
    tables->datagrams = g_ptr_array_new_with_free_func(listener_free);
    tables->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        struct socket_table_reading reading = {.tables = tables, .table = &files[i], .of = of};
        read_table(host, &reading);
    }
    return tables;
}

void socket_tables_free(struct socket_tables *tables)
{
    if (!tables)
        return;
    g_ptr_array_unref(tables->list);
    g_ptr_array_unref(tables->datagrams);
    g_hash_table_unref(tables->paths);
    for (size_t i = 0; i < SOCKET_PROTOCOLS; i++)
        g_clear_error(&tables->errors[i]);
    g_free(tables);
}

static gpointer make_tables(struct host *host, gpointer data)
{
    (void)data;
    return socket_tables_read(host, NULL);
}

static void tables_destroy(gpointer tables)
{
    socket_tables_free(tables);
}

const struct socket_tables *socket_tables_of_host(struct host *host)
{
    return host_memo(host, "probes:socket-tables", make_tables, NULL, tables_destroy);
}

const GError *socket_tables_error(const struct socket_tables *tables)
{
    for (size_t i = 0; i < SOCKET_PROTOCOLS; i++)
        if (tables->errors[i])
            return tables->errors[i];
    return NULL;
}
