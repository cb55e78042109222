/* What is asked of single processes. */
#include "host/process.h"

#include "host/failure.h"
#include "host/notes.h"
#include "model/error.h"

#include <sys/capability.h>

#define DELETED " (deleted)"
/* A user may give every process of his megabytes of it: it is not kept, and no more of it is read than daemons have. */
#define ENVIRON_MAX ((gsize)256 << 10)

const char *const ns_names[NS_COUNT] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
const uint64_t ns_first[NS_COUNT] = {
    [NS_CGROUP] = 0xEFFFFFFB, [NS_IPC] = 0xEFFFFFFF,  [NS_PID] = 0xEFFFFFFC,
    [NS_TIME] = 0xEFFFFFFA,   [NS_USER] = 0xEFFFFFFD, [NS_UTS] = 0xEFFFFFFE,
};

void process_free(gpointer data)
{
    struct process *process = data;
    g_free(process->comm);
    g_strfreev(process->argv_seen);
    g_free(process->exe);
    g_free(process->root);
    g_free(process->cgroup);
    g_free(process->label);
    g_free(process->uid_map);
    g_free(process->gid_map);
    g_clear_pointer(&process->groups, g_rc_box_release);
    g_clear_pointer(&process->failed, g_array_unref);
    g_free(process->planned);
    g_free(process);
}

bool process_is_alive(const struct process *process)
{
    return process->state != 'Z' && process->state != 'X';
}

static GError *planned_failure(const struct process *process, const char *file)
{
    return g_error_new(PL_ERROR, PL_ERROR_DENIED, "%s: it does not run, and its record does not decide %s",
                       process->planned, *file ? file : "it");
}

char *host_process_file(const struct process *process, const char *file)
{
    if (process->planned)
        host_note(planned_failure(process, file));
    g_autofree char *thread = process->thread ? g_strdup_printf("/task/%d", (int)process->thread) : NULL;
    return g_strdup_printf("/proc/%d%s%s%s", (int)process->pid, thread ? thread : "", *file ? "/" : "", file);
}

GError *host_process_failure(const struct process *process, const char *file)
{
    if (process->planned)
        return planned_failure(process, file);
    g_autofree char *path = host_process_file(process, file);
    GError *error = NULL;
    for (guint i = 0; !error && process->failed && i < process->failed->len; i++) {
        const struct process_failure *failure = &g_array_index(process->failed, struct process_failure, i);
        if (g_str_equal(failure->file, file))
            pl_error_set_errno(&error, failure->err, path);
    }
    return error
               ? error
               : g_error_new(PL_ERROR, process->denied ? PL_ERROR_DENIED : PL_ERROR_READ, "%s could not be read", path);
}

void host_process_note(const struct process *process, const char *file, const char *may)
{
    GError *error = host_process_failure(process, file);
    if (may) {
        g_autofree char *whole = g_strdup_printf("%s: %s", error->message, may);
        g_free(error->message);
        error->message = g_steal_pointer(&whole);
    }
    host_note(error);
}

struct variables {
    GBytes *bytes; /* NULL with error */
    GError *error;
};

static gpointer read_environ(struct host *host, gpointer path)
{
    struct variables *variables = g_new0(struct variables, 1);
    variables->bytes = host_read_uncached(host, path, ENVIRON_MAX, &variables->error);
    return variables;
}

static void variables_free(gpointer data)
{
    struct variables *variables = data;
    g_clear_pointer(&variables->bytes, g_bytes_unref);
    g_clear_error(&variables->error);
    g_free(variables);
}

char *host_process_env(struct host *host, const struct process *process, const char *name, GError **error)
{
    g_autofree char *path = host_process_file(process, "environ");
    const struct variables *variables = host_memo(host, path, read_environ, path, variables_free);
    gsize size = 0, length = strlen(name);
    const char *data = variables->bytes ? g_bytes_get_data(variables->bytes, &size) : NULL;
    if (!variables->bytes)
        host_pass_on(error, g_error_copy(variables->error));
    for (gsize start = 0; start < size;) {
        const char *entry = data + start;
        gsize entry_length = strnlen(entry, size - start);
        if (entry_length > length && entry[length] == '=' && memcmp(entry, name, length) == 0)
            return g_strndup(entry + length + 1, entry_length - length - 1);
        start += entry_length + 1;
    }
    return NULL;
}

GError *host_process_argv_failure(const struct process *process)
{
    if (process->planned)
        return planned_failure(process, "cmdline");
    g_autofree char *path = host_process_file(process, "cmdline");
    if (process->argv_seen)
        return g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s is longer than what is kept of it", path);
    return host_process_failure(process, "cmdline");
}

bool host_link_is_deleted(const char *target)
{
    return g_str_has_suffix(target, DELETED);
}

char *host_link_path(const char *target)
{
    return g_strndup(target, strlen(target) - (host_link_is_deleted(target) ? strlen(DELETED) : 0));
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
