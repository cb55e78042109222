/* What is said of a request wherever it is answered from. */
#pragma once

#include "host/http.h"

/* "unix:/run/docker.sock http://localhost/info": how errors call it. Caller frees. */
char *http_request_name(const struct http_request *request);
/* The largest body that is taken, in bytes; never without a bound. */
gsize http_request_max(const struct http_request *request);
/* PL_ERROR_LIMIT: the body is larger. Always false. */
bool http_request_too_large(const struct http_request *request, GError **error);
