/* Whether a process runs one of the programs by which a daemon's description knows it. */
#pragma once

#include "facts/daemon/daemon.h"
#include "host/process.h"

/* NULL: it is none of the daemon's, or that cannot be told (*perhaps). */
const struct daemon_program *daemon_match(const struct daemon *daemon, const struct process *process, bool *perhaps);
/* Another program may start it, from wherever that one lies. */
bool daemon_is_launched(const struct daemon *daemon);
