/* A request without a bound of its own gets that of a file. */
#include "host/http_request.h"

#include "model/error.h"

#define BODY_MAX ((gsize)1 << 30)

char *http_request_name(const struct http_request *request)
{
    return request->socket ? g_strdup_printf("unix:%s %s", request->socket, request->url) : g_strdup(request->url);
}

gsize http_request_max(const struct http_request *request)
{
    return MIN(request->max ? request->max : HOST_FILE_MAX, BODY_MAX);
}

bool http_request_too_large(const struct http_request *request, GError **error)
{
    g_autofree char *name = http_request_name(request);
    g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: the answer is larger than %" G_GSIZE_FORMAT " bytes", name,
                http_request_max(request));
    return false;
}
