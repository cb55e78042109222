/* A thread may end by itself (pthread_exit() in main()): then /proc/PID shows a zombie for as long as the process goes
 * on, and only /proc/PID/task/TID shows what it is. One that is being ended as a whole looks the same for a moment, but
 * has no thread that lives. */
#include "host/process_read.h"
#include "host/process_text.h"
#include "model/error.h"
#include "model/value.h"

#include <limits.h>

/* Threads end as processes do. */
#define LOOKS 4U

enum living { NONE_LIVES, ONE_LIVES, UNREAD_LIVES };

/* What a stat file says; false with *absent when it could not be read. */
static bool read_stat(struct host *host, struct process *which, bool *absent)
{
    g_autofree char *path = host_process_file(which, "stat");
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, HOST_FILE_MAX, &error);
    *absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    which->state = '?';
    if (bytes)
        process_parse_stat(which, g_bytes_get_data(bytes, NULL));
    return bytes != NULL;
}

/* Threads that end, or that somebody who traces them keeps, are none. */
static enum living is_living(struct host *host, pid_t pid, pid_t thread)
{
    struct process one = {.pid = pid, .thread = thread};
    bool absent = false;
    if (read_stat(host, &one, &absent) && one.state != '?')
        return process_is_alive(&one) ? ONE_LIVES : NONE_LIVES;
    return absent ? NONE_LIVES : UNREAD_LIVES;
}

/* Of a process whose first thread has ended, as its `state` and `threads` say, another one in *thread. */
static enum living living_thread(struct host *host, const struct process *process, pid_t *thread)
{
    const struct process first = {.pid = process->pid};
    g_autofree char *path = host_process_file(&first, "task");
    g_autoptr(GError) error = NULL;
    enum living found = NONE_LIVES;
    if (process->threads <= 1)
        return NONE_LIVES;
    g_auto(GStrv) names = host_list(host, path, &error);
    if (!names)
        return g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT) ? NONE_LIVES : UNREAD_LIVES;
    for (char **name = names; *name && found != ONE_LIVES; name++) {
        uint64_t number = 0;
        if (!value_parse_u64(*name, INT_MAX, &number) || (pid_t)number == process->pid)
            continue;
        enum living one = is_living(host, process->pid, (pid_t)number);
        *thread = (pid_t)number;
        found = one == NONE_LIVES ? found : one;
    }
    return found;
}

bool host_process_ended(struct host *host, const struct process *process)
{
    struct process now = {.pid = process->pid};
    bool absent = false;
    pid_t thread = 0;
    if (!read_stat(host, &now, &absent))
        return absent;
    if (process->start_ticks && now.start_ticks && now.start_ticks != process->start_ticks)
        return true;
    return !process_is_alive(&now) && living_thread(host, &now, &thread) == NONE_LIVES;
}

/* The process as that thread shows it; NULL: it ended meanwhile. */
static struct process *read_by_thread(struct process_query *query, const struct process *first, pid_t thread)
{
    struct process *process = process_query_read(query, first->pid, thread);
    if (!process || !process_is_alive(process)) {
        g_clear_pointer(&process, process_free);
        return NULL;
    }
    process->thread = thread;
    process->threads = first->threads;
    process->start_ticks = first->start_ticks;
    process->start_known = first->start_known;
    g_free(process->comm);
    process->comm = g_strdup(first->comm);
    return process;
}

struct process *process_read(struct host *host, struct process_query *query, pid_t pid)
{
    struct process *first = process_query_read(query, pid, 0), *process = NULL;
    pid_t thread = 0;
    if (!first || process_is_alive(first))
        return first;
    enum living living = living_thread(host, first, &thread);
    for (unsigned looks = 0; living == ONE_LIVES && !process && looks < LOOKS; looks++) {
        process = read_by_thread(query, first, thread);
        living = process ? living : living_thread(host, first, &thread);
    }
    if (process) {
        process_free(first);
        return process;
    }
    if (living != NONE_LIVES) { /* nothing that could be seen says what it is */
        g_clear_pointer(&first->argv_seen, g_strfreev);
        first->argv = NULL;
        first->state = '?';
    }
    return first;
}
