/* A request is answered by what an inline host states, or by the running machine. A connection that was kept and whose
 * peer went away meanwhile is made again, once. */
#include "host/http.h"

#include "host/http_stated.h"
#include "host/http_transfer.h"
#include "host/private.h"
#include "host/socket_owner.h"

void http_answer_clear(struct http_answer *answer)
{
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_clear_pointer(&answer->content_type, g_free);
    g_clear_pointer(&answer->server_version, g_free);
    answer->status = 0;
}

/* The peer of a kept connection went away, perhaps because it was started again. */
static bool is_stale(const struct http_connection *connection, CURLcode code)
{
    static const CURLcode gone[] = {CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING};
    for (size_t i = 0; connection->used && i < G_N_ELEMENTS(gone); i++)
        if (code == gone[i])
            return true;
    return false;
}

static bool get_live(struct host *host, const struct http_request *request, struct http_answer *answer, GError **error)
{
    g_autoptr(GError) failed = NULL;
    pl_auto(http_connection) connection = http_connection_take_idle(host, request->socket, request->owner);
    if (!connection)
        connection = http_connection_new(host, request->socket, request->owner, error);
    if (!connection)
        return false;
    CURLcode code = http_transfer(host, connection, request, answer, &failed);
    if (is_stale(connection, code)) {
        g_clear_error(&failed);
        http_connection_free(connection);
        connection = http_connection_new(host, request->socket, request->owner, error);
        if (!connection)
            return false;
        code = http_transfer(host, connection, request, answer, &failed);
    }
    if (code == CURLE_OK)
        http_connection_keep(host, g_steal_pointer(&connection));
    else
        g_propagate_error(error, g_steal_pointer(&failed));
    return code == CURLE_OK;
}

/* A socket that an inline host states has an owner; one that it does not state is whose it should be. */
static bool may_ask_stated(struct host *host, const struct http_request *request, GError **error)
{
    struct host_stat st;
    if (!request->socket || !host_stat(host, request->socket, &st, NULL))
        return true;
    return socket_owner_fits(host, request->socket, &st, request->owner, error);
}

/* Only http and https, and nothing in a token that could begin another header. */
static bool is_sound(const struct http_request *request)
{
    bool scheme = g_str_has_prefix(request->url, "http://") || g_str_has_prefix(request->url, "https://");
    return scheme && (!request->bearer || !strpbrk(request->bearer, "\r\n"));
}

bool host_http_get(struct host *host, const struct http_request *request, struct http_answer *answer, GError **error)
{
    *answer = (struct http_answer){.status = 0};
    if (host->http && host->live)
        return may_ask_stated(host, request, error) && http_answer_stated(host->http, request, answer, error);
    if (!host->machine) {
        g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "%s: no connection from an offline root", request->url);
        return false;
    }
    if (!is_sound(request)) {
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: not a URL or token that can be used", request->url);
        return false;
    }
    return get_live(host, request, answer, error);
}
