/* Archives whose bytes are summed: a reader without format, which only unpacks, lies between the source and the reader
 * of the tar, and each sums what it is given. What libarchive leaves unread, after the end of the tar or of the packed
 * data, is summed too, because whoever made the digest did so. */
#include "formats/archive_private.h"

#include "model/error.h"

#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

static void count(struct archive_reader *reader, const void *data, gsize n)
{
    g_checksum_update(reader->sum, data, (gssize)n);
    reader->summed += n;
}

/* libarchive's callback: the next block of the file. */
static la_ssize_t pull_file(struct archive *archive, void *pointer, const void **buffer)
{
    struct archive_reader *reader = pointer;
    ssize_t n = 0;
    do
        n = read(reader->fd, reader->buffer, ARCHIVE_BLOCK);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        archive_set_error(archive, errno, "%s", g_strerror(errno));
    else
        count(reader, reader->buffer, (gsize)n);
    *buffer = reader->buffer;
    return n;
}

/* The unpacked bytes are the content of its one entry. */
static struct archive_reader *middle_open(struct archive_reader *middle, GError **error)
{
    archive_read_support_format_raw(middle->archive);
    archive_read_support_format_empty(middle->archive);
    middle->sum = g_checksum_new(G_CHECKSUM_SHA256);
    int status =
        archive_read_open(middle->archive, middle, NULL, middle->outer ? archive_reader_pull : pull_file, NULL);
    if (status >= ARCHIVE_WARN) {
        status = archive_read_next_header(middle->archive, &middle->entry);
        middle->pending = status >= ARCHIVE_WARN && status != ARCHIVE_EOF;
    }
    return archive_reader_opened(middle, status, error);
}

/* Takes `middle`. */
static struct archive_reader *top_open(struct archive_reader *middle, const struct archive_bounds *bounds,
                                       GError **error)
{
    if (!middle)
        return NULL;
    struct archive_reader *top = archive_reader_new(middle->name, bounds, false);
    archive_read_support_format_tar(top->archive);
    top->outer = middle;
    top->owns_outer = true;
    top->nested = middle->nested;
    top->sum = g_checksum_new(G_CHECKSUM_SHA256);
    return archive_reader_opened(top, archive_read_open(top->archive, top, NULL, archive_reader_pull, NULL), error);
}

struct archive_reader *archive_open_fd_summed(int fd, const char *name, const struct archive_bounds *bounds,
                                              GError **error)
{
    struct archive_reader *middle = archive_reader_new(name, bounds, true);
    middle->fd = fd;
    middle->buffer = g_malloc(ARCHIVE_BLOCK);
    return top_open(middle_open(middle, error), bounds, error);
}

struct archive_reader *archive_open_inside_summed(struct archive_reader *outer, const char *name,
                                                  const struct archive_bounds *bounds, GError **error)
{
    struct archive_reader *middle = archive_reader_new(name, bounds, true);
    middle->outer = outer;
    middle->nested = outer->nested + 1;
    return top_open(middle_open(middle, error), bounds, error);
}

/* The rest of what the reader is given. */
static bool sum_rest(struct archive_reader *reader, GError **error)
{
    const void *buffer = NULL;
    la_ssize_t n = 0;
    do
        n = (reader->outer ? archive_reader_pull : pull_file)(reader->archive, reader, &buffer);
    while (n > 0 && archive_reader_in_bounds(reader, error));
    if (n < 0)
        return archive_reader_failed(reader, error);
    return n == 0;
}

bool archive_sum(struct archive_reader *reader, struct archive_sums *out, GError **error)
{
    struct archive_reader *middle = reader->outer;
    reader->entry = NULL;
    reader->pending = false;
    if ((middle->pending && !sum_rest(reader, error)) || !sum_rest(middle, error))
        return false;
    g_strlcpy(out->unpacked, g_checksum_get_string(reader->sum), sizeof out->unpacked);
    g_strlcpy(out->packed, g_checksum_get_string(middle->sum), sizeof out->packed);
    out->size = middle->summed;
    out->unpacked_size = reader->summed;
    return true;
}
