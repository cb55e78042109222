#include "host/reader.h"

#include "host/link.h"
#include "host/private.h"
#include "host/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READERS_MAX 8
/* One request: listing the largest directory takes a part of a second. */
#define WAIT_US (20 * G_USEC_PER_SEC)

struct reader {
    GMutex lock;
    GCond freed;
    GQueue idle; /* sockets + 1 */
    guint alive;
};

struct reader *reader_new(const int *sockets, guint n)
{
    struct reader *reader = g_new0(struct reader, 1);
    g_mutex_init(&reader->lock);
    g_cond_init(&reader->freed);
    g_queue_init(&reader->idle);
    for (guint i = 0; i < n && i < READERS_MAX; i++)
        g_queue_push_tail(&reader->idle, GINT_TO_POINTER(sockets[i] + 1));
    reader->alive = reader->idle.length;
    return reader;
}

void reader_free(struct reader *reader)
{
    for (gpointer socket = NULL; (socket = g_queue_pop_head(&reader->idle));)
        close(GPOINTER_TO_INT(socket) - 1);
    g_cond_clear(&reader->freed);
    g_mutex_clear(&reader->lock);
    g_free(reader);
}

/* -1: none is left. */
static int take(struct reader *reader)
{
    g_mutex_lock(&reader->lock);
    while (reader->alive && !reader->idle.length)
        g_cond_wait(&reader->freed, &reader->lock);
    int socket = reader->alive ? GPOINTER_TO_INT(g_queue_pop_head(&reader->idle)) - 1 : -1;
    g_mutex_unlock(&reader->lock);
    return socket;
}

static void give_back(struct reader *reader, int socket, bool broken)
{
    g_mutex_lock(&reader->lock);
    if (broken) {
        close(socket);
        reader->alive--;
        g_cond_broadcast(&reader->freed);
    } else {
        g_queue_push_head(&reader->idle, GINT_TO_POINTER(socket + 1));
        g_cond_signal(&reader->freed);
    }
    g_mutex_unlock(&reader->lock);
}

/* The bytes after the head of an answer. */
static int receive_body(int socket, guint32 size, gint64 deadline, GByteArray *answer)
{
    if (size > READER_ANSWER_MAX)
        return -EPROTO;
    g_byte_array_set_size(answer, size);
    for (guint32 got = 0; got < size;) {
        gssize n = wire_receive(socket, answer->data + got, MIN(READER_PACKET, size - got), NULL, deadline);
        if (n <= 0)
            return n < 0 ? (int)n : -EPIPE;
        got += (guint32)n;
    }
    return 0;
}

/* 0, with the reader's own result in *result, or why it did not answer. */
static int exchange(int socket, const struct reader_request *request, GByteArray *answer, int *fd, int *result)
{
    gint64 deadline = g_get_monotonic_time() + WAIT_US;
    gsize n = offsetof(struct reader_request, path) + strlen(request->path) + 1;
    struct reader_reply reply;
    if (!wire_send(socket, request, n, -1))
        return -EPIPE;
    gssize got = wire_receive(socket, &reply, sizeof reply, fd, deadline);
    if (got != (gssize)sizeof reply)
        return got < 0 ? (int)got : -EPIPE;
    *result = reply.result;
    return receive_body(socket, reply.size, deadline, answer);
}

/* The reader's result; -EIO and the like when no reader answers. */
static int ask(struct reader *reader, struct reader_request *request, const char *path, GByteArray *answer, int *fd)
{
    int result = -EIO;
    pl_autofd int received = -1;
    /* The reader answers to no other spelling of a path; where ".." leads is not ours to say. */
    g_autofree char *plain = *path == '/' && !strstr(path, "/..") ? g_canonicalize_filename(path, "/") : NULL;
    const char *sent = !plain ? path : plain + (plain[1] == '/');
    if (g_strlcpy(request->path, sent, sizeof request->path) >= sizeof request->path)
        return -ENAMETOOLONG;
    int socket = take(reader);
    if (socket < 0)
        return -EIO;
    int err = exchange(socket, request, answer, &received, &result);
    give_back(reader, socket, err != 0);
    if (err)
        return err == -EPIPE ? -EIO : err;
    if (fd)
        *fd = pl_steal_fd(&received);
    return result > 0 ? -EPROTO : result;
}

static GByteArray *no_bytes(void)
{
    return g_byte_array_new();
}

static int ask_descriptor(struct reader *reader, struct reader_request *request, const char *path)
{
    g_autoptr(GByteArray) answer = no_bytes();
    int fd = -1;
    int err = ask(reader, request, path, answer, &fd);
    if (!err && fd < 0)
        err = -EPROTO;
    if (err && fd >= 0)
        close(fd);
    return err ? err : fd;
}

int reader_open(struct reader *reader, const char *path, unsigned flags)
{
    struct reader_request request = {.kind = READER_OPEN, .flags = flags};
    return ask_descriptor(reader, &request, path);
}

int reader_root(struct reader *reader, const char *path)
{
    struct reader_request request = {.kind = READER_ROOT};
    return ask_descriptor(reader, &request, path);
}

int reader_stat(struct reader *reader, const char *path, bool follow, struct host_stat *out)
{
    struct reader_request request = {.kind = READER_STAT, .flags = follow};
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, &request, path, answer, NULL);
    if (!err && answer->len != sizeof *out)
        err = -EPROTO;
    if (!err)
        memcpy(out, answer->data, sizeof *out);
    return err;
}

/* The next text of an answer, NULL at its end or when it is none. */
static const char *next_text(const GByteArray *answer, gsize *at)
{
    gsize left = answer->len - *at;
    if (!left)
        return NULL; /* an empty array has no data to count from */
    const char *text = (const char *)answer->data + *at;
    gsize n = strnlen(text, left);
    if (n == left)
        return NULL;
    *at += n + 1;
    return text;
}

static bool next_number(const GByteArray *answer, gsize *at, gint32 *number)
{
    if (answer->len - *at < sizeof *number)
        return false;
    memcpy(number, answer->data + *at, sizeof *number);
    *at += sizeof *number;
    return true;
}

static int ask_text(struct reader *reader, guint32 kind, const char *path, char **out)
{
    struct reader_request request = {.kind = kind};
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, &request, path, answer, NULL);
    gsize at = 0;
    const char *text = err ? NULL : next_text(answer, &at);
    if (err || !text)
        return err ? err : -EPROTO;
    *out = g_strdup(text);
    return 0;
}

int reader_readlink(struct reader *reader, const char *path, char **out)
{
    return ask_text(reader, READER_READLINK, path, out);
}

int reader_resolve(struct reader *reader, const char *path, char **out)
{
    return ask_text(reader, READER_RESOLVE, path, out);
}

/* What a directory may hold: no name leads out of it. */
static bool is_entry(const char *name)
{
    return name && *name && !strchr(name, '/') && !g_str_equal(name, ".") && !g_str_equal(name, "..");
}

int reader_list(struct reader *reader, const char *path, guint max, GPtrArray *out)
{
    struct reader_request request = {.kind = READER_LIST, .max = max};
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, &request, path, answer, NULL);
    guint n = 0;
    for (gsize at = 0; !err && at < answer->len;) {
        unsigned char type = answer->data[at++];
        const char *name = next_text(answer, &at);
        if (!is_entry(name) || ++n > max)
            return -EPROTO;
        g_ptr_array_add(out, fs_dirent_new(name, type));
    }
    return err;
}

int reader_links(struct reader *reader, const char *path, guint max, GPtrArray *out)
{
    struct reader_request request = {.kind = READER_LINKS, .max = max};
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, &request, path, answer, NULL);
    guint n = 0;
    for (gsize at = 0; !err && at < answer->len;) {
        gint32 failed = 0;
        const char *name = next_text(answer, &at);
        const char *target = name && next_number(answer, &at, &failed) ? next_text(answer, &at) : NULL;
        if (!target || failed > 0 || !is_entry(name) || ++n > max)
            return -EPROTO;
        g_ptr_array_add(out, host_link_new(name, failed, failed ? NULL : target));
    }
    return err;
}

/* With a NUL after the bytes that is not counted. */
static GBytes *bytes_of(const GByteArray *answer, gsize at, gsize n)
{
    char *copy = g_malloc(n + 1);
    if (n)
        memcpy(copy, answer->data + at, n);
    copy[n] = '\0';
    return g_bytes_new_take(copy, n);
}

static int ask_bytes(struct reader *reader, struct reader_request *request, const char *path, GBytes **out)
{
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, request, path, answer, NULL);
    if (!err && request->max && answer->len > request->max)
        err = -EPROTO;
    if (!err)
        *out = bytes_of(answer, 0, answer->len);
    return err;
}

int reader_getxattr(struct reader *reader, const char *path, const char *name, GBytes **out)
{
    struct reader_request request = {.kind = READER_XATTR};
    if (g_strlcpy(request.name, name, sizeof request.name) >= sizeof request.name)
        return -ERANGE;
    return ask_bytes(reader, &request, path, out);
}

int reader_read(struct reader *reader, const char *path, gsize max, GBytes **out)
{
    struct reader_request request = {.kind = READER_READ, .max = max};
    return ask_bytes(reader, &request, path, out);
}

int reader_programs(struct reader *reader, const char *path, GPtrArray *out)
{
    struct reader_request request = {.kind = READER_PROGRAMS};
    g_autoptr(GByteArray) answer = no_bytes();
    int err = ask(reader, &request, path, answer, NULL);
    for (gsize at = 0; !err && at < answer->len;) {
        gint32 n = 0;
        if (!next_number(answer, &at, &n) || n < 0 || (gsize)n > answer->len - at)
            return -EPROTO;
        g_ptr_array_add(out, bytes_of(answer, at, (gsize)n));
        at += (gsize)n;
    }
    return err;
}

int reader_process(struct reader *reader, const char *folder, struct reader_process *out)
{
    struct reader_request request = {.kind = READER_PROCESS, .max = HOST_FILE_MAX};
    g_autoptr(GByteArray) answer = no_bytes();
    *out = (struct reader_process){.err = {0}};
    int err = ask(reader, &request, folder, answer, NULL);
    gsize at = 0;
    for (size_t i = 0; !err && i < READER_PARTS; i++) {
        gint32 failed = 0, n = 0;
        if (!next_number(answer, &at, &failed) || !next_number(answer, &at, &n) || failed > 0 || n < 0 ||
            (gsize)n > answer->len - at) {
            reader_process_clear(out);
            return -EPROTO;
        }
        out->err[i] = failed;
        out->bytes[i] = failed ? NULL : bytes_of(answer, at, (gsize)n);
        at += (gsize)n;
    }
    return err;
}

void reader_process_clear(struct reader_process *process)
{
    for (size_t i = 0; i < READER_PARTS; i++)
        g_clear_pointer(&process->bytes[i], g_bytes_unref);
}
