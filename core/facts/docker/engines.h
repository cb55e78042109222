/* Docker Engines that run on the host, and questions to them through their Unix sockets.
 *
 * An engine is a running dockerd; its sockets are those that it was told to listen on. It may hang, lie or send without
 * end: every call is bounded, and an engine that failed once or took too long altogether is not asked again. */
#pragma once

#include "host/process.h"
#include "model/problem.h"

struct fact_context;

struct docker_engine {
    pid_t pid;                     /* of its dockerd */
    const struct process *process; /* the same */
    uid_t owner;                   /* who runs it: a user's says nothing about what root runs */
    char *socket;                  /* path on the host; where none answers the first one; NULL: it has none */
    char *base;                    /* what paths are appended to: "http://localhost/v1.44" */
    char *api_version;             /* "1.44"; NULL: it did not say */
    bool reachable;                /* /_ping was answered */
    GError *error;                 /* why not; NULL when reachable */
    bool alone;                    /* no other engine was found */
    char *data_root; /* as the engine sees it: from /info, else its settings, else the default; never NULL */
    struct problem *root_unsure; /* why data_root is only what it would be by default; NULL when it is known */
    char *space;                 /* containerd's namespace of its containers: from its settings, else the default */
    bool unchanged;              /* its configuration file is not newer than its process, or there is none */
    const json_object *info;     /* the answer to /info: read only; NULL with info_error when there is none */
    GError *info_error;
};

struct docker_engines {
    GPtrArray *list;        /* struct docker_engine by pid; empty when no dockerd runs */
    struct problem *unseen; /* why there may be engines beside these; NULL when these are all */
};

/* The engines, found as the loaded description of the daemon dockerd says and greeted (/_ping, /info) once a host.
 * Without such a description none is found, and `unseen` says so. Owned by the host. */
const struct docker_engines *docker_engines_find(const struct fact_context *context);

/* GET of one path ("/containers/ID/json"), parsed; the caller owns the tree. Not cached. Safe from several threads.
 * PL_ERROR_USAGE for a path that is not one of the few calls plumbline makes (facts/docker/engines.c), PL_ERROR_ABSENT
 * for 404, PL_ERROR_PARSE for an answer that is no JSON object or array, PL_ERROR_READ and PL_ERROR_LIMIT otherwise. */
json_object *docker_get(struct host *host, const struct docker_engine *engine, const char *path, GError **error);
