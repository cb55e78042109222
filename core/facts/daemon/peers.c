#include "facts/daemon/peers.h"

#include "model/name_glob.h"

#include <string.h>

static bool matches_any(char **patterns, const char *text)
{
    return text && name_matches_any((const char *const *)patterns, text);
}

/* The name of the file that runs, else what it calls itself. Caller frees. */
static char *program_of(const struct process *process)
{
    if (!process->exe || *process->exe != '/')
        return g_strdup(process->comm);
    g_autofree char *path = host_link_path(process->exe);
    return g_path_get_basename(path);
}

/* What a program calls itself may only make more of it. */
static bool is_program(const struct daemon_peer *peer, const char *program, const struct process *holder)
{
    bool commands = peer->power == PEER_COMMANDS || peer->power == PEER_COMMANDS_OWNS;
    return matches_any(peer->program, program) || (commands && matches_any(peer->program, holder->comm));
}

static const char *folder_of(const struct daemon_peer *peer, const struct process *holder)
{
    size_t length = strlen(peer->flag);
    const char *folder = peer->folder;
    for (char **argument = holder->argv_seen; argument && *argument; argument++) {
        const char *name = *argument + strspn(*argument, "-");
        if (name == *argument || !g_str_has_prefix(name, peer->flag))
            continue;
        if (name[length] == '=')
            folder = name + length + 1;
        else if (!name[length] && argument[1])
            folder = argument[1];
    }
    return folder;
}

static bool is_path(const struct daemon_peer *peer, const struct process *holder, const char *path)
{
    if (!peer->path || !peer->flag)
        return !peer->path || matches_any(peer->path, path);
    g_autofree char *start = g_build_filename(folder_of(peer, holder), "/", NULL);
    return g_str_has_prefix(path, start) && matches_any(peer->path, path + strlen(start));
}

/* Of one description. */
static enum peer_power power_by_program(const struct daemon *daemon, const char *program, const struct process *holder,
                                        const char *path)
{
    for (guint i = 0; i < daemon->peers->len; i++) {
        const struct daemon_peer *peer = g_ptr_array_index(daemon->peers, i);
        if (peer->program && !peer->address && is_program(peer, program, holder) && is_path(peer, holder, path))
            return peer->power;
    }
    return PEER_UNTOLD;
}

static enum peer_power power_by_path(const struct daemon *daemon, const char *path)
{
    for (guint i = 0; i < daemon->peers->len; i++) {
        const struct daemon_peer *peer = g_ptr_array_index(daemon->peers, i);
        if (!peer->program && matches_any(peer->path, path))
            return peer->power;
    }
    return PEER_UNTOLD;
}

enum peer_power daemon_peers_power(const struct daemons *daemons, const struct process *holder, const char *path)
{
    g_autofree const char **names = daemons ? daemons_names(daemons) : NULL;
    g_autofree char *program = holder ? program_of(holder) : NULL;
    enum peer_power by_program = PEER_UNTOLD, by_path = PEER_UNTOLD;
    for (const char **name = names; name && *name; name++) {
        const struct daemon *daemon = daemons_find(daemons, *name);
        if (!daemon)
            continue;
        by_program = holder ? MIN(by_program, power_by_program(daemon, program, holder, path)) : PEER_UNTOLD;
        by_path = MIN(by_path, power_by_path(daemon, path));
    }
    return by_program != PEER_UNTOLD ? by_program : by_path;
}

/* ---- ports ---- */

/* Unless its value switches it off, as Go reads booleans; an empty one names no file. */
static bool has_flag(const struct process *holder, const char *flag)
{
    static const char *const off[] = {"", "0", "f", "F", "false", "False", "FALSE", NULL};
    size_t length = strlen(flag);
    bool has = false;
    for (char **argument = holder->argv_seen; argument && *argument; argument++) {
        const char *name = *argument + strspn(*argument, "-");
        if (name == *argument || !g_str_has_prefix(name, flag))
            continue;
        if (name[length] == '=')
            has = !g_strv_contains(off, name + length + 1);
        else if (!name[length])
            has = true;
    }
    return has;
}

static bool is_told(const struct daemon_peer *peer, const struct process *holder)
{
    for (char **argument = holder->argv_seen; argument && *argument; argument++)
        if (matches_any(peer->address, *argument))
            return true;
    return false;
}

static enum peer_port port_of(const struct daemon_peer *peer, const struct process *holder, unsigned port)
{
    g_autofree char *number = g_strdup_printf("%u", port);
    if (peer->other_ports && g_strv_contains((const char *const *)peer->other_ports, number))
        return PEER_PORT_NONE;
    if (peer->certificates && has_flag(holder, peer->certificates))
        return PEER_PORT_NONE;
    return is_told(peer, holder) ? PEER_PORT_OPEN : PEER_PORT_UNTOLD;
}

enum peer_port daemon_peers_port(const struct daemons *daemons, const struct process *holder, unsigned port)
{
    g_autofree const char **names = daemons && holder ? daemons_names(daemons) : NULL;
    g_autofree char *program = holder ? program_of(holder) : NULL;
    enum peer_port found = PEER_PORT_NONE;
    for (const char **name = names; name && *name; name++) {
        const struct daemon *daemon = daemons_find(daemons, *name);
        for (guint i = 0; daemon && i < daemon->peers->len; i++) {
            const struct daemon_peer *peer = g_ptr_array_index(daemon->peers, i);
            enum peer_port one =
                peer->address && is_program(peer, program, holder) ? port_of(peer, holder, port) : PEER_PORT_NONE;
            if (one == PEER_PORT_OPEN)
                return one;
            found = one == PEER_PORT_UNTOLD ? one : found;
        }
    }
    return found;
}

const char **daemon_peers_paths(const struct daemons *daemons)
{
    g_autofree const char **names = daemons ? daemons_names(daemons) : NULL;
    GPtrArray *paths = g_ptr_array_new();
    for (const char **name = names; name && *name; name++) {
        const struct daemon *daemon = daemons_find(daemons, *name);
        for (guint i = 0; daemon && i < daemon->peers->len; i++) {
            const struct daemon_peer *peer = g_ptr_array_index(daemon->peers, i);
            for (char **path = peer->program || peer->power != PEER_COMMANDS ? NULL : peer->path; path && *path; path++)
                g_ptr_array_add(paths, *path);
        }
    }
    g_ptr_array_add(paths, NULL);
    return (const char **)(void *)g_ptr_array_free(paths, FALSE);
}
