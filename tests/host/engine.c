/* The broker between the judge and an engine: what goes through, and what does not. */
#include "host/engine_calls.h"
#include "host/engine_server.h"
#include "host/wire.h"

#include "model/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

struct place {
    char *folder, *path;
    int listener, broker;
    pid_t pid;
};

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0);
    return fd;
}

static struct place *start(bool any_get)
{
    struct place *place = g_new0(struct place, 1);
    int pair[2];
    place->folder = g_dir_make_tmp("pl-engine-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "s", NULL);
    place->listener = listen_at(place->path);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    fflush(NULL);
    place->pid = fork();
    if (place->pid == 0) {
        close(pair[0]);
        close(place->listener);
        engine_serve(pair[1], any_get);
        _exit(0);
    }
    close(pair[1]);
    place->broker = pair[0];
    return place;
}

static void stop(struct place *place)
{
    int status = 0;
    close(place->broker);
    assert_int_equal(waitpid(place->pid, &status, 0), place->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(place->listener);
    unlink(place->path);
    rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
    g_free(place);
}

/* What the broker answers to a request for a connection to `path`. */
static gint32 connect_to(const struct place *place, const char *path, int *end)
{
    pl_autofd int held = open(path, O_PATH | O_CLOEXEC);
    gint32 result = 0;
    assert_true(wire_send(place->broker, "", 1, held));
    assert_int_equal(wire_receive(place->broker, &result, sizeof result, end, 0), sizeof result);
    return result;
}

/* What of a request arrives at the engine; "" when the connection is ended instead. Caller frees. */
static char *passes(const struct place *place, const char *request)
{
    int end = -1;
    char bytes[4096] = "";
    assert_int_equal(connect_to(place, place->path, &end), 0);
    pl_autofd int engine = accept(place->listener, NULL, NULL);
    assert_true(engine >= 0 && write(end, request, strlen(request)) == (ssize_t)strlen(request));
    ssize_t n = read(engine, bytes, sizeof bytes - 1);
    assert_true(n >= 0);
    close(end);
    return g_strdup(bytes);
}

static void only_listed_requests_pass(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "POST /v1.40/containers/create HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1.40/containers/create HTTP/1.1\r\n\r\n",
        "GET /info?x=1 HTTP/1.1\r\n\r\n",
        "GET /containers/../json HTTP/1.1\r\n\r\n",
        "GET /containers/a b/json HTTP/1.1\r\n\r\n",
        "GET /info HTTP/1.0\r\n\r\n",
        "GET  /info HTTP/1.1\r\n\r\n",
        "DELETE /containers/a/json HTTP/1.1\r\n\r\n",
        "get /info HTTP/1.1\r\n\r\n",
        "GET http://elsewhere/info HTTP/1.1\r\n\r\n",
        "\r\n\r\n",
        "GET /info\r\n\r\n",
    };
    struct place *place = start(false);
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *arrived = passes(place, refused[i]);
        assert_string_equal(arrived, "");
    }
    g_autofree char *arrived =
        passes(place, "GET /v1.44/containers/json?all=1 HTTP/1.1\r\nHost: evil\r\nX-Registry-Auth: a\r\n\r\n");
    assert_string_equal(arrived, "GET /v1.44/containers/json?all=1 HTTP/1.1\r\nHost: localhost\r\n"
                                 "Accept: application/json\r\n\r\n");
    stop(place);
    place = start(true);
    g_autofree char *any = passes(place, "GET /healthz HTTP/1.1\r\n\r\n");
    assert_true(g_str_has_prefix(any, "GET /healthz HTTP/1.1\r\n"));
    g_autofree char *post = passes(place, "POST /healthz HTTP/1.1\r\n\r\n");
    assert_string_equal(post, "");
    stop(place);
}

/* A request in pieces, answers in order, and the next request on the same connection. */
static void a_connection_is_kept(void **state)
{
    (void)state;
    struct place *place = start(false);
    int end = -1;
    char bytes[4096];
    assert_int_equal(connect_to(place, place->path, &end), 0);
    pl_autofd int engine = accept(place->listener, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(write(end, "GET /in", 7), 7);
        assert_int_equal(write(end, "fo HTTP/1.1\r\n\r\n", 15), 15);
        assert_true(read(engine, bytes, sizeof bytes) > 0);
        assert_int_equal(write(engine, "answer", 6), 6);
        struct pollfd ready = {.fd = end, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, -1), 1);
        assert_int_equal(read(end, bytes, sizeof bytes), 6);
    }
    close(end);
    assert_int_equal(read(engine, bytes, sizeof bytes), 0);
    stop(place);
}

static void only_sockets(void **state)
{
    (void)state;
    struct place *place = start(false);
    int end = -1;
    assert_int_equal(connect_to(place, "/dev/null", &end), -ENXIO);
    assert_int_equal(end, -1);
    assert_true(wire_send(place->broker, "", 1, -1));
    gint32 result = 0;
    assert_int_equal(wire_receive(place->broker, &result, sizeof result, NULL, 0), sizeof result);
    assert_int_equal(result, -EBADF);
    if (geteuid() == 0) {
        /* A socket of another user behind which this one listens is not that user's engine; root may listen for all. */
        assert_int_equal(chown(place->path, 65534, 65534), 0);
        assert_int_equal(connect_to(place, place->path, &end), 0);
        close(end);
    }
    stop(place);
}

/* A socket whose inode is root's, on which somebody else listens: as behind a user's bind mount over the engine's. */
static void who_answers_owns_the_socket(void **state)
{
    (void)state;
    enum { OTHER = 65534 };
    if (geteuid() != 0) {
        skip(); /* only root can be two */
        return;
    }
    struct place *place = start(false);
    g_autofree char *path = g_build_filename(place->folder, "other", NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    pl_autofd int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), end = -1, roots = -1;
    assert_int_equal(bind(other, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(seteuid(OTHER), 0);
    int listens = listen(other, 8);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(listens, 0);
    assert_int_equal(connect_to(place, path, &end), -EPERM);
    assert_int_equal(chown(path, OTHER, OTHER), 0);
    assert_int_equal(connect_to(place, path, &end), 0);
    /* Root may hand its engine's socket to somebody. */
    assert_int_equal(chown(place->path, OTHER, OTHER), 0);
    assert_int_equal(connect_to(place, place->path, &roots), 0);
    unlink(path);
    stop(place);
}

static void calls(void **state)
{
    (void)state;
    assert_true(engine_is_call("/_ping") && engine_is_call("/v1.44/info") && engine_is_call("/containers/a1/json"));
    assert_false(engine_is_call("/v1.44/containers/.a/json") || engine_is_call("/vx/info") || engine_is_call("info"));
    assert_false(engine_is_call("/v1.44/v1.44/info") || engine_is_call("") || engine_is_call("/containers//json"));
    static const char *const others[] = {"/containers/a/json?size=1",
                                         "/containers/a/jsonx",
                                         "/containers/a/json/x",
                                         "/containers/a/archive?path=/etc/shadow",
                                         "/containers/a/logs?stdout=1",
                                         "/containers/a/export",
                                         "/containers/a/archive",
                                         "/exec/a/start",
                                         "/images/a/get",
                                         "/info/x",
                                         "/secrets/a",
                                         "/configs",
                                         "/swarm/unlockkey"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (engine_is_call(others[i]))
            fail_msg("%s is asked", others[i]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_listed_requests_pass),
        cmocka_unit_test(a_connection_is_kept),
        cmocka_unit_test(only_sockets),
        cmocka_unit_test(who_answers_owns_the_socket),
        cmocka_unit_test(calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
