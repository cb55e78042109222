/* Everything is bounded: time, headers, body; nothing comes from the environment. PEM files are read by the host, never
 * by libcurl. */
#include "host/http_transfer.h"

#include "host/engine.h"
#include "host/http_request.h"
#include "model/error.h"

#define DEFAULT_TIMEOUT_MS 5000U
#define HEADERS_MAX        ((gsize)64 << 10)

struct transfer {
    GByteArray *body;
    gsize max, header_bytes;
    bool too_large;
    char *server, *api_version;
};

struct pem {
    GBytes *ca, *cert, *key;
};

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

static void set_bounds(CURL *curl, const struct http_request *request, struct transfer *transfer)
{
    long timeout = (long)(request->timeout_ms ? request->timeout_ms : DEFAULT_TIMEOUT_MS);
#if LIBCURL_VERSION_NUM >= 0x075500
    http_library.setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    http_library.setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    http_library.setopt(curl, CURLOPT_URL, request->url);
    http_library.setopt(curl, CURLOPT_NOSIGNAL, 1L);
    http_library.setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    http_library.setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout);
    http_library.setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    http_library.setopt(curl, CURLOPT_PROXY, "");
    http_library.setopt(curl, CURLOPT_NOPROXY, "*");
    http_library.setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    http_library.setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    http_library.setopt(curl, CURLOPT_USERAGENT, "plumbline/" PLUMBLINE_VERSION);
    http_library.setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    http_library.setopt(curl, CURLOPT_WRITEDATA, transfer);
    http_library.setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    http_library.setopt(curl, CURLOPT_HEADERDATA, transfer);
    if (request->insecure) {
        http_library.setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        http_library.setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
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
    http_library.setopt(curl, option, &blob);
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

static bool transfer_error(CURL *curl, CURLcode code, const struct http_request *request, GError **error)
{
    g_autofree char *name = http_request_name(request);
    long err = 0;
    http_library.getinfo(curl, CURLINFO_OS_ERRNO, &err);
    if (code == CURLE_COULDNT_CONNECT && err)
        return pl_error_set_errno(error, (int)err, name);
    g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: %s", name, http_library.strerror(code));
    return false;
}

static void fill_answer(CURL *curl, struct transfer *transfer, struct http_answer *answer)
{
    const char *type = NULL;
    http_library.getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    http_library.getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
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
    struct transfer transfer = {.body = g_byte_array_new(), .max = http_request_max(request)};
    set_bounds(curl, request, &transfer);
    CURLcode code = http_library.perform(curl);
    if (code == CURLE_OK)
        fill_answer(curl, &transfer, answer);
    else if (transfer.too_large)
        http_request_too_large(request, error);
    else
        transfer_error(curl, code, request, error);
    g_clear_pointer(&transfer.body, g_byte_array_unref);
    g_free(transfer.server);
    g_free(transfer.api_version);
    return code;
}

static struct curl_slist *request_headers(const struct http_request *request)
{
    struct curl_slist *headers = http_library.append(NULL, "Accept: application/json");
    if (request->bearer) {
        g_autofree char *line = g_strconcat("Authorization: Bearer ", request->bearer, NULL);
        headers = http_library.append(headers, line);
    }
    return headers;
}

/* The connection that another process made. It can be given once: a second one would be another request's. */
static curl_socket_t give_relay(void *pointer, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_connection *connection = pointer;
    (void)purpose;
    (void)address;
    return connection->relay < 0 ? CURL_SOCKET_BAD : pl_steal_fd(&connection->relay);
}

static int say_connected(void *pointer, curl_socket_t socket, curlsocktype purpose)
{
    (void)pointer;
    (void)socket;
    (void)purpose;
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static void set_place(struct http_connection *connection)
{
    char by_handle[64];
    if (connection->relayed) {
        http_library.setopt(connection->curl, CURLOPT_UNIX_SOCKET_PATH, ENGINE_RELAY_PATH);
        http_library.setopt(connection->curl, CURLOPT_OPENSOCKETFUNCTION, give_relay);
        http_library.setopt(connection->curl, CURLOPT_OPENSOCKETDATA, connection);
        http_library.setopt(connection->curl, CURLOPT_SOCKOPTFUNCTION, say_connected);
        return;
    }
    if (connection->held < 0)
        return;
    g_snprintf(by_handle, sizeof by_handle, "/proc/self/fd/%d", connection->held);
    http_library.setopt(connection->curl, CURLOPT_UNIX_SOCKET_PATH, by_handle);
}

CURLcode http_transfer(struct host *host, struct http_connection *connection, const struct http_request *request,
                       struct http_answer *answer, GError **error)
{
    struct pem pem = {NULL};
    struct curl_slist *headers = request_headers(request);
    http_library.reset(connection->curl); /* options only: its connection stays */
    http_library.setopt(connection->curl, CURLOPT_HTTPHEADER, headers);
    set_place(connection);
    CURLcode code = CURLE_READ_ERROR;
    if (set_pem(connection->curl, host, request, &pem, error))
        code = perform(connection->curl, request, answer, error);
    http_library.setopt(connection->curl, CURLOPT_HTTPHEADER, NULL);
    http_library.free_all(headers);
    pem_clear(&pem);
    return code;
}
