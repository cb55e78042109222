/* Connections of the machine's host, and those that wait for the next request: an engine is asked about every
 * container. */
#pragma once

#include "host/host.h"
#include "host/http_library.h"
#include "model/cleanup.h"

/* A handle of libcurl with the connection that it keeps alive; the descriptor is part of the connection's name. */
struct http_connection {
    CURL *curl;
    char *socket; /* as asked for; NULL: none, and the connection is not kept */
    uid_t owner;  /* for whom */
    int held;     /* the socket, -1 */
    int relay;    /* a connection that was made by another process (host/engine.h), until curl has it; -1 */
    bool relayed;
    bool used; /* answered before: its peer may have gone meanwhile */
};

/* Not connected yet, unless another process connects for this one; the socket, when there is one, is held from now on.
 * NULL with error when it is none, or not the owner's (host/socket_owner.h). */
struct http_connection *http_connection_new(struct host *host, const char *socket, uid_t owner, GError **error);
void http_connection_free(struct http_connection *connection);
PL_DEFINE_CLEANUP(http_connection, http_connection_free)

/* An idle connection to the socket, which the caller owns then; NULL when there is none. */
struct http_connection *http_connection_take_idle(struct host *host, const char *socket, uid_t owner);
/* Takes a connection that was answered; only those to sockets wait, and not too many. */
void http_connection_keep(struct host *host, struct http_connection *connection);
