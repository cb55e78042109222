/* A program is the installed one when the file behind /proc/PID/exe is root's, not writable by others, and the very
 * file that the host has at that path: in a mount namespace of its own a user can give root's python any name. */
#include "facts/daemon/owner.h"

#include "facts/process/cgroup.h"
#include "facts/process/container_cgroup.h"
#include "facts/process/sockets.h"
#include "host/notes.h"
#include "model/error.h"

/* login.defs(5): accounts below UID_MIN are the system's. */
#define USERS_FROM 1000U

bool daemon_name_is_roots(const struct process *process)
{
    /* A program that runs as root for another user (sudo, su) was given its arguments by that user. */
    return process->ids_known && process->uid[0] == 0 && process->uid[1] == 0;
}

enum program { PROGRAM_INSTALLED, PROGRAM_ELSEWHERE, PROGRAM_WRITABLE, PROGRAM_UNREAD };

static enum program program_of(struct host *host, const struct process *process, GError **why)
{
    g_autofree char *link = host_process_file(process, "exe");
    g_autofree char *path = process->exe ? host_link_path(process->exe) : NULL;
    g_autoptr(GError) error = NULL;
    struct host_stat running, installed;
    if (!path) {
        g_propagate_error(why, host_process_failure(process, "exe"));
        return PROGRAM_UNREAD;
    }
    /* On the machine the link leads to the file even when it was removed; elsewhere what is not stated is root's. */
    if (!host_stat(host, link, &running, &error)) {
        if (g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            return PROGRAM_INSTALLED;
        g_propagate_error(why, g_steal_pointer(&error));
        return PROGRAM_UNREAD;
    }
    if (running.uid != 0 || (running.mode & 022))
        return PROGRAM_WRITABLE;
    bool found = host_stat(host, path, &installed, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        g_propagate_error(why, g_steal_pointer(&error));
        return PROGRAM_UNREAD;
    }
    bool same = found && installed.dev == running.dev && installed.ino == running.ino;
    return same || host_link_is_deleted(process->exe) ? PROGRAM_INSTALLED : PROGRAM_ELSEWHERE;
}

/* Root's engines put it where it is; what runs there as another user does so by their order. */
static enum place_owner container_owner(struct host *host, const struct process *process, GError **why)
{
    if (!process->cgroup) {
        g_propagate_error(why, host_process_failure(process, "cgroup"));
        return PLACE_UNREAD;
    }
    g_autofree char *path = cgroup_path(process->cgroup);
    const char *runtime = NULL;
    g_autofree char *place = NULL;
    g_autofree char *id = path ? container_id_from_cgroup(path, &runtime, &place) : NULL;
    return id ? container_place_owner(host, place, why) : PLACE_USERS;
}

static enum daemon_owner owner_of_user(enum program program)
{
    switch (program) {
    case PROGRAM_INSTALLED:
        return DAEMON_USER;
    case PROGRAM_ELSEWHERE:
    case PROGRAM_WRITABLE:
        return DAEMON_LOOKALIKE;
    case PROGRAM_UNREAD:
        break;
    }
    return DAEMON_UNKNOWN;
}

/* Of what no root's process is. */
static enum daemon_owner owner_outside(struct host *host, const struct process *process, GError **why)
{
    enum program program = program_of(host, process, why);
    if (program == PROGRAM_UNREAD && host_process_ended(host, process))
        return DAEMON_LOOKALIKE;
    enum daemon_owner owner = owner_of_user(program);
    if (process->uid[1] >= USERS_FROM)
        return owner;
    /* A service may have a root of its own, where the program is another file than the host's. */
    if (program == PROGRAM_ELSEWHERE) {
        g_autofree char *link = host_process_file(process, "exe");
        g_set_error(why, PL_ERROR, PL_ERROR_READ, "%s is another file than %s of the host", link, process->exe);
        return DAEMON_UNKNOWN;
    }
    return owner == DAEMON_USER ? DAEMON_HOST : owner;
}

static enum daemon_owner owner_of(struct host *host, const struct process *process, GError **why)
{
    if (!process->ids_known) {
        g_propagate_error(why, host_process_failure(process, "status"));
        return DAEMON_UNKNOWN;
    }
    /* Whoever may write the program of a daemon that root started: it runs, and is the host's. */
    if (process->uid[1] == 0)
        return DAEMON_HOST;
    enum place_owner place = container_owner(host, process, why);
    if (place == PLACE_UNREAD)
        return host_process_ended(host, process) ? DAEMON_LOOKALIKE : DAEMON_UNKNOWN;
    return place == PLACE_ROOTS ? DAEMON_HOST : owner_outside(host, process, why);
}

enum daemon_owner daemon_owner(struct host *host, const struct process *process, GError **why)
{
    g_autoptr(GError) found = NULL;
    enum daemon_owner owner = owner_of(host, process, &found);
    if (owner == DAEMON_UNKNOWN)
        g_propagate_error(why, g_steal_pointer(&found));
    return owner;
}

/* A table that could not be read may hold its socket. */
static enum daemon_owner owner_by_sockets(struct host *host, const struct process *process, GError **why)
{
    const struct listeners *listeners = listeners_find(host);
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (listener->holder && listener->holder->pid == process->pid)
            return DAEMON_USER;
    }
    const GError *unread = g_hash_table_lookup(listeners->unread_pids, GINT_TO_POINTER(process->pid));
    unread = unread ? unread : listeners->error ? listeners->error : listeners->unread_first;
    if (!unread)
        return DAEMON_LOOKALIKE;
    if (why)
        *why = g_error_copy(unread);
    return DAEMON_UNKNOWN;
}

enum daemon_owner daemon_owner_or_copy(struct host *host, const struct process *process, GError **why)
{
    enum daemon_owner owner = daemon_owner(host, process, why);
    bool users = process->ids_known && process->uid[1] >= USERS_FROM;
    if (owner != DAEMON_LOOKALIKE || !users || host_process_ended(host, process))
        return owner;
    return owner_by_sockets(host, process, why);
}
