/* GET over a Unix socket or TLS, bounded: the engines' and Kubernetes' APIs. */
#pragma once

#include "host/host.h"

struct http_request {
    const char *socket;          /* path of a Unix socket on the host, or NULL */
    uid_t owner;                 /* on whose word the socket was chosen: it must be his (host/socket_owner.h) */
    const char *url;             /* "http://localhost/info"; only http and https */
    gsize max;                   /* largest body in bytes; more is PL_ERROR_LIMIT */
    unsigned timeout_ms;         /* for everything together */
    const char *ca, *cert, *key; /* PEM files on the host, or NULL; without ca the system's */
    const char *bearer;          /* token, or NULL; never printed */
    bool insecure;               /* do not verify the peer: only to learn what an endpoint offers to strangers */
};

struct http_answer {
    long status; /* 200, 403 ... */
    GBytes *body;
    char *content_type;   /* NULL when not sent */
    char *server_version; /* Api-Version or Server header, NULL */
};

/* No proxy, no redirect, no credential from the environment. False with error on no connection, time or size.
 * Only live hosts connect; an inline host answers from its `http` table; an offline root is PL_ERROR_UNSUPPORTED. */
bool host_http_get(struct host *host, const struct http_request *request, struct http_answer *answer, GError **error);
void http_answer_clear(struct http_answer *answer);
