/* HTTP by libcurl. A Unix socket is held by an O_PATH descriptor that the host's own path resolution gave, so that a
 * link in a container leads to no other engine's socket; PEM files are read by the host too.
 *
 * Connections to Unix sockets are kept for the next request: an engine is asked about every container. */
#include "host/http.h"

#include "host/private.h"
#include "model/tree.h"

#include <curl/curl.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_MS 5000U
#define HEADERS_MAX        ((gsize)64 << 10)
#define BODY_MAX           ((gsize)1 << 30)
#define IDLE_MAX           16 /* connections kept over all sockets */

struct transfer {
    GByteArray *body;
    gsize max, header_bytes;
    bool too_large;
    char *server, *api_version;
};

struct pem {
    GBytes *ca, *cert, *key;
};

/* A handle of libcurl with the connection that it keeps alive; the descriptor is part of the connection's name. */
struct connection {
    CURL *curl;
    char *socket; /* as asked for; NULL: none, and the connection is not kept */
    int held;     /* the socket, -1 */
    bool used;    /* answered before: its peer may have gone meanwhile */
};

void http_answer_clear(struct http_answer *answer)
{
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_clear_pointer(&answer->content_type, g_free);
    g_clear_pointer(&answer->server_version, g_free);
    answer->status = 0;
}

static char *request_name(const struct http_request *request)
{
    return request->socket ? g_strdup_printf("unix:%s %s", request->socket, request->url) : g_strdup(request->url);
}

static gsize body_max(const struct http_request *request)
{
    return MIN(request->max ? request->max : HOST_FILE_MAX, BODY_MAX);
}

static bool too_large(const struct http_request *request, GError **error)
{
    g_autofree char *name = request_name(request);
    g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: the answer is larger than %" G_GSIZE_FORMAT " bytes", name,
                body_max(request));
    return false;
}

/* --- inline hosts --- */

static const struct stated_error {
    const char *text;
    enum pl_error code;
} stated_errors[] = {
    {"refused", PL_ERROR_READ},  {"timeout", PL_ERROR_READ}, {"denied", PL_ERROR_DENIED},
    {"absent", PL_ERROR_ABSENT}, {"limit", PL_ERROR_LIMIT},
};

static bool answer_error(const char *name, const char *text, GError **error)
{
    enum pl_error code = PL_ERROR_READ;
    for (size_t i = 0; i < G_N_ELEMENTS(stated_errors); i++) {
        if (g_str_equal(text, stated_errors[i].text))
            code = stated_errors[i].code;
    }
    g_set_error(error, PL_ERROR, (gint)code, "%s: %s", name, text);
    return false;
}

/* As inline.c checked it: status, json or body, error, content_type, server_version. */
static bool answer_stated(const json_object *table, const struct http_request *request, struct http_answer *answer,
                          GError **error)
{
    g_autofree char *name = request_name(request);
    const json_object *stated = tree_member(table, name);
    const char *failure = tree_string(stated, "error");
    if (!stated || failure)
        return answer_error(name, stated ? failure : "absent", error);
    const json_object *json = tree_member(stated, "json");
    const json_object *body = tree_member(stated, "body");
    const json_object *status = tree_member(stated, "status");
    const char *type = tree_string(stated, "content_type");
    g_autofree char *text = json ? tree_canonical(json) : body ? tree_text(body) : g_strdup("");
    gsize size = strlen(text);
    if (size > body_max(request))
        return too_large(request, error);
    answer->status = status ? (long)json_object_get_int64(status) : 200;
    answer->content_type = g_strdup(type ? type : json ? "application/json" : NULL);
    answer->server_version = g_strdup(tree_string(stated, "server_version"));
    answer->body = g_bytes_new_take(g_steal_pointer(&text), size);
    return true;
}

/* --- the live machine --- */

static size_t take_body(char *data, size_t size, size_t count, void *pointer)
{
    struct transfer *transfer = pointer;
    size_t length = size * count;
    if (length > transfer->max - transfer->body->len) {
        transfer->too_large = true;
        return 0;
    }
    g_byte_array_append(transfer->body, (const guint8 *)data, (guint)length);
    return length;
}

/* The value of header `name`, when the line is that header. */
static char *header_value(const char *line, gsize length, const char *name)
{
    gsize n = strlen(name);
    if (length <= n || g_ascii_strncasecmp(line, name, n) != 0)
        return NULL;
    return g_strstrip(g_strndup(line + n, length - n));
}

static size_t take_header(char *data, size_t size, size_t count, void *pointer)
{
    struct transfer *transfer = pointer;
    size_t length = size * count;
    transfer->header_bytes += length;
    if (transfer->header_bytes > HEADERS_MAX) {
        transfer->too_large = true;
        return 0;
    }
    char *server = header_value(data, length, "Server:");
    char *api_version = header_value(data, length, "Api-Version:");
    if (server) {
        g_free(transfer->server);
        transfer->server = server;
    }
    if (api_version) {
        g_free(transfer->api_version);
        transfer->api_version = api_version;
    }
    return length;
}

static void init_curl(void)
{
    static gsize once; /* libcurl's global state is per process; nothing else may be static */
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
}

static void set_bounds(CURL *curl, const struct http_request *request, struct transfer *transfer)
{
    long timeout = (long)(request->timeout_ms ? request->timeout_ms : DEFAULT_TIMEOUT_MS);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "plumbline/" PLUMBLINE_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    if (request->insecure) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static bool read_pem(struct host *host, const char *path, GBytes **out, GError **error)
{
    if (!path)
        return true;
    *out = host_read_uncached(host, path, HOST_FILE_MAX, error);
    return *out != NULL;
}

static void set_blob(CURL *curl, CURLoption option, GBytes *bytes)
{
    struct curl_blob blob = {.flags = CURL_BLOB_COPY};
    gsize size = 0;
    if (!bytes)
        return;
    blob.data = (void *)(uintptr_t)g_bytes_get_data(bytes, &size);
    blob.len = size;
    curl_easy_setopt(curl, option, &blob);
}

static bool set_pem(CURL *curl, struct host *host, const struct http_request *request, struct pem *pem, GError **error)
{
    if (!read_pem(host, request->ca, &pem->ca, error) || !read_pem(host, request->cert, &pem->cert, error) ||
        !read_pem(host, request->key, &pem->key, error))
        return false;
    set_blob(curl, CURLOPT_CAINFO_BLOB, pem->ca);
    set_blob(curl, CURLOPT_SSLCERT_BLOB, pem->cert);
    set_blob(curl, CURLOPT_SSLKEY_BLOB, pem->key);
    return true;
}

static void pem_clear(struct pem *pem)
{
    g_clear_pointer(&pem->ca, g_bytes_unref);
    g_clear_pointer(&pem->cert, g_bytes_unref);
    g_clear_pointer(&pem->key, g_bytes_unref);
}

/* --- connections --- */

static void connection_free(gpointer data)
{
    struct connection *connection = data;
    if (connection->curl)
        curl_easy_cleanup(connection->curl);
    if (connection->held >= 0)
        close(connection->held);
    g_free(connection->socket);
    g_free(connection);
}
PL_DEFINE_CLEANUP(connection, connection_free)

void host_http_init(struct host *host)
{
    g_mutex_init(&host->http_lock);
    host->http_idle = g_ptr_array_new_with_free_func(connection_free);
}

void host_http_clear(struct host *host)
{
    g_ptr_array_unref(host->http_idle);
    g_mutex_clear(&host->http_lock);
}

/* Holds the socket. */
static bool hold_socket(struct host *host, const char *path, int *held, GError **error)
{
    struct stat st;
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return false;
    *held = fs_real_hold(host->fs, name);
    if (*held < 0)
        return host_set_error(error, *held, name);
    return (fstat(*held, &st) == 0 && S_ISSOCK(st.st_mode)) || host_set_error(error, -ENXIO, name);
}

static struct connection *connection_new(struct host *host, const char *socket, GError **error)
{
    struct connection *connection = g_new0(struct connection, 1);
    connection->held = -1;
    connection->socket = g_strdup(socket);
    if (socket && !hold_socket(host, socket, &connection->held, error)) {
        connection_free(connection);
        return NULL;
    }
    connection->curl = curl_easy_init();
    if (connection->curl)
        return connection;
    connection_free(connection);
    g_set_error(error, PL_ERROR, PL_ERROR_READ, "libcurl could not be initialised");
    return NULL;
}

/* An idle connection to the socket; NULL when there is none. */
static struct connection *take_idle(struct host *host, const char *socket)
{
    struct connection *found = NULL;
    g_mutex_lock(&host->http_lock);
    for (guint i = host->http_idle->len; socket && !found && i > 0; i--) {
        const struct connection *idle = g_ptr_array_index(host->http_idle, i - 1);
        if (g_str_equal(idle->socket, socket))
            found = g_ptr_array_steal_index_fast(host->http_idle, i - 1);
    }
    g_mutex_unlock(&host->http_lock);
    return found;
}

/* Takes the connection. */
static void keep_idle(struct host *host, struct connection *connection)
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
        connection_free(connection);
}

static bool transfer_error(CURL *curl, CURLcode code, const struct http_request *request, GError **error)
{
    g_autofree char *name = request_name(request);
    long err = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &err);
    if (code == CURLE_COULDNT_CONNECT && err)
        return pl_error_set_errno(error, (int)err, name);
    g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: %s", name, curl_easy_strerror(code));
    return false;
}

static void fill_answer(CURL *curl, struct transfer *transfer, struct http_answer *answer)
{
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    answer->content_type = g_strdup(type);
    answer->server_version = g_strdup(transfer->api_version ? transfer->api_version : transfer->server);
    /* A NUL after the bytes, as host_read() gives: a body can be used as a text. */
    gsize size = transfer->body->len;
    g_byte_array_append(transfer->body, (const guint8 *)"", 1);
    g_autoptr(GBytes) all = g_byte_array_free_to_bytes(g_steal_pointer(&transfer->body));
    answer->body = g_bytes_new_from_bytes(all, 0, size);
}

static CURLcode perform(CURL *curl, const struct http_request *request, struct http_answer *answer, GError **error)
{
    struct transfer transfer = {.body = g_byte_array_new(), .max = body_max(request)};
    set_bounds(curl, request, &transfer);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        fill_answer(curl, &transfer, answer);
    else if (transfer.too_large)
        too_large(request, error);
    else
        transfer_error(curl, code, request, error);
    g_clear_pointer(&transfer.body, g_byte_array_unref);
    g_free(transfer.server);
    g_free(transfer.api_version);
    return code;
}

static struct curl_slist *request_headers(const struct http_request *request)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    if (request->bearer) {
        g_autofree char *line = g_strconcat("Authorization: Bearer ", request->bearer, NULL);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static void set_place(const struct connection *connection)
{
    char by_handle[64];
    if (connection->held < 0)
        return;
    g_snprintf(by_handle, sizeof by_handle, "/proc/self/fd/%d", connection->held);
    curl_easy_setopt(connection->curl, CURLOPT_UNIX_SOCKET_PATH, by_handle);
}

/* CURLE_OK, or what failed, with error set. */
static CURLcode ask(struct host *host, const struct connection *connection, const struct http_request *request,
                    struct http_answer *answer, GError **error)
{
    struct pem pem = {NULL};
    struct curl_slist *headers = request_headers(request);
    curl_easy_reset(connection->curl); /* options only: its connection stays */
    curl_easy_setopt(connection->curl, CURLOPT_HTTPHEADER, headers);
    set_place(connection);
    CURLcode code = CURLE_READ_ERROR;
    if (set_pem(connection->curl, host, request, &pem, error))
        code = perform(connection->curl, request, answer, error);
    curl_easy_setopt(connection->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    pem_clear(&pem);
    return code;
}

/* The peer of a kept connection went away, perhaps because it was started again. */
static bool is_stale(const struct connection *connection, CURLcode code)
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
    init_curl();
    pl_auto(connection) connection = take_idle(host, request->socket);
    if (!connection)
        connection = connection_new(host, request->socket, error);
    if (!connection)
        return false;
    CURLcode code = ask(host, connection, request, answer, &failed);
    if (is_stale(connection, code)) {
        g_clear_error(&failed);
        connection_free(connection);
        connection = connection_new(host, request->socket, error);
        if (!connection)
            return false;
        code = ask(host, connection, request, answer, &failed);
    }
    if (code == CURLE_OK)
        keep_idle(host, g_steal_pointer(&connection));
    else
        g_propagate_error(error, g_steal_pointer(&failed));
    return code == CURLE_OK;
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
        return answer_stated(host->http, request, answer, error);
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
