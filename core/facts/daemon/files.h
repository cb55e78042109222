/* The files that say how an instance of a daemon starts, and whether they are newer than it. */
#pragma once

#include "facts/daemon/instance.h"
#include "model/item.h"

/* When a process was started, in seconds since the epoch; -1 with *why, which the caller frees, when it cannot be told.
 */
gint64 daemon_started(struct host *host, const struct process *process, char **why);
/* Sets the fields started, config_files, config_newer and newer_files. */
void daemon_files_set(struct host *host, const struct daemon_instance *instance, struct item *item);
/* Why a file or a default may have another value than the one that the running process took up at its start; NULL when
 * it has not, and for an instance without a process. Looked at once a host, which owns the text. */
const char *daemon_files_differ(struct host *host, const struct daemon_instance *instance);
