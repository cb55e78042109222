/* The home directories of local accounts: where each user's own configuration lies. */
#pragma once

#include "host/host.h"

#include <stdbool.h>
#include <sys/types.h>

struct home {
    char *user; /* login name, the first of passwd that has this directory */
    uid_t uid;
    char *path; /* absolute, without a slash at its end */
};

struct homes {
    GPtrArray
        *list;     /* struct home in the order of passwd, each directory once; those that are not there are left out */
    GError *error; /* passwd or a directory above a home could not be read; NULL */
};

/* Reads them once a host; owned by it. Users of LDAP and systemd-homed are not seen. */
const struct homes *homes_find(struct host *host);

/* A path or glob that begins with "~/" as it stands below one home; a copy of any other. Bytes of the home that mean
 * something in a glob are quoted, when the rest is one. Caller frees. */
char *homes_path(const struct home *home, const char *pattern);
/* Whether a pattern is meant for every home. */
bool homes_is_pattern(const char *pattern);
