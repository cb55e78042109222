/* A server of a few lines on a Unix socket: it answers by path. */
#include "host/http.h"
#include "host/host.h"
#include "model/error.h"

#include <json-c/json.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_all.h"

struct server {
    char *folder, *path;
    int socket, stop[2];
    GThread *thread;
    char request[4096]; /* the last one */
    int accepted;
};

static void send_text(int fd, const char *text)
{
    send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* A gigabyte, unless the client goes away. */
static void send_endless(int fd)
{
    static const char block[65536];
    send_text(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    for (int i = 0; i < 16384; i++) {
        if (send(fd, block, sizeof block, MSG_NOSIGNAL) < 0)
            return;
    }
}

static void send_headers(int fd)
{
    g_autofree char *value = g_strnfill(1000, 'x');
    send_text(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 200; i++) {
        g_autofree char *line = g_strdup_printf("X-Header-%d: %s\r\n", i, value);
        send_text(fd, line);
    }
    send_text(fd, "\r\nbody");
}

/* Goes on answering on one connection until the client closes it, or asks for the last. */
static void answer_on(struct server *server, int fd)
{
    ssize_t n = 1;
    while (n > 0 && !strstr(server->request, "GET /keep/last")) {
        send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept");
        n = recv(fd, server->request, sizeof server->request - 1, 0);
        server->request[n > 0 ? n : 0] = '\0';
    }
    if (n > 0)
        send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
}

static void answer(struct server *server, int fd)
{
    ssize_t n = recv(fd, server->request, sizeof server->request - 1, 0);
    server->request[n > 0 ? n : 0] = '\0';
    server->accepted++;
    if (strstr(server->request, "GET /keep")) {
        answer_on(server, fd);
        return;
    }
    if (strstr(server->request, "GET /info"))
        send_text(fd, "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nServer: Docker/25\r\n"
                      "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"a\": \"b\"}\n\n");
    else if (strstr(server->request, "GET /endless"))
        send_endless(fd);
    else if (strstr(server->request, "GET /headers"))
        send_headers(fd);
    else if (strstr(server->request, "GET /moved"))
        send_text(fd, "HTTP/1.1 302 Found\r\nLocation: http://localhost/info\r\nContent-Length: 0\r\n\r\n");
    else if (strstr(server->request, "GET /hang"))
        poll(&(struct pollfd){.fd = server->stop[0], .events = POLLIN}, 1, 20000);
    else if (strstr(server->request, "GET /noise"))
        send_text(fd, "\1\2\3 this is no HTTP\r\n\r\n");
    else
        send_text(fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
}

static gpointer serve(gpointer data)
{
    struct server *server = data;
    struct pollfd wait[2] = {{.fd = server->socket, .events = POLLIN}, {.fd = server->stop[0], .events = POLLIN}};
    while (poll(wait, 2, -1) > 0 && !wait[1].revents) {
        pl_autofd int fd = accept4(server->socket, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            answer(server, fd);
    }
    return NULL;
}

static int start(void **state)
{
    struct server *server = g_new0(struct server, 1);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    server->folder = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    server->path = g_build_filename(server->folder, "engine.sock", NULL);
    server->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_strlcpy(address.sun_path, server->path, sizeof address.sun_path);
    if (bind(server->socket, (struct sockaddr *)&address, sizeof address) || listen(server->socket, 8) ||
        pipe(server->stop))
        return -1;
    server->thread = g_thread_new("server", serve, server);
    *state = server;
    return 0;
}

static int stop_server(void **state)
{
    struct server *server = *state;
    close(server->stop[1]);
    g_thread_join(server->thread);
    close(server->stop[0]);
    close(server->socket);
    unlink(server->path);
    rmdir(server->folder);
    g_free(server->path);
    g_free(server->folder);
    g_free(server);
    return 0;
}

static bool get(void **state, const char *url, gsize max, struct http_answer *answer, GError **error)
{
    const struct server *server = *state;
    pl_auto(host) host = host_new(NULL, NULL);
    const struct http_request request = {
        .socket = server->path, .owner = getuid(), .url = url, .max = max, .timeout_ms = 3000};
    return host_http_get(host, &request, answer, error);
}

static void answers(void **state)
{
    struct http_answer answer;
    assert_true(get(state, "http://localhost/info", 4096, &answer, NULL));
    assert_int_equal(answer.status, 200);
    assert_string_equal(g_bytes_get_data(answer.body, NULL), "{\"a\": \"b\"}\n\n");
    assert_int_equal(g_bytes_get_size(answer.body), 12);
    assert_string_equal(answer.content_type, "application/json");
    assert_string_equal(answer.server_version, "1.44");
    http_answer_clear(&answer);
    assert_true(get(state, "http://docker/none", 4096, &answer, NULL));
    assert_int_equal(answer.status, 403);
    assert_null(answer.content_type);
    assert_null(answer.server_version);
    http_answer_clear(&answer);
    http_answer_clear(&answer);
}

static void redirects_are_not_followed(void **state)
{
    struct http_answer answer;
    assert_true(get(state, "http://localhost/moved", 4096, &answer, NULL));
    assert_int_equal(answer.status, 302);
    http_answer_clear(&answer);
}

static void assert_kept(struct host *host, const struct server *server, const char *url, const char *expected)
{
    struct http_answer answer;
    const struct http_request request = {.socket = server->path, .owner = getuid(), .url = url, .timeout_ms = 3000};
    assert_true(host_http_get(host, &request, &answer, NULL));
    assert_string_equal(g_bytes_get_data(answer.body, NULL), expected);
    http_answer_clear(&answer);
}

static void a_connection_serves_many_requests(void **state)
{
    const struct server *server = *state;
    int before = server->accepted;
    pl_auto(host) host = host_new(NULL, NULL);
    for (int i = 0; i < 20; i++)
        assert_kept(host, server, "http://localhost/keep", "kept");
    assert_int_equal(server->accepted, before + 1);
}

static void a_connection_that_was_closed_is_made_again(void **state)
{
    const struct server *server = *state;
    int before = server->accepted;
    pl_auto(host) host = host_new(NULL, NULL);
    assert_kept(host, server, "http://localhost/keep", "kept");
    assert_kept(host, server, "http://localhost/keep/last", "last");
    assert_kept(host, server, "http://localhost/keep", "kept");
    assert_int_equal(server->accepted, before + 2);
}

static void assert_get_fails(void **state, const char *url, gsize max, int code)
{
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    assert_false(get(state, url, max, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, code));
    assert_null(answer.body);
}

static void bodies_are_bounded(void **state)
{
    gint64 before = g_get_monotonic_time();
    assert_get_fails(state, "http://localhost/endless", 1 << 20, PL_ERROR_LIMIT);
    assert_get_fails(state, "http://localhost/info", 11, PL_ERROR_LIMIT);
    assert_get_fails(state, "http://localhost/headers", 1 << 20, PL_ERROR_LIMIT);
    assert_true(g_get_monotonic_time() - before < 5 * G_USEC_PER_SEC);
}

static void time_is_bounded(void **state)
{
    const struct server *server = *state;
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new(NULL, NULL);
    const struct http_request request = {
        .socket = server->path, .owner = getuid(), .url = "http://localhost/hang", .max = 10, .timeout_ms = 200};
    gint64 before = g_get_monotonic_time();
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_READ));
    assert_true(g_get_monotonic_time() - before < 3 * G_USEC_PER_SEC);
}

static void noise_is_an_error(void **state)
{
    assert_get_fails(state, "http://localhost/noise", 100, PL_ERROR_READ);
    assert_get_fails(state, "file:///etc/passwd", 100, PL_ERROR_READ);
    assert_get_fails(state, "ftp://localhost/", 100, PL_ERROR_READ);
}

static void tokens(void **state)
{
    const struct server *server = *state;
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new(NULL, NULL);
    struct http_request request = {
        .socket = server->path, .owner = getuid(), .url = "http://localhost/info", .bearer = "abc.def"};
    assert_true(host_http_get(host, &request, &answer, NULL));
    assert_non_null(strstr(server->request, "Authorization: Bearer abc.def\r\n"));
    http_answer_clear(&answer);
    request.bearer = "a\r\nX: y";
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_null(strstr(error->message, "X: y"));
}

static void environment_is_ignored(void **state)
{
    struct http_answer answer;
    g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
    g_setenv("ALL_PROXY", "http://127.0.0.1:1", TRUE);
    assert_true(get(state, "http://localhost/info", 4096, &answer, NULL));
    http_answer_clear(&answer);
}

static void nobody_there(void **state)
{
    const struct server *server = *state;
    pl_auto(host) host = host_new(NULL, NULL);
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    g_autofree char *none = g_build_filename(server->folder, "none.sock", NULL);
    g_autofree char *dead = g_build_filename(server->folder, "dead.sock", NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, dead, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    struct http_request request = {.socket = none, .owner = getuid(), .url = "http://localhost/", .timeout_ms = 1000};
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    g_clear_error(&error);
    request.socket = dead;
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_READ));
    g_clear_error(&error);
    unlink(dead);
    request.socket = "/etc/passwd";
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_KIND));
    g_clear_error(&error);
    request = (struct http_request){.url = "http://127.0.0.1:1/", .timeout_ms = 1000};
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_READ));
    g_clear_error(&error);
    request = (struct http_request){.url = "https://127.0.0.1:1/", .ca = "/none.pem", .timeout_ms = 1000};
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

static void offline_connects_nowhere(void **state)
{
    const struct server *server = *state;
    pl_auto(host) host = host_new(server->folder, NULL);
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    const struct http_request request = {.socket = "/engine.sock", .url = "http://localhost/info"};
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_UNSUPPORTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers, start, stop_server),
        cmocka_unit_test_setup_teardown(redirects_are_not_followed, start, stop_server),
        cmocka_unit_test_setup_teardown(a_connection_serves_many_requests, start, stop_server),
        cmocka_unit_test_setup_teardown(a_connection_that_was_closed_is_made_again, start, stop_server),
        cmocka_unit_test_setup_teardown(bodies_are_bounded, start, stop_server),
        cmocka_unit_test_setup_teardown(time_is_bounded, start, stop_server),
        cmocka_unit_test_setup_teardown(noise_is_an_error, start, stop_server),
        cmocka_unit_test_setup_teardown(tokens, start, stop_server),
        cmocka_unit_test_setup_teardown(environment_is_ignored, start, stop_server),
        cmocka_unit_test_setup_teardown(nobody_there, start, stop_server),
        cmocka_unit_test_setup_teardown(offline_connects_nowhere, start, stop_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
