/* Answers of a reader that was taken over, to every kind of request: no answer makes the judge see more than it asked
 * for, a success with an error's number, or a name that leads elsewhere. The first byte picks the request; four are the
 * result; the next tells whether the length is true; the rest is the answer. */
#include "look.h"

#include "host/fs.h"
#include "host/reader.h"
#include "host/wire.h"

#include <sys/socket.h>
#include <unistd.h>

enum { LIST_MAX = 20, BYTES_MAX = 256 };

static void check_list(struct reader *reader)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    int err = reader_list(reader, "/etc", LIST_MAX, list);
    if (err > 0 || (!err && list->len > LIST_MAX))
        abort();
    for (guint i = 0; i < list->len; i++) {
        const struct host_dirent *entry = g_ptr_array_index(list, i);
        if (!*entry->name || strchr(entry->name, '/'))
            abort();
    }
}

static void check_links(struct reader *reader)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    int err = reader_links(reader, "/proc/9/fd", LIST_MAX, list);
    bool ok = err < 0 || (!err && list->len <= LIST_MAX);
    for (guint i = 0; i < list->len; i++) {
        struct host_link *link = g_ptr_array_index(list, i);
        ok = ok && link->err <= 0 && (link->target == NULL) == (link->err != 0) && !strchr(link->name, '/');
        g_free(link->name);
        g_free(link->target);
        g_free(link);
    }
    if (!ok)
        abort();
}

static void check_process(struct reader *reader)
{
    struct reader_process process;
    int err = reader_process(reader, "/proc/9", &process);
    for (size_t i = 0; i < READER_PARTS; i++)
        if (process.err[i] > 0 || (!err && (process.bytes[i] == NULL) != (process.err[i] != 0)))
            abort();
    reader_process_clear(&process);
}

static void check_text(struct reader *reader, bool resolve)
{
    g_autofree char *text = NULL;
    int err = resolve ? reader_resolve(reader, "/etc/x", &text) : reader_readlink(reader, "/proc/9/exe", &text);
    if (err > 0 || (err == 0) != (text != NULL))
        abort();
}

static void check_bytes(struct reader *reader, bool attribute)
{
    g_autoptr(GBytes) bytes = NULL;
    int err = attribute ? reader_getxattr(reader, "/x", "security.capability", &bytes)
                        : reader_read(reader, "/x", BYTES_MAX, &bytes);
    if (err > 0 || (err == 0) != (bytes != NULL) || (bytes && !attribute && g_bytes_get_size(bytes) > BYTES_MAX))
        abort();
}

static void check_rest(struct reader *reader, unsigned kind)
{
    struct host_stat st;
    if (kind == 6 && reader_stat(reader, "/x", true, &st) > 0)
        abort();
    if (kind == 7 && reader_open(reader, "/x", HOST_REGULAR) >= 0)
        abort(); /* no descriptor came with it */
}

static void ask(struct reader *reader, unsigned kind)
{
    if (kind == 0)
        check_list(reader);
    else if (kind == 1)
        check_links(reader);
    else if (kind == 2)
        check_process(reader);
    else if (kind == 3 || kind == 4)
        check_text(reader, kind == 4);
    else if (kind == 5 || kind == 8)
        check_bytes(reader, kind == 8);
    else
        check_rest(reader, kind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    if (size < 6 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return 0;
    struct reader_reply reply = {.size = (guint32)(size - 6) + (data[5] == 'n')};
    memcpy(&reply.result, data + 1, sizeof reply.result);
    wire_send(pair[0], &reply, sizeof reply, -1);
    if (size > 6)
        wire_send(pair[0], data + 6, size - 6, -1);
    shutdown(pair[0], SHUT_WR);
    struct reader *reader = reader_new(&pair[1], 1);
    ask(reader, data[0] % 9);
    reader_free(reader);
    close(pair[0]);
    return 0;
}
