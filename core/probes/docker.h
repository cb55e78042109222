/* Docker Engines that run on the host, and questions to them through their Unix sockets.
 *
 * An engine is a running dockerd; its sockets are those that it was told to listen on. It may hang, lie or send without
 * end: every call is bounded, and an engine that failed once or took too long altogether is not asked again. */
#pragma once

#include "host/process.h"

struct docker_engine {
    pid_t pid;                     /* of its dockerd */
    const struct process *process; /* the same */
    char *socket;                  /* path on the host; where none answers the first one; NULL: it has none */
    char *base;                    /* what paths are appended to: "http://localhost/v1.44" */
    char *api_version;             /* "1.44"; NULL: it did not say */
    bool reachable;                /* /_ping was answered */
    GError *error;                 /* why not; NULL when reachable */
    char *data_root;         /* as the engine sees it: from /info, else its settings, else the default; never NULL */
    bool unchanged;          /* its configuration file is not newer than its process, or there is none */
    const json_object *info; /* the answer to /info: read only; NULL with info_error when there is none */
    GError *info_error;
};

/* The engines, found and greeted (/_ping, /info) once a host, by pid; empty when no dockerd runs. Owned by the host. */
const GPtrArray *docker_engines(struct host *host);

/* Why there may be engines beside these (hidden processes, too many); NULL when these are all. Owned by the host. */
const char *docker_engines_unseen(struct host *host);

/* GET of one path ("/containers/ID/json"), parsed; the caller owns the tree. Not cached. Safe from several threads.
 * PL_ERROR_USAGE for a path that is not one of the few calls plumbline makes (docker_engine.c), PL_ERROR_ABSENT for
 * 404, PL_ERROR_PARSE for an answer that is no JSON object or array, PL_ERROR_READ and PL_ERROR_LIMIT otherwise. */
json_object *docker_get(struct host *host, const struct docker_engine *engine, const char *path, GError **error);
