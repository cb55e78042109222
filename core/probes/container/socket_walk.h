/* Socket files below a folder of the host, for names that no listener tells. */
#pragma once

#include "facts/system/mountinfo.h"

struct walked_socket {
    char *path;
    struct host_stat file;
};

struct walked_sockets {
    GPtrArray *list; /* struct walked_socket */
    bool cut;        /* there are more files, or deeper folders, than are looked at */
};

/* Looks once a host at the folder, or the file, and what lies below it in its file system. Owned by the host; what
 * could not be looked at is noted (host/notes.h). */
const struct walked_sockets *sockets_walk(struct host *host, const struct mountinfo *mounts, const char *top);
