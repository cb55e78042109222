/* Archives whose bytes are summed: a reader without format, which only unpacks, lies between the source and the reader
 * of the tar, and each sums what it is given. What libarchive leaves unread, after the end of the tar or of the packed
 * data, is summed too, because whoever made the digest did so. */
#include "formats/archive_private.h"

#include "model/error.h"

#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Where most bytes are content that is skipped. */
#define HEADERS_BLOCK ((gsize)512)

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
    top->twofold = tar_twofold_new();
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
    const char *found = tar_twofold_found(reader->twofold);
    if (found) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: has %s, which readers of tar take differently", reader->name,
                    found);
        return false;
    }
    g_strlcpy(out->unpacked, g_checksum_get_string(reader->sum), sizeof out->unpacked);
    g_strlcpy(out->packed, g_checksum_get_string(middle->sum), sizeof out->packed);
    out->size = middle->summed;
    out->unpacked_size = reader->summed;
    return true;
}

bool archive_same_for_all(int fd, const char *name, GError **error)
{
    pl_auto(tar_twofold) twofold = tar_twofold_new();
    g_autofree guint8 *buffer = g_malloc(ARCHIVE_BLOCK);
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    guint64 at = 0;
    ssize_t n = 1;
    while (n != 0 && !tar_twofold_done(twofold)) {
        guint64 skipped = tar_twofold_skip(twofold);
        at = at > G_MAXINT64 - skipped ? G_MAXINT64 : at + skipped;
        n = pread(fd, buffer, HEADERS_BLOCK, (off_t)at);
        if (n < 0 && errno != EINTR) {
            pl_error_set_errno(error, errno, shown);
            return false;
        }
        tar_twofold_put(twofold, buffer, (gsize)MAX(n, 0));
        at += (guint64)MAX(n, 0);
    }
    const char *found = tar_twofold_found(twofold);
    if (found)
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: has %s, which readers of tar take differently", shown, found);
    return !found;
}

bool archive_is_packed(int fd)
{
    static const char *const magic[] = {"\x1f\x8b", "BZh", "\xfd\x37zXZ", "\x28\xb5\x2f\xfd"};
    char first[8] = {0};
    bool read = pread(fd, first, sizeof first - 1, 0) > 0, packed = false;
    for (size_t i = 0; i < G_N_ELEMENTS(magic); i++)
        packed |= read && strncmp(first, magic[i], strlen(magic[i])) == 0;
    return packed;
}
