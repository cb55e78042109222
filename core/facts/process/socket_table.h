/* The socket tables of a network namespace: what waits for peers there. The one reader of /proc/net. */
#pragma once

#include "host/process.h"

enum socket_protocol { SOCKET_TCP, SOCKET_UDP, SOCKET_UNIX, SOCKET_PROTOCOLS };

struct listener {
    const char *protocol; /* tcp udp unix; static text */
    const char *family;   /* ipv4 ipv6 unix */
    char *address;        /* numeric, or the path or @name of a Unix socket */
    unsigned port;
    bool wildcard, loopback;
    uint64_t inode;
    uid_t uid;
    bool uid_known; /* Unix sockets have no owner in the table */
    const struct process
        *holder; /* the first process that holds it, NULL when none was found; by facts/process/sockets.h alone */
    const struct process *of; /* first process of its network namespace; NULL: the host's */
    bool datagrams;           /* a Unix socket that takes them from whoever reaches it, without a connection */
};

struct socket_tables {
    GPtrArray *list;      /* struct listener */
    GPtrArray *datagrams; /* struct listener: Unix sockets that take datagrams from anybody */
    GHashTable *paths;    /* set of the addresses of Unix sockets of all kinds */
    /* Of each protocol: its tables could not be read, or not to their end (then what was seen is in `list`). */
    GError *errors[SOCKET_PROTOCOLS];
};

/* `of`: a process of the namespace; NULL: the host's. Caller frees. */
struct socket_tables *socket_tables_read(struct host *host, const struct process *of);
void socket_tables_free(struct socket_tables *tables);
/* The host's own, read once; owned by the host. */
const struct socket_tables *socket_tables_of_host(struct host *host);
/* The first error of any protocol, NULL. */
const GError *socket_tables_error(const struct socket_tables *tables);
