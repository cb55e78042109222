/* One request over one connection, by libcurl. */
#pragma once

#include "host/http.h"
#include "host/http_connection.h"

/* CURLE_OK, or what failed, with error set. */
CURLcode http_transfer(struct host *host, struct http_connection *connection, const struct http_request *request,
                       struct http_answer *answer, GError **error);
