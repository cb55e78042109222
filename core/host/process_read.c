/* What a reader of processes must be careful with: they end while they are looked at, and their directory then finds
 * nothing; what cannot be read is never guessed. */
#include "host/process_read.h"

#include "host/private.h"
#include "host/process_library.h"
#include "host/process_text.h"
#include "host/reader.h"
#include "model/value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KTHREADD_PID 2

/* The maps of a user namespace, which all its processes share. */
struct maps {
    char *uid, *gid;
};

/* Of the process that is being read, and what is kept from one to the next. */
struct process_query {
    struct host *host;
    int dir;    /* its directory; -1: by path */
    bool asked; /* `parts` are of it, as a reader gave them all at once; each is taken from there once */
    struct reader_process parts;
    pid_t pid, thread;
    char folder[64];  /* "/proc/PID", or that of a thread */
    GArray *failed;   /* struct process_failure, of the process that is being read; NULL: none */
    int err;          /* of the last failed read */
    bool lost;        /* something that every living process has was not there: it may have ended meanwhile */
    GHashTable *maps; /* user namespace inode -> struct maps */
    gsize argv_left;  /* bytes that long command lines may still take, HOST_ARGV_ALL_MAX in all */
    gid_t *groups;    /* of the process before, which is mostly its sister; NULL */
    unsigned n_groups;
    struct process_row rows[PROCESS_ROWS]; /* what libproc2 said of those that are read now */
    guint n_rows;
    /* What holds for the whole kernel is asked once. */
    bool no_apparmor; /* there is no attr/apparmor */
    bool no_module;   /* no security module gives labels */
};

static void maps_free(gpointer data)
{
    struct maps *maps = data;
    g_free(maps->uid);
    g_free(maps->gid);
    g_free(maps);
}

struct process_query *process_query_new(struct host *host)
{
    struct process_query *query = g_new0(struct process_query, 1);
    query->host = host;
    query->dir = -1;
    query->argv_left = HOST_ARGV_ALL_MAX;
    query->maps = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, maps_free);
    return query;
}

void process_query_free(struct process_query *query)
{
    g_hash_table_unref(query->maps);
    g_clear_pointer(&query->groups, g_rc_box_release);
    g_free(query);
}

/* --- reading --- */

/* Keeps why a part is not known. `err` is 0 or a negative errno value. What is not there, or gives EINVAL for want of a
 * security module, did not fail. */
static void note_failure(struct process_query *query, const char *name, int err)
{
    if (err >= 0 || err == -ENOENT || err == -ESRCH || err == -EINVAL)
        return;
    struct process_failure failure = {name, -err};
    if (!query->failed)
        query->failed = g_array_new(FALSE, FALSE, sizeof failure);
    g_array_append_val(query->failed, failure);
}

/* What a reader gave already; false: nothing (any more). */
static bool take_part(struct process_query *query, const char *name, GBytes **bytes, int *err)
{
    for (size_t i = 0; query->asked && i < READER_PARTS; i++) {
        if (!g_str_equal(reader_parts[i].name, name) || query->parts.err[i] > 0)
            continue;
        *bytes = g_steal_pointer(&query->parts.bytes[i]);
        *err = query->parts.err[i];
        query->parts.err[i] = 1; /* taken */
        return true;
    }
    return false;
}

static GBytes *read_part(struct process_query *query, const char *name)
{
    GBytes *bytes = NULL;
    if (take_part(query, name, &bytes, &query->err))
        return bytes;
    if (query->dir >= 0) {
        pl_autofd int fd = openat(query->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        query->err = fd < 0 ? -errno : fs_read_kernel_fd(fd, HOST_FILE_MAX, &bytes);
        return bytes;
    }
    g_autofree char *path = g_strdup_printf("%s/%s", query->folder, name);
    if (query->asked) {
        query->err = reader_read(query->host->reader, path, HOST_FILE_MAX, &bytes);
        return bytes;
    }
    g_autoptr(GError) error = NULL;
    bytes = host_read_uncached(query->host, path, HOST_FILE_MAX, &error);
    query->err = -pl_error_to_errno(error);
    return bytes;
}

static GBytes *look_read(struct process_query *query, const char *name)
{
    GBytes *bytes = read_part(query, name);
    note_failure(query, name, query->err);
    return bytes;
}

/* At most `max` bytes, and whether there are more. NULL: query->err. */
static GBytes *look_read_start(struct process_query *query, const char *name, gsize max, bool *more)
{
    g_autoptr(GBytes) bytes = NULL;
    if (query->dir >= 0) {
        pl_autofd int fd = openat(query->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        query->err = fd < 0 ? -errno : fs_read_start(fd, max + 1, &bytes);
        note_failure(query, name, query->err);
    } else {
        bytes = look_read(query, name);
    }
    *more = bytes && g_bytes_get_size(bytes) > max;
    return *more ? g_bytes_new(g_bytes_get_data(bytes, NULL), max) : g_steal_pointer(&bytes);
}

static char *look_text(struct process_query *query, const char *name)
{
    g_autoptr(GBytes) bytes = look_read(query, name);
    return bytes ? g_strdup(g_bytes_get_data(bytes, NULL)) : NULL;
}

static char *look_link(struct process_query *query, const char *name)
{
    char target[PATH_MAX + 1];
    g_autoptr(GBytes) bytes = NULL;
    int err = 0;
    if (take_part(query, name, &bytes, &err)) {
        query->lost |= !bytes && (err == -ENOENT || err == -ESRCH);
        note_failure(query, name, err);
        return bytes ? g_strdup(g_bytes_get_data(bytes, NULL)) : NULL;
    }
    if (query->dir >= 0) {
        ssize_t n = readlinkat(query->dir, name, target, sizeof target - 1);
        query->lost |= n < 0 && (errno == ENOENT || errno == ESRCH);
        note_failure(query, name, n < 0 ? -errno : 0);
        return n < 0 ? NULL : g_strndup(target, (gsize)n);
    }
    g_autofree char *path = g_strdup_printf("%s/%s", query->folder, name);
    g_autoptr(GError) error = NULL;
    char *link = host_readlink(query->host, path, &error);
    note_failure(query, name, -pl_error_to_errno(error));
    return link;
}

/* --- parts --- */

/* The errors of look_read() are the kernel's own. */
static bool is_precise(const struct process_query *query)
{
    return query->dir >= 0 || query->asked;
}

/* Root's processes are not paid for by what others make long. */
static gsize argv_max(const struct process_query *query, const struct process *process)
{
    bool roots = process->ids_known && process->uid[0] == 0;
    return roots || query->argv_left >= HOST_ARGV_MAX ? HOST_ARGV_MAX : HOST_ARGV_SHORT;
}

/* Of a command line that is cut only whole arguments are kept. */
static void drop_last(char **argv)
{
    guint n = argv ? g_strv_length(argv) : 0;
    if (n)
        g_clear_pointer(&argv[n - 1], g_free);
}

static void read_argv(struct process_query *query, struct process *process)
{
    bool more = false;
    gsize max = argv_max(query, process);
    g_autoptr(GBytes) bytes = look_read_start(query, "cmdline", max, &more);
    process->denied |= !bytes && query->err == -EACCES;
    gsize size = bytes ? g_bytes_get_size(bytes) : 0;
    if (size > HOST_ARGV_SHORT)
        query->argv_left -= MIN(query->argv_left, size);
    process->argv_seen = bytes ? process_parse_argv(bytes) : NULL;
    if (more)
        drop_last(process->argv_seen);
    else
        process->argv = process->argv_seen;
}

static void read_ns(struct process_query *query, struct process *process)
{
    static const char *const links[NS_COUNT] = {"ns/cgroup", "ns/ipc",  "ns/mnt",  "ns/net",
                                                "ns/pid",    "ns/time", "ns/user", "ns/uts"};
    for (int kind = 0; kind < NS_COUNT; kind++) {
        g_autofree char *target = look_link(query, links[kind]);
        process->ns[kind] = process_parse_ns(target);
    }
}

/* Read once a user namespace; each time where that is not known. */
static void set_maps(struct process_query *query, struct process *process)
{
    gint64 inode = (gint64)process->ns[NS_USER];
    const struct maps *known = inode ? g_hash_table_lookup(query->maps, &inode) : NULL;
    if (known) {
        process->uid_map = g_strdup(known->uid);
        process->gid_map = g_strdup(known->gid);
        return;
    }
    process->uid_map = look_text(query, "uid_map");
    process->gid_map = look_text(query, "gid_map");
    if (!inode || !process->uid_map || !process->gid_map)
        return;
    struct maps *maps = g_new0(struct maps, 1);
    maps->uid = g_strdup(process->uid_map);
    maps->gid = g_strdup(process->gid_map);
    g_hash_table_insert(query->maps, g_memdup2(&inode, sizeof inode), maps);
}

/* With several security modules the label that counts for containers is AppArmor's, which has its own file. */
static char *read_label(struct process_query *query)
{
    if (query->no_module)
        return g_strdup("");
    char *label = query->no_apparmor ? NULL : look_text(query, "attr/apparmor/current");
    bool absent = !label && query->err == -ENOENT;
    if (!label)
        label = look_text(query, "attr/current");
    /* EINVAL: there is the file, so the process is still there too, and no security module behind it */
    query->no_module = is_precise(query) && !label && query->err == -EINVAL && (absent || query->no_apparmor);
    query->no_apparmor |= is_precise(query) && absent && (label || query->err == -EINVAL);
    if (!label)
        return query->err == -EINVAL ? g_strdup("") : NULL;
    label[strcspn(label, "\n")] = '\0';
    return label;
}

static int read_oom(struct process_query *query)
{
    g_autofree char *text = look_text(query, "oom_score_adj");
    int64_t value = 0;
    if (!text || !value_parse_i64(g_strstrip(text), &value) || value < -1000 || value > 1000)
        return G_MININT;
    return (int)value;
}

static void read_parts(struct process_query *query, struct process *process)
{
    bool has_memory = !process->kernel && process_is_alive(process);
    process->cgroup = look_text(query, "cgroup");
    process->label = read_label(query);
    process->oom_score_adj = read_oom(query);
    read_ns(query, process);
    set_maps(query, process);
    if (!has_memory) {
        process->argv = process->argv_seen = g_new0(char *, 1);
        return;
    }
    read_argv(query, process);
    process->exe = look_link(query, "exe");
    process->root = look_link(query, "root");
}

static bool vanished(const struct process_query *query)
{
    return query->err == -ENOENT || query->err == -ESRCH;
}

/* The directory of a process that ended finds nothing any more. */
static bool has_ended(const struct process_query *query)
{
    struct stat st;
    int last = query->parts.err[READER_PARTS - 1];
    if (query->asked)
        return last == -ENOENT || last == -ESRCH;
    return query->dir >= 0 && fstatat(query->dir, "status", &st, 0) < 0 && (errno == ENOENT || errno == ESRCH);
}

bool process_query_again(struct process_query *query, struct process *process)
{
    if (!query->lost)
        return true;
    g_autofree char *stat = look_text(query, "stat");
    if (!stat)
        return !vanished(query);
    uint64_t start = process->start_ticks;
    process_parse_stat(process, stat);
    if (start && process->start_ticks != start) /* another one has its pid by now */
        return false;
    if (process_is_alive(process))
        return true;
    g_strfreev(process->argv_seen); /* which argv is, or nothing */
    process->argv = process->argv_seen = g_new0(char *, 1);
    g_clear_pointer(&process->exe, g_free);
    g_clear_pointer(&process->root, g_free);
    return true;
}

void process_query_ahead(struct process_query *query, const pid_t *pids, guint n)
{
    query->n_rows = query->host->library ? process_library_rows(pids, n, query->rows) : 0;
}

static void read_stat(struct process_query *query, struct process *process)
{
    g_autofree char *stat = look_text(query, "stat");
    if (stat)
        process_parse_stat(process, stat);
    else if (process->pid == KTHREADD_PID || process->ppid == KTHREADD_PID)
        process->kernel = true;
    for (guint i = 0; i < query->n_rows && !query->thread; i++)
        process_take_row(process, &query->rows[i]);
}

/* NULL: it ended while it was read. */
static struct process *read_process(struct process_query *query)
{
    query->lost = false;
    struct process *process = process_new(query->pid);
    g_autofree char *status = look_text(query, "status");
    bool gone = !status && vanished(query);
    if (status)
        process_parse_status(process, status);
    process_share_groups(process, &query->groups, &query->n_groups);
    process->denied = !status && query->err == -EACCES;
    if (!gone) {
        read_stat(query, process);
        read_parts(query, process);
    }
    gone = gone || !process_query_again(query, process) || has_ended(query);
    process->failed = g_steal_pointer(&query->failed);
    if (!gone)
        return process;
    process_free(process);
    return NULL;
}

/* False: there is no such process. Where no reader answers, each part fails by itself and is unknown. */
static bool open_directory(struct process_query *query)
{
    query->dir = -1;
    query->asked = query->host->reader && query->pid != getpid();
    if (!query->host->machine)
        return true;
    if (query->asked) {
        int err = reader_process(query->host->reader, query->folder, &query->parts);
        for (size_t i = 0; err && i < READER_PARTS; i++)
            query->parts.err[i] = err;
        return err != -ENOENT && err != -ESRCH;
    }
    query->dir = open(query->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return query->dir >= 0 || (errno != ENOENT && errno != ESRCH);
}

struct process *process_query_read(struct process_query *query, pid_t pid, pid_t thread)
{
    const struct process which = {.pid = pid, .thread = thread};
    g_autofree char *folder = host_process_file(&which, "");
    query->pid = pid;
    query->thread = thread;
    g_strlcpy(query->folder, folder, sizeof query->folder);
    if (!open_directory(query))
        return NULL;
    struct process *process = read_process(query);
    if (query->dir >= 0)
        close(query->dir);
    query->dir = -1;
    if (query->asked)
        reader_process_clear(&query->parts);
    query->asked = false;
    return process;
}
