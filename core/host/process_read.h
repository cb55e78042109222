/* One process after the other, read from its directory below /proc: on the live machine relative to a descriptor of
 * that directory, so that all parts are of one process; where readers look for the caller (host/reader.h) in one
 * request; from an offline tree or an inline host by path. */
#pragma once

#include "host/process.h"

/* What is kept from one process to the next: maps that many share, and what the whole kernel does not have. */
struct process_query;

struct process_query *process_query_new(struct host *host);
void process_query_free(struct process_query *query);
PL_DEFINE_CLEANUP(process_query, process_query_free)

/* Those that are read next, at most PROCESS_ROWS (process_library.h): libproc2 is asked of them all at once, where the
 * host has it. */
void process_query_ahead(struct process_query *query, const pid_t *pids, guint n);

/* NULL: there is none, or it ended while it was read. Parts that could not be read are unknown. One whose first thread
 * ended is read through another one. Caller frees. */
struct process *process_read(struct host *host, struct process_query *query, pid_t pid);
/* The same of one look: through that thread, 0 for the first. */
struct process *process_query_read(struct process_query *query, pid_t pid, pid_t thread);

/* Asks for its state again where links were missing while it was read: one that ended between two reads still shows the
 * state that it had, and would be taken for a living one that hides its namespaces. What is left of it then is a
 * zombie's. False: it is gone altogether. */
bool process_query_again(struct process_query *query, struct process *process);
