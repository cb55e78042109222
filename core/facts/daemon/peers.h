/* What listeners do for whoever connects, by the descriptions of all daemons. */
#pragma once

#include "facts/daemon/daemon.h"
#include "facts/daemon/peer.h"
#include "host/process.h"

/* By the descriptions of all daemons: what the holder's program is said to do, by its most powerful description, and
 * of each the first member that holds; of a program that no description has, what is said of the path alone. `holder`
 * NULL: nobody listens, or who does is not known. */
enum peer_power daemon_peers_power(const struct daemons *daemons, const struct process *holder, const char *path);
/* What a program does for whoever gets to a TCP port of its. */
enum peer_port {
    PEER_PORT_NONE,   /* nothing that is described, or for who has a certificate alone */
    PEER_PORT_OPEN,   /* it starts programs or containers for everybody */
    PEER_PORT_UNTOLD, /* it may: a file that it reads says */
};

/* By its command line; of several descriptions the one that gives most. `holder` NULL: nothing is said of it. */
enum peer_port daemon_peers_port(const struct daemons *daemons, const struct process *holder, unsigned port);
/* Patterns of paths where programs or containers are started on request, whoever listens. NULL-terminated; caller frees
 * with g_free (the strings are borrowed). */
const char **daemon_peers_paths(const struct daemons *daemons);
