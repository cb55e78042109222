/* What listeners on Unix sockets do for whoever connects, by the descriptions of all daemons. */
#pragma once

#include "facts/daemon/daemon.h"
#include "facts/daemon/peer.h"
#include "host/process.h"

/* By the descriptions of all daemons: what the holder's program is said to do, by its most powerful description, and
 * of each the first member that holds; of a program that no description has, what is said of the path alone. `holder`
 * NULL: nobody listens, or who does is not known. */
enum peer_power daemon_peers_power(const struct daemons *daemons, const struct process *holder, const char *path);
/* Patterns of paths where programs or containers are started on request, whoever listens. NULL-terminated; caller frees
 * with g_free (the strings are borrowed). */
const char **daemon_peers_paths(const struct daemons *daemons);
