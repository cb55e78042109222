/* Which namespaces a process shares with the host. Unreadable is not different. */
#pragma once

#include "host/process.h"

enum ns_relation { NS_SHARED, NS_OWN, NS_UNREAD };

/* How the process's namespace of this kind relates to the host's: that of pid 1, or, where pid 1 cannot be looked at,
 * plumbline's own, cross-checked with the inode numbers that the kernel gives the first namespaces. */
enum ns_relation namespace_relation(struct host *host, const struct process *process, enum ns kind);

/* The host's own, by that reference; 0: not known. */
uint64_t namespace_of_host(struct host *host, enum ns kind);

/* Kinds shared with the host, in the order of ns_names, NULL-terminated; caller frees with g_free (borrowed strings).
 * *unread is the first kind that could not be compared, NULL when all were; the time namespace is left out, which old
 * kernels do not have. */
const char **namespaces_shared(struct host *host, const struct process *process, const char **unread);
