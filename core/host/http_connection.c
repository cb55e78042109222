/* A Unix socket is held by an O_PATH descriptor that the host's own path resolution gave, so that a link in a container
 * leads to no other engine's socket. */
#include "host/http_connection.h"

#include "host/engine.h"
#include "host/failure.h"
#include "host/path.h"
#include "host/private.h"
#include "host/socket_owner.h"
#include "host/wire.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDLE_MAX 16 /* connections kept over all sockets */

void http_connection_free(struct http_connection *connection)
{
    if (connection->curl)
        http_library.cleanup(connection->curl);
    if (connection->held >= 0)
        close(connection->held);
    if (connection->relay >= 0)
        close(connection->relay);
    g_free(connection->socket);
    g_free(connection);
}

static void idle_free(gpointer data)
{
    http_connection_free(data);
}

void host_http_init(struct host *host)
{
    g_mutex_init(&host->http_lock);
    host->http_idle = g_ptr_array_new_with_free_func(idle_free);
}

void host_http_clear(struct host *host)
{
    g_ptr_array_unref(host->http_idle);
    g_mutex_clear(&host->http_lock);
}

/* Holds the socket; whose it is is asked of what is held, which nobody can replace any more. */
static bool hold_socket(struct host *host, const char *path, uid_t owner, int *held, GError **error)
{
    struct stat st;
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return false;
    *held = fs_real_hold(host->fs, name);
    if (*held < 0)
        return host_set_error(error, *held, name);
    if (fstat(*held, &st) != 0 || !S_ISSOCK(st.st_mode))
        return host_set_error(error, -ENXIO, name);
    const struct host_stat socket = {.mode = st.st_mode, .uid = st.st_uid, .gid = st.st_gid};
    return socket_owner_fits(host, name, &socket, owner, error);
}

void host_set_engine_broker(struct host *host, int socket)
{
    host->engine = socket;
}

/* One question at a time; connecting to a Unix socket does not take long. */
static bool ask_broker(struct host *host, struct http_connection *connection, GError **error)
{
    gint32 result = -EPIPE;
    g_mutex_lock(&host->engine_lock);
    if (wire_send(host->engine, "", 1, connection->held)) {
        gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
        gssize n = wire_receive(host->engine, &result, sizeof result, &connection->relay, deadline);
        if (n != (gssize)sizeof result)
            result = n < 0 ? (gint32)n : -EPIPE;
    }
    g_mutex_unlock(&host->engine_lock);
    if (!result && connection->relay < 0)
        result = -EPROTO;
    connection->relayed = result == 0;
    g_autofree char *name = g_strconcat("unix:", connection->socket, NULL);
    return !result || pl_error_set_errno(error, -result, name);
}

struct http_connection *http_connection_new(struct host *host, const char *socket, uid_t owner, GError **error)
{
    struct http_connection *connection = g_new0(struct http_connection, 1);
    connection->held = connection->relay = -1;
    connection->socket = g_strdup(socket);
    connection->owner = owner;
    /* Whether there is somebody to be asked comes first: a socket that is not there needs no library. */
    if ((socket && !hold_socket(host, socket, owner, &connection->held, error)) || !http_library_load(error) ||
        (socket && host->engine >= 0 && !ask_broker(host, connection, error))) {
        http_connection_free(connection);
        return NULL;
    }
    connection->curl = http_library.init();
    if (connection->curl)
        return connection;
    http_connection_free(connection);
    g_set_error(error, PL_ERROR, PL_ERROR_READ, "libcurl could not be initialised");
    return NULL;
}

struct http_connection *http_connection_take_idle(struct host *host, const char *socket, uid_t owner)
{
    struct http_connection *found = NULL;
    g_mutex_lock(&host->http_lock);
    for (guint i = host->http_idle->len; socket && !found && i > 0; i--) {
        const struct http_connection *idle = g_ptr_array_index(host->http_idle, i - 1);
        if (g_str_equal(idle->socket, socket) && idle->owner == owner)
            found = g_ptr_array_steal_index_fast(host->http_idle, i - 1);
    }
    g_mutex_unlock(&host->http_lock);
    return found;
}

void http_connection_keep(struct host *host, struct http_connection *connection)
{
    bool kept = false;
    connection->used = true;
    g_mutex_lock(&host->http_lock);
    if (connection->socket && host->http_idle->len < IDLE_MAX) {
        g_ptr_array_add(host->http_idle, connection);
        kept = true;
    }
    g_mutex_unlock(&host->http_lock);
    if (!kept)
        http_connection_free(connection);
}
