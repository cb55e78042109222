/* Connecting to Unix sockets by the process of engine_server.h: the judge may make no socket. */
#pragma once

#include "host/host.h"

#include <sys/socket.h>

/* What libcurl is told as the place of a connection that it is given, and the length of that address. */
#define ENGINE_RELAY_PATH   "/made/by/another/process"
#define ENGINE_RELAY_LENGTH (sizeof(sa_family_t) + sizeof ENGINE_RELAY_PATH)

/* Takes the socket. From now on host_http_get() connects to Unix sockets by it. */
void host_set_engine_broker(struct host *host, int socket);
