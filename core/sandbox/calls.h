/* The lists of system calls by which filters are made; each ends with NULL. */
#pragma once

extern const char *const calls_deadly[];    /* whoever calls these is not plumbline any more */
extern const char *const calls_refused[];   /* what a library may try and do without */
extern const char *const calls_everybody[]; /* memory, locks, time, descriptors */
extern const char *const calls_lookups[];   /* looking things up */
extern const char *const calls_judging[]; /* threads, reports through a socket, libcurl over sockets that were given */
extern const char *const calls_networking[]; /* the judge's with --network */
extern const char *const calls_brokering[];
extern const char *const calls_writing[];
