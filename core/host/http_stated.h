/* Answers that an inline host states. */
#pragma once

#include "host/http.h"

/* `table` is request name -> {status, json or body, content_type, server_version} or {error}, as inline.c checked it. A
 * request that is not in it fails as one to nothing: PL_ERROR_ABSENT. */
bool http_answer_stated(const json_object *table, const struct http_request *request, struct http_answer *answer,
                        GError **error);
