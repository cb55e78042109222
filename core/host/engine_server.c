#include "host/engine_server.h"

#include "host/engine_calls.h"
#include "host/wire.h"
#include "model/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define RELAYS_MAX   32
#define REQUEST_MAX  8192
#define PIECE        65536
#define CONNECT_MS   5000
#define ADDRESS_SAFE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-/?=&%~,+@"

/* One connection: the judge's end and the engine's. */
struct relay {
    int judge, engine;       /* -1: the place is free */
    GString *request;        /* of the judge, until its end is there */
    char *piece;             /* PIECE bytes of an answer on their way */
    gsize piece_at, piece_n; /* what is still to be written */
};

struct broker {
    int socket;
    bool any_get;
    struct relay relays[RELAYS_MAX];
};

static void relay_end(struct relay *relay)
{
    if (relay->judge < 0)
        return;
    close(relay->judge);
    close(relay->engine);
    g_string_free(relay->request, TRUE);
    g_free(relay->piece);
    *relay = (struct relay){.judge = -1, .engine = -1};
}

/* ---- connecting ---- */

/* Whoever can make a socket appear in a place must be who answers there: a user's link or bind mount in the place of
 * an engine's does not make root talk to something else. */
static bool listens_as_owner(int engine, const struct stat *socket)
{
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    return getsockopt(engine, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == socket->st_uid || peer.uid == 0);
}

/* A descriptor or a negative errno value. */
static int connect_to(int held)
{
    struct stat st;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (fstat(held, &st) < 0 || !S_ISSOCK(st.st_mode))
        return -ENXIO;
    g_snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", held);
    pl_autofd int engine = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (engine < 0 || connect(engine, (const struct sockaddr *)&address, sizeof address) < 0)
        return errno == EAGAIN ? -ETIMEDOUT : -errno;
    return listens_as_owner(engine, &st) ? pl_steal_fd(&engine) : -EPERM;
}

static struct relay *free_place(struct broker *broker)
{
    for (size_t i = 0; i < RELAYS_MAX; i++)
        if (broker->relays[i].judge < 0)
            return &broker->relays[i];
    return NULL;
}

/* 0 with the judge's end in *end, or a negative errno value. */
static int open_relay(struct broker *broker, int held, int *end)
{
    struct relay *relay = free_place(broker);
    int pair[2];
    if (!relay)
        return -EMFILE;
    pl_autofd int engine = connect_to(held);
    if (engine < 0)
        return engine;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        return -errno;
    *end = pair[1];
    *relay = (struct relay){
        .judge = pair[0], .engine = pl_steal_fd(&engine), .request = g_string_new(NULL), .piece = g_malloc(PIECE)};
    return 0;
}

/* The judge asks for a connection: one byte and the descriptor. False when it is gone. */
static bool serve_judge(struct broker *broker)
{
    char byte = 0;
    pl_autofd int held = -1, end = -1;
    if (wire_receive(broker->socket, &byte, 1, &held, 0) <= 0)
        return false;
    gint32 result = held < 0 ? -EBADF : open_relay(broker, held, &end);
    return wire_send(broker->socket, &result, sizeof result, end);
}

/* ---- requests ---- */

/* The path of "GET PATH HTTP/1.1", NULL when it is no such line or not allowed. Caller frees. */
static char *allowed_path(const struct broker *broker, const char *request)
{
    static const char method[] = "GET ", version[] = " HTTP/1.1\r\n";
    if (!g_str_has_prefix(request, method))
        return NULL;
    const char *path = request + strlen(method);
    size_t n = strspn(path, ADDRESS_SAFE);
    if (*path != '/' || !g_str_has_prefix(path + n, version))
        return NULL;
    g_autofree char *copy = g_strndup(path, n);
    return broker->any_get || engine_is_call(copy) ? g_steal_pointer(&copy) : NULL;
}

static bool write_all(int fd, const char *bytes, gsize n)
{
    while (n) {
        ssize_t written = send(fd, bytes, n, MSG_NOSIGNAL);
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        if (written < 0 && (errno == EINTR || (errno == EAGAIN && poll(&room, 1, CONNECT_MS) > 0)))
            continue;
        if (written < 0)
            return false;
        bytes += written;
        n -= (gsize)written;
    }
    return true;
}

/* In this process's own words: no header and no body of the judge's. */
static bool pass_on(const struct broker *broker, const struct relay *relay)
{
    g_autofree char *path = allowed_path(broker, relay->request->str);
    if (!path)
        return false;
    g_autofree char *own =
        g_strdup_printf("GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n", path);
    return write_all(relay->engine, own, strlen(own));
}

/* False ends the connection. */
static bool take_request(const struct broker *broker, struct relay *relay)
{
    char bytes[REQUEST_MAX];
    ssize_t n = read(relay->judge, bytes, sizeof bytes);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    g_string_append_len(relay->request, bytes, n);
    for (const char *end = NULL; (end = strstr(relay->request->str, "\r\n\r\n"));) {
        if (!pass_on(broker, relay))
            return false;
        g_string_erase(relay->request, 0, end - relay->request->str + 4);
    }
    return relay->request->len < REQUEST_MAX && strlen(relay->request->str) == relay->request->len;
}

static bool take_answer(struct relay *relay)
{
    ssize_t n = read(relay->engine, relay->piece, PIECE);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    relay->piece_at = 0;
    relay->piece_n = (gsize)n;
    return true;
}

static bool give_answer(struct relay *relay)
{
    ssize_t n = send(relay->judge, relay->piece + relay->piece_at, relay->piece_n, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    relay->piece_at += (gsize)n;
    relay->piece_n -= (gsize)n;
    return true;
}

/* ---- the loop ---- */

/* The judge is listened to always, the engine while nothing of it waits to be written. */
static void list_relay(const struct relay *relay, struct pollfd *at)
{
    at[0] = (struct pollfd){.fd = relay->judge, .events = (short)(POLLIN | (relay->piece_n ? POLLOUT : 0))};
    at[1] = (struct pollfd){.fd = relay->piece_n ? -1 : relay->engine, .events = POLLIN};
}

static void serve_relay(const struct broker *broker, struct relay *relay, const struct pollfd *at)
{
    if (relay->judge < 0 || relay->judge != at[0].fd)
        return; /* opened since */
    bool goes_on = true;
    if (at[0].revents & (POLLIN | POLLHUP | POLLERR))
        goes_on = take_request(broker, relay);
    if (goes_on && (at[0].revents & POLLOUT))
        goes_on = give_answer(relay);
    if (goes_on && (at[1].revents & (POLLIN | POLLHUP | POLLERR)))
        goes_on = take_answer(relay) && give_answer(relay);
    if (!goes_on)
        relay_end(relay);
}

void engine_serve(int socket, bool any_get)
{
    struct broker broker = {.socket = socket, .any_get = any_get};
    struct pollfd at[1 + 2 * RELAYS_MAX];
    for (size_t i = 0; i < RELAYS_MAX; i++)
        broker.relays[i].judge = broker.relays[i].engine = -1;
    for (;;) {
        at[0] = (struct pollfd){.fd = socket, .events = POLLIN};
        for (size_t i = 0; i < RELAYS_MAX; i++)
            list_relay(&broker.relays[i], at + 1 + 2 * i);
        if (poll(at, G_N_ELEMENTS(at), -1) < 0 && errno != EINTR)
            break;
        for (size_t i = 0; i < RELAYS_MAX; i++)
            serve_relay(&broker, &broker.relays[i], at + 1 + 2 * i);
        if (at[0].revents && !serve_judge(&broker))
            break;
    }
    for (size_t i = 0; i < RELAYS_MAX; i++)
        relay_end(&broker.relays[i]);
}
