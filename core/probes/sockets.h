/* Sockets that wait for peers, in every network namespace, with the processes that hold them. */
#pragma once

#include "host/process.h"

struct listener {
    const char *protocol; /* tcp udp unix; static text */
    const char *family;   /* ipv4 ipv6 unix */
    char *address;        /* numeric, or the path or @name of a Unix socket */
    unsigned port;
    bool wildcard, loopback;
    uint64_t inode;
    uid_t uid;
    bool uid_known;               /* Unix sockets have no owner in the table */
    const struct process *holder; /* the first process that holds it, NULL when none was found */
    const struct process *of;     /* first process of its network namespace; NULL: the host's */
};

/* An open file of a process with mounts of its own, by the name that the kernel gives it: only those with a path
 * outside /dev and /proc. */
struct open_file {
    char *descriptor, *target; /* "7", "/srv/data" */
};

struct listeners {
    GHashTable *files;       /* struct process -> GPtrArray of struct open_file */
    GPtrArray *list;         /* struct listener */
    bool holders_unread;     /* descriptors of some processes could not be read */
    GHashTable *unread_pids; /* processes whose descriptors could not all be read, as a set of pids */
    GError *error;           /* the host's own tables could not be read; NULL */
    unsigned unread;         /* network namespaces that could not be read */
};

/* Reads them once a host; owned by the host. */
const struct listeners *listeners_find(struct host *host);
