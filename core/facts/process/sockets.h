/* Sockets that wait for peers, in every network namespace, with the processes that hold them. */
#pragma once

#include "facts/process/socket_table.h"

/* An open file of a process with mounts of its own, by the name that the kernel gives it: only those with a path
 * outside /dev and /proc. */
struct open_file {
    char *descriptor, *target; /* "7", "/srv/data" */
};

struct listeners {
    GHashTable *files;    /* struct process -> GPtrArray of struct open_file */
    GPtrArray *list;      /* struct listener, borrowed from `own` and `others` */
    GPtrArray *datagrams; /* struct listener, borrowed: Unix sockets that take datagrams from anybody */
    const struct socket_tables *own;
    GPtrArray *others;      /* struct socket_tables */
    GError *holders_unread; /* of how many processes descriptors could not be read, and the first failure; NULL: none */
    GHashTable *unread_pids; /* pids of processes whose descriptors could not all be read -> GError, the first */
    const GError *error;     /* the first of `own`: not all of the host's own tables could be read; NULL */
    unsigned unread;         /* other network namespaces that could not be read whole */
    GError *unread_first;    /* what hindered the first of them; NULL: none */
};

/* Reads them once a host; owned by the host. */
const struct listeners *listeners_find(struct host *host);
