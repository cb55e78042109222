/* A process that connects to the sockets of container engines for the judge.
 *
 * It is handed a socket by descriptor (O_PATH), so that no name is looked up twice, checks that who listens is the
 * owner of the socket or root, and gives back one end of a socket pair. What the judge writes there must be a GET of
 * the fixed list (engine_calls.h); it goes on in this process's own words, with nothing of the judge's but the path.
 * Answers go back as they are, for the judge to parse. */
#pragma once

#include <stdbool.h>

/* Serves until the other end is gone. `any_get`: GETs beside the list are let through too (--network, where rules may
 * ask what they like). To be called when the sandbox is in force (SANDBOX_BROKER). */
void engine_serve(int socket, bool any_get);
