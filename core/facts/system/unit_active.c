/* Whether a unit is active, without asking systemd: cgroups of processes, the state links that systemd keeps in
 * /run/systemd/units, the mount table, bound sockets. */
#include "facts/file/lines.h"
#include "facts/process/socket_table.h"
#include "facts/system/mounts.h"
#include "facts/system/units.h"
#include "host/process.h"
#include "model/error.h"

#include <string.h>

struct running {
    GHashTable *units; /* set of names that have a process */
    GError *error;     /* the process table could not be read */
    guint unreadable;  /* processes whose cgroup could not be read */
    GError *first;     /* what hindered the first of them */
};

static void running_free(gpointer data)
{
    struct running *running = data;
    g_hash_table_unref(running->units);
    g_clear_error(&running->error);
    g_clear_error(&running->first);
    g_free(running);
}

/* The unit of a cgroup path is what follows the slices: "/system.slice/a.service/x" -> a.service. What lies below
 * belongs to that unit, even when it looks like a unit (systemd inside a container). */
static char *unit_of_path(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 64);
    for (char **part = parts; *part; part++) {
        if (!**part || g_str_has_suffix(*part, ".slice"))
            continue;
        /* systemd puts "_" before names that the kernel would take for its own files. */
        const char *name = **part == '_' ? *part + 1 : *part;
        return units_valid_name(name) ? g_strdup(name) : NULL;
    }
    return NULL;
}

/* Lines are "ID:CONTROLLERS:PATH"; systemd's own tree is "0::" or, before cgroup v2, "name=systemd". */
static char *unit_of_line(char *line)
{
    char *first = strchr(line, ':');
    char *second = first ? strchr(first + 1, ':') : NULL;
    if (!second)
        return NULL;
    *second = '\0';
    bool systemd = !first[1] || g_str_equal(first + 1, "name=systemd");
    return systemd ? unit_of_path(second + 1) : NULL;
}

char *unit_of_cgroup(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    char *cursor = copy;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        char *unit = unit_of_line(line);
        if (unit)
            return unit;
    }
    return NULL;
}

static void add_cgroups(GHashTable *units, const char *text)
{
    g_autofree char *copy = g_strdup(text);
    char *cursor = copy;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        char *unit = unit_of_line(line);
        if (unit)
            g_hash_table_add(units, unit);
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct running *running = g_new0(struct running, 1);
    running->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const GPtrArray *processes = host_processes(host, &running->error);
    for (guint i = 0; processes && i < processes->len; i++) {
        const struct process *process = processes->pdata[i];
        if (process->cgroup)
            add_cgroups(running->units, process->cgroup);
        if (process->cgroup || process->kernel)
            continue;
        running->unreadable++;
        if (!running->first)
            running->first = host_process_failure(process, "cgroup");
    }
    return running;
}

static const struct running *running_get(struct host *host)
{
    return host_memo(host, "units-running", make, NULL, running_free);
}

static bool booted_with_systemd(struct host *host)
{
    const struct process *first = host_process(host, 1);
    if (first && !*first->comm)
        host_process_note(first, "status", NULL);
    return host_exists(host, "/run/systemd/system") || (first && g_str_equal(first->comm, "systemd"));
}

/* systemd keeps this link from a unit's first process until the unit is inactive again, so that it tells of oneshot
 * units too. Dangling by design. */
static bool has_invocation(struct host *host, const char *name)
{
    g_autofree char *path = g_strconcat("/run/systemd/units/invocation:", name, NULL);
    g_autofree char *id = host_readlink(host, path, NULL);
    return id != NULL;
}

static bool has_process(const struct running *running, const struct units *units, const char *real)
{
    if (g_hash_table_contains(running->units, real))
        return true;
    const GPtrArray *aliases = g_hash_table_lookup(units->aliases, real);
    for (guint i = 0; aliases && i < aliases->len; i++)
        if (g_hash_table_contains(running->units, ((const struct unit *)aliases->pdata[i])->name))
            return true;
    return false;
}

static bool is_yes(const struct unit_value *value)
{
    return value && strchr("yYtT1", *value->text) != NULL;
}

static enum unit_activity service_active(struct host *host, const char *name, struct problem **why)
{
    if (has_invocation(host, name))
        return UNIT_ACTIVE;
    if (!booted_with_systemd(host) || host_exists(host, "/run/systemd/units"))
        return UNIT_INACTIVE;
    const struct unit_config *config = unit_config_get(host, name);
    if (!is_yes(unit_config_value(config, "Service.RemainAfterExit")))
        return UNIT_INACTIVE;
    *why = problem_unknown("%s may remain active without a process", name);
    return UNIT_ACTIVITY_UNKNOWN;
}

/* "tmp.mount" -> "/tmp", "var-lib-a\x2db.mount" -> "/var/lib/a-b", "-.mount" -> "/". */
static char *path_of_unit(const char *name)
{
    size_t n = (size_t)(strrchr(name, '.') - name);
    GString *path = g_string_new("/");
    for (size_t i = 0; i < n && !(n == 1 && name[0] == '-'); i++) {
        bool hex = name[i] == '\\' && i + 3 < n && name[i + 1] == 'x' && g_ascii_isxdigit(name[i + 2]) &&
                   g_ascii_isxdigit(name[i + 3]);
        if (hex)
            g_string_append_c(path, (char)(g_ascii_xdigit_value(name[i + 2]) * 16 + g_ascii_xdigit_value(name[i + 3])));
        else
            g_string_append_c(path, name[i] == '-' ? '/' : name[i]);
        i += hex ? 3 : 0;
    }
    return g_string_free(path, FALSE);
}

static enum unit_activity mount_active(struct host *host, const char *name, struct problem **why)
{
    const struct mounts *mounts = mounts_get(host);
    if (mounts->table_error) {
        *why = problem_of_error(mounts->table_error);
        return UNIT_ACTIVITY_UNKNOWN;
    }
    g_autofree char *path = path_of_unit(name);
    bool automount = g_str_has_suffix(name, ".automount");
    for (guint i = 0; i < mounts->table->len; i++) {
        const struct mount_entry *entry = mounts->table->pdata[i];
        if (g_str_equal(entry->path, path) && g_str_equal(entry->fstype, "autofs") == automount)
            return UNIT_ACTIVE;
    }
    return UNIT_INACTIVE;
}

/* The port at the end of "22", "0.0.0.0:22", "[::]:22"; 0 when the text names none. */
static guint64 port_of(const char *text)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    guint64 port = g_ascii_strtoull(colon ? colon + 1 : text, &end, 10);
    return *end == '\0' && port <= 65535 ? port : 0;
}

/* Nothing was found: 0, but -1 where the table could not all be read, and *unread says why. */
static int unbound(const GError *table, const GError **unread)
{
    *unread = table;
    return table ? -1 : 0;
}

/* 1 bound, 0 not, -1: the tables could not all be read. */
static int port_bound(const struct socket_tables *tables, guint64 port, bool stream, const GError **unread)
{
    const char *protocol = stream ? "tcp" : "udp";
    for (guint i = 0; i < tables->list->len; i++) {
        const struct listener *listener = tables->list->pdata[i];
        if (listener->port == port && g_str_equal(listener->protocol, protocol))
            return 1;
    }
    return unbound(tables->errors[stream ? SOCKET_TCP : SOCKET_UDP], unread);
}

static int unix_bound(const struct socket_tables *tables, const char *address, const GError **unread)
{
    /* /var/run is a link to /run nearly everywhere; the kernel shows the path that was bound. */
    const char *other = g_str_has_prefix(address, "/var/run/") ? address + strlen("/var") : address;
    if (g_hash_table_contains(tables->paths, address) || g_hash_table_contains(tables->paths, other))
        return 1;
    return unbound(tables->errors[SOCKET_UNIX], unread);
}

/* 1 bound, 0 not, -1 cannot be told from here, by *unread where it is a table's fault. */
static int address_bound(struct host *host, const char *text, bool stream, const GError **unread)
{
    if (strchr(text, '%'))
        return -1;
    const struct socket_tables *tables = socket_tables_of_host(host);
    if (*text == '/' || *text == '@')
        return unix_bound(tables, text, unread);
    guint64 port = port_of(text);
    return port ? port_bound(tables, port, stream, unread) : -1;
}

static int socket_bound(struct host *host, const char *name, const GError **unread)
{
    static const struct {
        const char *key;
        bool stream;
    } kinds[] = {
        {"Socket.ListenStream", true}, {"Socket.ListenDatagram", false}, {"Socket.ListenSequentialPacket", true}};
    const struct unit_config *config = unit_config_get(host, name);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct unit_value *value = unit_config_value(config, kinds[i].key);
        if (value)
            return address_bound(host, value->text, kinds[i].stream, unread);
    }
    return -1;
}

/* An address in use is the socket unit's when its service is not there to have bound it itself. */
static enum unit_activity socket_active(struct host *host, const char *name, struct problem **why)
{
    if (!booted_with_systemd(host))
        return UNIT_INACTIVE;
    const GError *unread = NULL;
    int bound = socket_bound(host, name, &unread);
    if (bound == 0)
        return UNIT_INACTIVE;
    const struct unit_value *stated = unit_config_value(unit_config_get(host, name), "Socket.Service");
    g_autofree char *service = stated ? g_strdup(stated->text)
                                      : g_strdup_printf("%.*s.service", (int)(strlen(name) - strlen(".socket")), name);
    if (bound == 1 && !has_process(running_get(host), units_get(host), service))
        return UNIT_ACTIVE;
    *why = bound == 1 ? problem_unknown("the address of %s is in use, by it or by %s itself", name, service)
                      : problem_of(problem_of_error(unread), "whether the address of %s is bound cannot be told", name);
    return UNIT_ACTIVITY_UNKNOWN;
}

/* /proc mounted with hidepid shows an ordinary user their own processes only. */
static bool processes_hidden(struct host *host)
{
    const struct mount_entry *proc = mounts_at(mounts_get(host), "/proc");
    if (host_is_privileged(host))
        return false;
    for (char **option = proc ? proc->options : NULL; option && *option; option++)
        if (g_str_has_prefix(*option, "hidepid=") && !g_str_equal(*option, "hidepid=0") &&
            !g_str_equal(*option, "hidepid=off"))
            return true;
    return false;
}

enum unit_activity unit_active(struct host *host, const char *name, struct problem **why)
{
    const struct units *units = units_get(host);
    g_autofree char *real = units_real_name(units, name);
    const struct running *running = running_get(host);
    *why = NULL;
    if (running->error) {
        bool offline = !host_is_live(host) && g_error_matches(running->error, PL_ERROR, PL_ERROR_ABSENT);
        *why = offline ? problem_new(PROBLEM_UNKNOWN, NULL, "nothing runs from an offline root")
                       : problem_of_error(running->error);
        return UNIT_ACTIVITY_UNKNOWN;
    }
    if (has_process(running, units, real))
        return UNIT_ACTIVE;
    if (processes_hidden(host)) {
        *why = problem_new(PROBLEM_UNKNOWN, RUN_AS_ROOT, "/proc hides the processes of other users (hidepid)");
        return UNIT_ACTIVITY_UNKNOWN;
    }
    if (running->unreadable) {
        *why = problem_of(problem_of_error(running->first),
                          "the control groups of %u processes could not be read, the first", running->unreadable);
        return UNIT_ACTIVITY_UNKNOWN;
    }
    if (g_str_has_suffix(real, ".mount") || g_str_has_suffix(real, ".automount"))
        return mount_active(host, real, why);
    if (g_str_has_suffix(real, ".socket"))
        return socket_active(host, real, why);
    if (g_str_has_suffix(real, ".service"))
        return service_active(host, real, why);
    if (g_str_has_suffix(real, ".scope") || !booted_with_systemd(host))
        return UNIT_INACTIVE;
    *why = problem_unknown("units like %s leave no trace while they are active", real);
    return UNIT_ACTIVITY_UNKNOWN;
}
