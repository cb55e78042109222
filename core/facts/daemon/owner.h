/* Whose a process is that looks like a daemon: the arguments and the name of a process are its own choice. */
#pragma once

#include "host/process.h"

enum daemon_owner {
    DAEMON_HOST,      /* root or a system account runs it, or it is in a container that root's engine made */
    DAEMON_USER,      /* an ordinary user runs the installed program: judged as that user's */
    DAEMON_LOOKALIKE, /* nothing but a user's process that calls itself so */
    DAEMON_UNKNOWN,   /* what it runs could not be looked at */
};

/* Root chose the name that the process gives itself: argv[0] may be believed. */
bool daemon_name_is_roots(const struct process *process);
/* To be asked of processes whose program has the daemon's name. `why`: what could not be seen, set for DAEMON_UNKNOWN.
 */
enum daemon_owner daemon_owner(struct host *host, const struct process *process, GError **why);
/* The same, where a lookalike is DAEMON_USER when an ordinary user runs a copy of his own, and it listens;
 * DAEMON_UNKNOWN where that could not be seen. It is known by its program, its owner and its sockets: a container
 * engine in somebody's
 * ~/bin is that user's engine, while a program that merely has the name is nobody's. */
enum daemon_owner daemon_owner_or_copy(struct host *host, const struct process *process, GError **why);
