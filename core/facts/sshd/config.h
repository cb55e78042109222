/* What is said to sshd, in the order in which it counts: command line, then files with their Includes expanded in
 * place. Read once a host. Which line wins is for the probe. */
#pragma once

#include "host/host.h"
#include "model/problem.h"

#include <stdbool.h>

struct sshd_keyword;

struct sshd_setting {
    const struct sshd_keyword *keyword; /* NULL: none that sshd knows, or an unreadable include */
    char *name;                         /* lower case, as written; NULL: here is an unreadable include, see `unread` */
    char **args;
    char *value;    /* args joined by a blank */
    char *scope;    /* NULL: everybody; else "Match ..." */
    unsigned block; /* 0: outside of Match; else a number for each Match block */
    bool for_all;   /* outside of Match, or in "Match all" */
    bool flag;      /* from the command line */
    char *path;     /* file, NULL for a flag of a running process */
    unsigned line;
    char *comm; /* process, NULL for a file */
    int pid;
    struct problem *unread; /* an unreadable include: what could not be read at this place; NULL: it is none */
};

struct sshd_config {
    bool installed;
    char *path;                     /* of the main file */
    char *version;                  /* "9.2"; NULL: not known */
    const GError *version_error;    /* why it may be another one than none; NULL: no package tells it. Borrowed */
    struct sshd_setting no_version; /* an unreadable include that says so, and no more */
    GPtrArray *settings;            /* struct sshd_setting */
    GPtrArray *problems;            /* struct problem */
};

/* Owned by the host. */
const struct sshd_config *sshd_config_get(struct host *host);
