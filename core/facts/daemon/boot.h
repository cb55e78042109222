/* How a daemon starts at the next boot: the units that are enabled and whose ExecStart runs its program. What is only
 * installed, and what a file configures, is not there yet; what starts is, whether it has a file or not. */
#pragma once

#include "facts/daemon/daemon.h"
#include "facts/system/unit_command.h"

/* One unit that starts it. */
struct daemon_start {
    char *unit;
    char *path; /* of the file that holds the command, NULL: the unit's own path is not known */
    unsigned line;
    char **argv;         /* NULL: `why` the command line is not known */
    struct problem *why; /* NULL: it is known */
    const struct unit_environment *environment;
};

struct daemon_boot {
    GPtrArray *starts; /* struct daemon_start, by unit */
    GError *error;     /* units could not be read, so that there may be more of them; NULL */
    bool installed;    /* its program or package is there, whether it starts or not */
};

/* Never NULL. Found once a host and daemon, owned by the host. */
const struct daemon_boot *daemon_boot_find(struct host *host, const struct daemon *daemon);
/* Services that run the daemon's program, whether they start or not. NULL-terminated, caller frees. *error: a service
 * could not be read, so that it may be one of them; borrowed, else untouched. */
char **daemon_boot_units(struct host *host, const struct daemon *daemon, const GError **error);
