/* The programs by which version 2 control groups decide which devices are opened (bpf(2)): no file shows them. */
#pragma once

#include "host/host.h"

/* Those of the group whose directory `path` is, and of the groups above it, all of which have to allow: a list of
 * GBytes, each the instructions of one (struct bpf_insn) as the kernel has translated them. Caller unrefs. NULL with
 * error: PL_ERROR_DENIED without the rights, PL_ERROR_UNSUPPORTED where the kernel does not show them, PL_ERROR_ABSENT.
 */
GPtrArray *host_device_programs(struct host *host, const char *path, GError **error);

/* Takes the socket of a process that reads them for this one (SANDBOX_DEVICES). */
void host_set_device_reader(struct host *host, int socket);

/* What that process does: appends GBytes. 0 or a negative errno value; -EOPNOTSUPP: the kernel does not show them. */
int device_programs_read(const char *path, GPtrArray *out);
