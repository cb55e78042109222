/* Unix sockets of the host on which somebody listens, as files: what they are is their place in a file system and who
 * listens; a path is one of their names. */
#pragma once

#include "facts/container/find.h"
#include "facts/daemon/peers.h"
#include "facts/process/socket_table.h"

struct socket_file {
    char *path;                   /* a name of it, as its listener calls it; "@name" of an abstract one */
    const struct process *holder; /* who listens; NULL: nobody, or it is not known */
    const struct process *of;     /* of an abstract one: first process of its network namespace; NULL: the host's */
    enum peer_power power;
    struct host_stat file; /* of an abstract one nothing */
    uint64_t device;       /* struct mount_line */
    char *place;           /* in its file system; NULL of abstract ones, and where it is not known */
};

struct socket_files {
    GPtrArray *list;       /* struct socket_file: those with a place, and abstract ones */
    GHashTable *by_device; /* device -> GPtrArray of struct socket_file, borrowed */
    GHashTable *by_inode;  /* "device:inode" of stat(2) -> struct socket_file, borrowed */
    GPtrArray *lost;       /* struct socket_file without a place: not at their path any more */
    bool undescribed;      /* no daemon's description that was loaded says where any of them commands */
    GHashTable *linked;    /* devices on which one of the list has further names (hard links); borrowed keys */
};

/* Reads them once a host: those of listeners that are worth a question, which are root's, others with capabilities, and
 * engines of ordinary users; owned by the host. What could not be looked at is noted (host/notes.h). */
const struct socket_files *socket_files_find(struct host *host, const struct containers *containers);
/* The one with the identity of a file; NULL without. */
const struct socket_file *socket_files_of(const struct socket_files *files, const struct host_stat *file);
