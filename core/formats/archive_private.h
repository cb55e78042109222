/* A reader of archives, for those who open it. */
#pragma once

#include "formats/archive.h"
#include "formats/tar_twofold.h"

#include <archive.h>

#define ARCHIVE_BLOCK ((gsize)128 << 10)

struct archive_reader {
    struct archive *archive;
    struct archive_entry *entry; /* the current one, owned by the archive */
    struct archive_reader *outer;
    struct archive_bounds bounds;
    GBytes *bytes;
    int fd;
    char *name;
    char *path, *link; /* of the current entry */
    unsigned nested;
    guint64 entries;
    gint64 deadline;
    bool pending; /* the current entry's content was not read to its end */
    bool owns_outer;
    GChecksum *sum;              /* of the bytes that were read; NULL: nobody asks */
    guint64 summed;              /* how many */
    struct tar_twofold *twofold; /* looks at the bytes of the tar on their way; NULL */
    guint8 *buffer;              /* for reading a file */
    GError *inner;               /* what the outer archive failed with while it was read from */
};

/* With every filter that the library has itself, and no format yet; or with none at all. */
struct archive_reader *archive_reader_new(const char *name, const struct archive_bounds *bounds, bool filters);
/* The reader when `status` says that it is open; else NULL, and it is closed. */
struct archive_reader *archive_reader_opened(struct archive_reader *reader, int status, GError **error);
/* Sets *error to what libarchive, or the archive around this one, says. */
bool archive_reader_failed(struct archive_reader *reader, GError **error);
bool archive_reader_in_bounds(const struct archive_reader *reader, GError **error);
/* libarchive's callback: the next block of the outer archive's current entry. */
la_ssize_t archive_reader_pull(struct archive *archive, void *pointer, const void **buffer);
