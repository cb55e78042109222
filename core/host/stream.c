#include "host/stream.h"

#include "host/failure.h"
#include "host/private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((gsize)64 << 10)

struct stream {
    const char *path;
    gsize max, seen;  /* bytes */
    GByteArray *rest; /* what was read and not handed out */
    guint number;     /* of the last line */
    host_line_taker take;
    gpointer data;
    bool stopped;
};

static bool limit(const struct stream *stream, GError **error, const char *what, gsize bound)
{
    g_autofree char *shown = g_filename_display_name(stream->path);
    g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: %s %" G_GSIZE_FORMAT " bytes", shown, what, bound);
    return false;
}

/* Hands out whole lines of a text of `size` bytes that ends with a NUL; returns how many bytes they took. */
static gsize take_lines(struct stream *stream, char *text, gsize size)
{
    gsize at = 0;
    while (!stream->stopped) {
        char *end = at < size ? memchr(text + at, '\n', size - at) : NULL;
        if (!end)
            break;
        *end = '\0';
        gsize length = (gsize)(end - (text + at));
        stream->stopped = !stream->take(text + at, length, ++stream->number, stream->data);
        at += length + 1;
    }
    return at;
}

/* The last line may lack its newline. */
static void take_last(struct stream *stream, char *text, gsize size)
{
    if (size && !stream->stopped)
        stream->take(text, size, ++stream->number, stream->data);
}

static bool add_chunk(struct stream *stream, const char *chunk, gsize size, GError **error)
{
    stream->seen += size;
    if (stream->seen > stream->max)
        return limit(stream, error, "larger than", stream->max);
    g_byte_array_append(stream->rest, (const guint8 *)chunk, (guint)size);
    gsize taken = take_lines(stream, (char *)stream->rest->data, stream->rest->len);
    g_byte_array_remove_range(stream->rest, 0, (guint)taken);
    if (stream->rest->len > HOST_LINE_MAX && !stream->stopped)
        return limit(stream, error, "a line is longer than", HOST_LINE_MAX);
    return true;
}

static bool read_all(struct stream *stream, int fd, GError **error)
{
    g_autoptr(GByteArray) rest = g_byte_array_new();
    stream->rest = rest;
    g_autofree char *chunk = g_malloc(CHUNK);
    while (!stream->stopped) {
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return host_set_error(error, -errno, stream->path);
        if (n == 0)
            break;
        if (!add_chunk(stream, chunk, (gsize)n, error))
            return false;
    }
    g_byte_array_append(stream->rest, (const guint8 *)"", 1);
    take_last(stream, (char *)stream->rest->data, stream->rest->len - 1);
    return true;
}

static bool take_bytes(struct stream *stream, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    if (size > stream->max)
        return limit(stream, error, "larger than", stream->max);
    /* The cache's bytes are everybody's. */
    g_autofree char *text = g_malloc(size + 1);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    gsize taken = take_lines(stream, text, size);
    take_last(stream, text + taken, size - taken);
    return true;
}

bool host_each_line(struct host *host, const char *path, gsize max, host_line_taker take, gpointer data, GError **error)
{
    struct stream stream = {.path = path, .max = max, .take = take, .data = data};
    g_autoptr(GError) refused = NULL;
    g_autoptr(GBytes) bytes = host_read(host, path, &refused);
    if (bytes)
        return take_bytes(&stream, bytes, error);
    if (!g_error_matches(refused, PL_ERROR, PL_ERROR_LIMIT)) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return false;
    }
    pl_autofd int fd = host_open(host, path, HOST_REGULAR, error);
    return fd >= 0 && read_all(&stream, fd, error);
}

bool fd_each_line(int fd, const char *name, gsize max, host_line_taker take, gpointer data, GError **error)
{
    struct stream stream = {.path = name, .max = max, .take = take, .data = data};
    return read_all(&stream, fd, error);
}
