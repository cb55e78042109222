/* The member `peers` of a daemon's description: what listeners on Unix sockets, and on TCP ports, do for whoever
 * connects. */
#pragma once

#include "facts/daemon/member.h"

#include <stdbool.h>

/* What whoever may connect can have done by the listener. The smaller one is more. */
enum peer_power {
    PEER_COMMANDS,      /* programs or containers are started on request */
    PEER_COMMANDS_OWNS, /* the same for root and for the listener's own user, whom the listener asks the kernel for */
    PEER_SERVES,        /* a service that starts nothing that the peer chooses */
    PEER_UNTOLD,        /* not known */
};

struct daemon_peer {
    char **program;     /* patterns on the name of the program that listens; NULL: whoever does */
    char **path;        /* patterns on the socket's path; NULL: any */
    char *flag;         /* of the program, which names the folder that `path` lies in; NULL: paths are absolute */
    char *folder;       /* that folder without the flag; NULL */
    char **address;     /* patterns on arguments of the program: then it is about TCP ports, not sockets; NULL */
    char *certificates; /* flag of the program, by which it demands certificates there; NULL: it never does */
    char **other_ports; /* numbers of ports that it has for something else; NULL */
    enum peer_power power;
};

extern const struct member daemon_peer_members[];
/* Reads a list of them (NULL: none) to `peers`, struct daemon_peer. False after daemon_refuse(). */
bool daemon_peers_read(struct daemon_faults *to, const json_object *list, GPtrArray *peers);
void daemon_peer_free(gpointer peer);
