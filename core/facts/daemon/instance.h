/* Instances of a daemon on this host: its processes with their command lines and files; what its unit starts at the
 * next boot; or its files alone. */
#pragma once

#include "facts/account/homes.h"
#include "facts/daemon/boot.h"
#include "facts/daemon/daemon.h"
#include "facts/daemon/flags.h"
#include "host/process.h"

/* One configuration file that an instance reads, in the order in which it reads them. */
struct daemon_document {
    char *path;              /* on the host, through /proc/PID/root where the daemon has another root */
    const json_object *tree; /* published by format_read(): read only */
    bool dropin;
};

struct daemon_instance {
    const struct daemon *daemon;      /* of which it is one */
    const struct process *process;    /* NULL: nothing runs, but it starts at the next boot or its file is there */
    const struct daemon_start *start; /* the unit that starts it next; NULL: it runs, or only its file is there */
    const struct home *home;          /* the account whose files these are, of a tool; NULL: the system's */
    char *user;                       /* the ordinary user who runs it (facts/daemon/owner.h); NULL: it is the host's */
    char *subject;                    /* the daemon's name, with the pid when several run, and with the user */
    struct flag_values *flags;        /* NULL when the command line could not be read or does not say anything */
    struct problem *blind;            /* why the settings cannot be known, NULL when they can */
    char *config;                     /* main configuration file on the host, NULL without */
    bool config_named;                /* by a flag or the environment */
    GPtrArray *documents;             /* struct daemon_document */
    GError *error;                    /* a file that could not be read or parsed; NULL */
    char *version;                    /* NULL when not known */
};

struct daemon_instances {
    GPtrArray *list; /* struct daemon_instance: the host's by pid, then those of users */
    GError *error;   /* the process table could not be read; NULL */
    GError *homes;   /* a home could not be looked into, so there may be more instances of a tool; NULL */
    bool installed;  /* none is in the list, though the program is there: it does not start at boot */
    bool hidden;     /* no process was found, and those of others are hidden from plumbline */
};

/* Finds them, once a host and daemon. Owned by the host. */
const struct daemon_instances *daemon_instances_find(struct host *host, const struct daemon *daemon);

/* A variable of the instance's environment: its process's, or the one that its unit gives it. NULL when it is not set,
 * or with *unread (NULL before; caller frees) when that could not be told. Caller frees. */
char *daemon_environment(struct host *host, const struct daemon_instance *instance, const char *name,
                         struct problem **unread);

/* The version of the installed package that carries the instance's program; NULL when that is not certain. */
char *daemon_version(struct host *host, const struct daemon *daemon, const struct process *process);
