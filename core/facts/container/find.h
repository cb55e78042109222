/* Which processes are in containers, found from the kernel's side: namespaces, root file systems, control groups. */
#pragma once

#include "facts/system/mountinfo.h"
#include "host/process.h"

struct container_record;
struct daemons;
struct fact_context;

/* Whether the kernel shows processes of it. */
enum container_state {
    CONTAINER_RUNS,
    CONTAINER_UNSEEN, /* its engine says that it runs, and no process of it was found */
    CONTAINER_STOPPED,
};

struct container {
    enum container_state state;
    char *key;                   /* what its processes have in common; unique */
    char *id;                    /* as its runtime chose it, or "cgroup:PATH" */
    bool nameless;               /* the latter: neither an engine nor a runtime names it */
    char *name;                  /* best known name; one that stays the same when it is started again */
    const char *runtime;         /* static text */
    char *place;                 /* its control group, down to the component that names the id; NULL: none names one */
    uint64_t mnt;                /* mount namespace that it was found by; 0: not known */
    const struct process *first; /* NULL unless it runs */
    const struct container_planned *planned; /* of one that is looked at as it would be; NULL */
    const struct process *monitor;           /* whose command line gave the id; NULL: it did not */
    bool impostor;                           /* the id is another one's (facts/container/claim.h) */
    bool disputed;                           /* several have the id, and whose it is could not be told */
    GPtrArray *processes;                    /* struct process, borrowed, by their start */
    GPtrArray *entering;                     /* struct process, borrowed: runtimes on their way in, none of the above */
    bool own_pids;                           /* has a process namespace other than the host's */
    unsigned exec_sessions;                  /* processes that entered from outside beside the first */
    struct container_record *record;         /* never NULL */
    struct mountinfo *mounts;                /* of the first process; NULL when it could not be read */
    GError *mounts_error;                    /* why; NULL */
};

struct containers {
    GPtrArray *list;         /* struct container, by name */
    GPtrArray *engine_roots; /* char *: data directories of the Docker Engines that run, on the host, without links */
    const struct problem *engines_unseen; /* why there may be more of them; borrowed; NULL when these are all */
    const struct daemons *daemons;        /* the descriptions that were loaded; borrowed */
    struct mountinfo *host;               /* the host's own mounts; NULL when they could not be read */
    GError *host_error;                   /* why; NULL */
    GError *error;                        /* no process table; NULL */
    unsigned unread;                      /* processes that could not be told from host processes */
    GError *unread_first;                 /* what could not be read of the first of them; NULL */
    struct problem *contested;            /* an id that several claim and nobody can tell whose it is; NULL */
};

/* Finds them once a host, with what engines know of them (facts/container/record.h); owned by the host. */
const struct containers *containers_find(const struct fact_context *context);
/* Some container has the process, or it was on its way into one. */
bool containers_have(const struct containers *containers, const struct process *process);
/* Frees one. */
void container_free(gpointer container);
