/* What a judge that was taken over writes to the broker for an engine: whatever arrives there is a GET of the fixed
 * list in the broker's own words. */
#include "look.h"

#include "host/engine_calls.h"
#include "host/engine_server.h"
#include "host/wire.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listener, held; /* an engine's socket, and what names it */

static void listen_once(void)
{
    char folder[] = "/tmp/plumbline-fuzz-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (listener)
        return;
    if (!mkdtemp(folder))
        abort();
    g_snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 8) < 0)
        abort();
    held = open(address.sun_path, O_PATH | O_CLOEXEC);
    unlink(address.sun_path);
    rmdir(folder);
}

static gpointer serve(gpointer data)
{
    engine_serve(GPOINTER_TO_INT(data), false);
    return NULL;
}

/* The judge's end of a new connection. */
static int connect_by(int judge)
{
    gint32 result = -1;
    int end = -1;
    if (!wire_send(judge, "", 1, held) || wire_receive(judge, &result, sizeof result, &end, 0) != sizeof result ||
        result || end < 0)
        abort();
    return end;
}

static void check_arrived(const GString *all)
{
    static const char method[] = "GET ", rest[] = " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n";
    for (const char *at = all->str; *at;) {
        size_t n = strcspn(at + 4, " \r\n");
        g_autofree char *path = g_strndup(at + 4, n);
        if (!g_str_has_prefix(at, method) || !engine_is_call(path) || !g_str_has_prefix(at + 4 + n, rest))
            abort();
        at += 4 + n + sizeof rest - 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    char bytes[4096];
    g_autoptr(GString) all = g_string_new(NULL);
    listen_once();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        abort();
    GThread *thread = g_thread_new("broker", serve, GINT_TO_POINTER(pair[1]));
    int end = connect_by(pair[0]), engine = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (size && send(end, data, size, MSG_NOSIGNAL) < 0)
        abort();
    shutdown(end, SHUT_WR);
    for (ssize_t n = 0; (n = read(engine, bytes, sizeof bytes)) > 0;)
        g_string_append_len(all, bytes, n);
    close(end);
    close(engine);
    close(pair[0]);
    g_thread_join(thread);
    close(pair[1]);
    if (strlen(all->str) != all->len)
        abort();
    check_arrived(all);
    return 0;
}
