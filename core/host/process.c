/* The process table, read from /proc in one pass: on the live machine relative to a descriptor of each process's
 * directory, so that all parts are of one process; from an offline tree or an inline host by path.
 *
 * libproc2 is deliberately not used: it reads only the live /proc of the machine it runs on, never an offline tree or
 * a test's, and lacks capabilities, seccomp, no_new_privs, the LSM label and the id maps. */
#include "host/process.h"

#include "host/private.h"
#include "model/value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/capability.h>
#include <sys/stat.h>

#define PF_KTHREAD   0x00200000U
#define KTHREADD_PID 2

const char *const ns_names[NS_COUNT] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

struct table {
    GPtrArray *list;    /* struct process by pid */
    GHashTable *by_pid; /* pid -> struct process, borrowed */
    GError *error;
};

/* The maps of a user namespace, which all its processes share. */
struct maps {
    char *uid, *gid;
};

/* One process being read. */
struct look {
    struct host *host;
    int dir; /* its directory; -1: by path */
    pid_t pid;
    int err;          /* of the last failed read */
    GHashTable *maps; /* user namespace inode -> struct maps */
    /* What holds for the whole kernel is asked once. */
    bool no_apparmor; /* there is no attr/apparmor */
    bool no_module;   /* no security module gives labels */
};

static void process_free(gpointer data)
{
    struct process *process = data;
    g_free(process->comm);
    g_strfreev(process->argv);
    g_free(process->exe);
    g_free(process->root);
    g_free(process->cgroup);
    g_free(process->label);
    g_free(process->uid_map);
    g_free(process->gid_map);
    g_free(process->groups);
    g_free(process);
}

static void maps_free(gpointer data)
{
    struct maps *maps = data;
    g_free(maps->uid);
    g_free(maps->gid);
    g_free(maps);
}

/* --- reading --- */

static GBytes *look_read(struct look *look, const char *name)
{
    GBytes *bytes = NULL;
    if (look->dir >= 0) {
        pl_autofd int fd = openat(look->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        look->err = fd < 0 ? -errno : fs_read_kernel_fd(fd, HOST_FILE_MAX, &bytes);
        return bytes;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)look->pid, name);
    bytes = host_read_uncached(look->host, path, HOST_FILE_MAX, &error);
    look->err = bytes ? 0 : g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) ? -ENOENT : -EACCES;
    return bytes;
}

static char *look_text(struct look *look, const char *name)
{
    g_autoptr(GBytes) bytes = look_read(look, name);
    return bytes ? g_strdup(g_bytes_get_data(bytes, NULL)) : NULL;
}

static char *look_link(const struct look *look, const char *name)
{
    char target[PATH_MAX + 1];
    if (look->dir >= 0) {
        ssize_t n = readlinkat(look->dir, name, target, sizeof target - 1);
        return n < 0 ? NULL : g_strndup(target, (gsize)n);
    }
    g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)look->pid, name);
    return host_readlink(look->host, path, NULL);
}

/* --- status and stat --- */

static bool parse_ids(const char *text, guint32 ids[4])
{
    g_auto(GStrv) words = g_strsplit(text, "\t", 5);
    if (g_strv_length(words) < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        uint64_t id = 0;
        if (!value_parse_u64(g_strstrip(words[i]), UINT32_MAX, &id))
            return false;
        ids[i] = (guint32)id;
    }
    return true;
}

/* The kernel allows 65,536 of them; a line of that many is read whole. */
static void parse_groups(struct process *process, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_free(process->groups);
    process->groups = g_new0(gid_t, g_strv_length(words) + 1);
    process->n_groups = 0;
    for (char **word = words; *word; word++) {
        uint64_t id = 0;
        if (**word && value_parse_u64(*word, UINT32_MAX, &id))
            process->groups[process->n_groups++] = (gid_t)id;
    }
}

static bool parse_mask(const char *text, uint64_t *out)
{
    guint64 mask = 0;
    if (!g_ascii_string_to_unsigned(text, 16, 0, G_MAXUINT64, &mask, NULL))
        return false;
    *out = mask;
    return true;
}

static int parse_small(const char *text)
{
    uint64_t value = 0;
    return value_parse_u64(text, 9, &value) ? (int)value : -1;
}

static const struct status_mask {
    const char *key;
    enum capset set;
} status_masks[] = {
    {"CapInh", CAPSET_INHERITABLE}, {"CapPrm", CAPSET_PERMITTED}, {"CapEff", CAPSET_EFFECTIVE},
    {"CapBnd", CAPSET_BOUNDING},    {"CapAmb", CAPSET_AMBIENT},
};

struct status_seen {
    bool uid, gid;
    unsigned caps; /* sets, as bits */
};

static void parse_mask_line(struct process *process, const char *key, const char *value, struct status_seen *seen)
{
    for (size_t i = 0; i < G_N_ELEMENTS(status_masks); i++) {
        if (g_str_equal(key, status_masks[i].key) && parse_mask(value, &process->caps[status_masks[i].set]))
            seen->caps |= 1U << status_masks[i].set;
    }
}

static void parse_status_line(struct process *process, const char *key, const char *value, struct status_seen *seen)
{
    uint64_t number = 0;
    if (g_str_equal(key, "Name") && !*process->comm) {
        g_free(process->comm);
        process->comm = g_strdup(value);
    } else if (g_str_equal(key, "State")) {
        process->state = *value;
    } else if (g_str_equal(key, "PPid") && value_parse_u64(value, INT_MAX, &number)) {
        process->ppid = (pid_t)number;
    } else if (g_str_equal(key, "Uid")) {
        seen->uid = parse_ids(value, process->uid);
    } else if (g_str_equal(key, "Gid")) {
        seen->gid = parse_ids(value, process->gid);
    } else if (g_str_equal(key, "Groups")) {
        parse_groups(process, value);
    } else if (g_str_equal(key, "NoNewPrivs")) {
        process->no_new_privs = parse_small(value);
    } else if (g_str_equal(key, "Seccomp")) {
        process->seccomp = parse_small(value);
    } else {
        parse_mask_line(process, key, value, seen);
    }
}

static void parse_status(struct process *process, char *text)
{
    struct status_seen seen = {.caps = 0};
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        char *colon = strchr(line, ':');
        if (colon && colon[1] == '\t') {
            *colon = '\0';
            parse_status_line(process, line, colon + 2, &seen);
        }
        line = end ? end + 1 : NULL;
    }
    /* The ambient set is younger (Linux 4.3) than the others. */
    const unsigned needed =
        1U << CAPSET_INHERITABLE | 1U << CAPSET_PERMITTED | 1U << CAPSET_EFFECTIVE | 1U << CAPSET_BOUNDING;
    process->caps_known = (seen.caps & needed) == needed;
    process->ids_known = seen.uid && seen.gid;
}

/* Fields of stat after the command name, which may hold any byte, ')' too. */
static void parse_stat(struct process *process, const char *text)
{
    const char *close = strrchr(text, ')');
    g_auto(GStrv) fields = close ? g_strsplit(close + 1, " ", 22) : NULL;
    uint64_t flags = 0, start = 0;
    if (!fields || g_strv_length(fields) < 21)
        return;
    /* fields[0] is empty, fields[1] is field 3 of proc(5). */
    if (value_parse_u64(fields[7], UINT32_MAX, &flags))
        process->kernel = flags & PF_KTHREAD;
    if (value_parse_u64(fields[20], G_MAXUINT64, &start))
        process->start_ticks = start;
}

/* --- the other parts --- */

/* The arguments; NUL bytes at the end are padding that programs leave which rewrite their title. */
static char **parse_argv(GBytes *bytes)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    while (size && data[size - 1] == '\0')
        size--;
    GPtrArray *argv = g_ptr_array_new();
    for (gsize start = 0; start < size;) {
        const char *word = data + start;
        gsize length = strnlen(word, size - start);
        g_ptr_array_add(argv, g_strndup(word, length));
        start += length + 1;
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

static void read_argv(struct look *look, struct process *process)
{
    g_autoptr(GBytes) bytes = look_read(look, "cmdline");
    process->argv = bytes ? parse_argv(bytes) : NULL;
}

/* "mnt:[4026531841]" */
static uint64_t parse_ns(const char *target)
{
    const char *open = target ? strchr(target, '[') : NULL;
    const char *close = open ? strchr(open, ']') : NULL;
    g_autofree char *digits = close ? g_strndup(open + 1, (gsize)(close - open - 1)) : NULL;
    uint64_t inode = 0;
    return digits && value_parse_u64(digits, UINT32_MAX, &inode) ? inode : 0;
}

static void read_ns(const struct look *look, struct process *process)
{
    static const char *const links[NS_COUNT] = {"ns/cgroup", "ns/ipc",  "ns/mnt",  "ns/net",
                                                "ns/pid",    "ns/time", "ns/user", "ns/uts"};
    for (int kind = 0; kind < NS_COUNT; kind++) {
        g_autofree char *target = look_link(look, links[kind]);
        process->ns[kind] = parse_ns(target);
    }
}

/* Read once a user namespace; each time where that is not known. */
static void set_maps(struct look *look, struct process *process)
{
    gint64 inode = (gint64)process->ns[NS_USER];
    const struct maps *known = inode ? g_hash_table_lookup(look->maps, &inode) : NULL;
    if (known) {
        process->uid_map = g_strdup(known->uid);
        process->gid_map = g_strdup(known->gid);
        return;
    }
    process->uid_map = look_text(look, "uid_map");
    process->gid_map = look_text(look, "gid_map");
    if (!inode || !process->uid_map || !process->gid_map)
        return;
    struct maps *maps = g_new0(struct maps, 1);
    maps->uid = g_strdup(process->uid_map);
    maps->gid = g_strdup(process->gid_map);
    g_hash_table_insert(look->maps, g_memdup2(&inode, sizeof inode), maps);
}

/* With several security modules the label that counts for containers is AppArmor's, which has its own file. */
static char *read_label(struct look *look)
{
    if (look->no_module)
        return g_strdup("");
    char *label = look->no_apparmor ? NULL : look_text(look, "attr/apparmor/current");
    bool absent = !label && look->err == -ENOENT;
    if (!label)
        label = look_text(look, "attr/current");
    /* EINVAL: there is the file, so the process is still there too, and no security module behind it */
    look->no_module = look->dir >= 0 && !label && look->err == -EINVAL && (absent || look->no_apparmor);
    look->no_apparmor |= look->dir >= 0 && absent && (label || look->err == -EINVAL);
    if (!label)
        return look->err == -EINVAL ? g_strdup("") : NULL;
    label[strcspn(label, "\n")] = '\0';
    return label;
}

static int read_oom(struct look *look)
{
    g_autofree char *text = look_text(look, "oom_score_adj");
    int64_t value = 0;
    if (!text || !value_parse_i64(g_strstrip(text), &value) || value < -1000 || value > 1000)
        return G_MININT;
    return (int)value;
}

static struct process *process_new(pid_t pid)
{
    struct process *process = g_new0(struct process, 1);
    process->pid = pid;
    process->comm = g_strdup("");
    process->state = '?';
    process->seccomp = process->no_new_privs = -1;
    process->oom_score_adj = G_MININT;
    return process;
}

static void read_parts(struct look *look, struct process *process)
{
    bool has_memory = !process->kernel && process->state != 'Z' && process->state != 'X';
    process->cgroup = look_text(look, "cgroup");
    process->label = read_label(look);
    process->oom_score_adj = read_oom(look);
    read_ns(look, process);
    set_maps(look, process);
    if (!has_memory) {
        process->argv = g_new0(char *, 1);
        return;
    }
    read_argv(look, process);
    process->exe = look_link(look, "exe");
    process->root = look_link(look, "root");
}

static bool vanished(const struct look *look)
{
    return look->err == -ENOENT || look->err == -ESRCH;
}

/* NULL: it ended while it was read. */
static struct process *read_process(struct look *look)
{
    struct process *process = process_new(look->pid);
    g_autofree char *status = look_text(look, "status");
    bool gone = !status && vanished(look);
    if (status)
        parse_status(process, status);
    g_autofree char *stat = gone ? NULL : look_text(look, "stat");
    if (stat)
        parse_stat(process, stat);
    else if (process->pid == KTHREADD_PID || process->ppid == KTHREADD_PID)
        process->kernel = true;
    if (!gone)
        read_parts(look, process);
    /* The directory of a process that ended finds nothing any more. */
    struct stat st;
    gone = gone || (look->dir >= 0 && fstatat(look->dir, "status", &st, 0) < 0 && errno != EACCES);
    if (!gone)
        return process;
    process_free(process);
    return NULL;
}

/* --- the table --- */

static bool open_process(struct look *look, bool machine)
{
    char path[64];
    look->dir = -1;
    if (!machine)
        return true;
    g_snprintf(path, sizeof path, "/proc/%d", (int)look->pid);
    look->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return look->dir >= 0;
}

static void add_process(struct table *table, struct look *look)
{
    if (!open_process(look, look->host->machine))
        return;
    struct process *process = read_process(look);
    if (look->dir >= 0)
        close(look->dir);
    if (!process)
        return;
    g_ptr_array_add(table->list, process);
    g_hash_table_insert(table->by_pid, GINT_TO_POINTER(process->pid), process);
}

static int by_pid(gconstpointer a, gconstpointer b)
{
    const struct process *pa = *(const struct process *const *)a, *pb = *(const struct process *const *)b;
    return (pa->pid > pb->pid) - (pa->pid < pb->pid);
}

struct load {
    struct host *host;
    struct table *table;
};

static void load_table(gpointer data)
{
    const struct load *load = data;
    struct table *table = load->table;
    g_auto(GStrv) names = host_list(load->host, "/proc", &table->error);
    g_autoptr(GHashTable) maps = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, maps_free);
    struct look look = {.host = load->host, .dir = -1, .maps = maps};
    for (char **name = names; name && *name; name++) {
        uint64_t pid = 0;
        if (!value_parse_u64(*name, INT_MAX, &pid) || !pid)
            continue;
        look.pid = (pid_t)pid;
        add_process(table, &look);
    }
    g_ptr_array_sort(table->list, by_pid);
    if (names && !table->list->len)
        g_set_error(&table->error, PL_ERROR, PL_ERROR_ABSENT, "/proc: no processes there");
}

static gpointer make_table(struct host *host, gpointer data)
{
    (void)data;
    struct table *table = g_new0(struct table, 1);
    table->list = g_ptr_array_new_with_free_func(process_free);
    table->by_pid = g_hash_table_new(g_direct_hash, g_direct_equal);
    struct load load = {.host = host, .table = table};
    reader_run(host->reader, load_table, &load);
    return table;
}

static void table_free(gpointer data)
{
    struct table *table = data;
    g_hash_table_unref(table->by_pid);
    g_ptr_array_unref(table->list);
    g_clear_error(&table->error);
    g_free(table);
}

static const struct table *process_table(struct host *host)
{
    return host_memo(host, "host/processes", make_table, NULL, table_free);
}

const GPtrArray *host_processes(struct host *host, GError **error)
{
    const struct table *table = process_table(host);
    if (!table->error)
        return table->list;
    g_propagate_error(error, g_error_copy(table->error));
    return NULL;
}

const struct process *host_process(struct host *host, pid_t pid)
{
    return g_hash_table_lookup(process_table(host)->by_pid, GINT_TO_POINTER(pid));
}

char *host_process_env(struct host *host, pid_t pid, const char *name, bool *readable)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/environ", (int)pid);
    g_autoptr(GBytes) bytes = host_read(host, path, NULL);
    gsize size = 0, length = strlen(name);
    const char *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    *readable = bytes != NULL;
    for (gsize start = 0; start < size;) {
        const char *entry = data + start;
        gsize entry_length = strnlen(entry, size - start);
        if (entry_length > length && entry[length] == '=' && memcmp(entry, name, length) == 0)
            return g_strndup(entry + length + 1, entry_length - length - 1);
        start += entry_length + 1;
    }
    return NULL;
}

/* The process that plumbline itself is, NULL when that cannot be seen. */
static const struct process *own_process(struct host *host)
{
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
    return g_strdup_printf("/proc/%d/root%s", (int)process->pid, path);
}

static char *capability_name(int bit)
{
    if (bit > CAP_LAST_CAP)
        return g_strdup_printf("CAP_%d", bit);
    char *name = cap_to_name(bit);
    char *upper = name && g_ascii_isalpha(*name) ? g_ascii_strup(name, -1) : g_strdup_printf("CAP_%d", bit);
    cap_free(name);
    return upper;
}

char **host_capability_names(uint64_t mask)
{
    GPtrArray *names = g_ptr_array_new();
    for (int bit = 0; bit < 64; bit++) {
        if (mask & (1ULL << bit))
            g_ptr_array_add(names, capability_name(bit));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
