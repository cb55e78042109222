/* What struct host is made of, for the files of this floor. */
#pragma once

#include "host/fs.h"
#include "host/host.h"

#include "model/error.h"

struct host_room;

struct host {
    struct host_fs *fs;
    char *root;
    bool live;    /* as host_is_live() */
    bool machine; /* the running machine: "/", or its root in another place (root.h) */
    pid_t first;  /* as host_first_process() */
    bool outside; /* as in struct root */
    bool foreign; /* as host_has_foreign_kernel() */
    bool privileged;
    bool library;       /* libproc2 is asked (process_library.h) */
    json_object *http;  /* an inline host's answers, else NULL */
    GPtrArray *images;  /* struct host_image, or NULL */
    json_object *audit; /* an inline host's loaded audit rules, NULL when it states none */

    GMutex http_lock;
    GPtrArray *http_idle; /* struct http_connection: kept for the next request (http_connection.h) */

    struct reader *reader;        /* NULL: the process looks for itself */
    struct reader *device_reader; /* of programs of control groups (device_programs.h); NULL: there is none */
    json_object *device_programs; /* an inline host's, by group; NULL */
    GArray *hidden;               /* pid_t: plumbline's own processes that are no part of the host; NULL */
    int engine;                   /* the socket of the process that connects for this one (host/engine.h), -1 */
    GMutex engine_lock;

    GMutex cache_lock;
    GCond cache_ready;
    GHashTable *reading; /* paths that a thread reads just now, borrowed; others wait for what it finds */
    GHashTable *cache;   /* path -> struct cached */
    gsize cached;        /* bytes in it */

    struct host_room *room; /* for what is kept (room.h) */

    GMutex memo_lock;
    GCond memo_ready;
    GHashTable *memo;      /* key -> struct memo */
    GPtrArray *memo_order; /* struct memo, as made: freed last first */
};

/* A host over a file system that is taken. */
struct host *host_new_with_fs(struct host_fs *fs, const char *root);

void host_cache_init(struct host *host);
void host_cache_clear(struct host *host);

void host_memo_init(struct host *host);
void host_memo_clear(struct host *host);

void host_http_init(struct host *host);
void host_http_clear(struct host *host);
