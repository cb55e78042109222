/* Tar archives as a stream: plain or packed by gzip, bzip2, xz or zstd, from a file of the host, from memory, or inside
 * an entry of another one.
 *
 * Nothing is ever written to disk and no program is run. Contents are handed out only for the entries that the caller
 * asks for. Everything is bounded, because whoever made the archive may wish us ill: entries, unpacked bytes, the ratio
 * of unpacked to packed bytes, length and depth of names, archives in archives, and time. */
#pragma once

#include "host/host.h"

struct archive_bounds {
    guint64 entries;  /* headers */
    guint64 unpacked; /* bytes after decompression */
    guint64 ratio;    /* unpacked to packed */
    guint64 grace; /* bytes after decompression before the ratio counts: what is smaller may be as empty as it likes */
    unsigned seconds; /* of wall time since it was opened */
};
/* What a caller without needs of its own uses: 1,000,000 entries, 32 GiB, 300:1 beyond the first GiB, 120 seconds. */
extern const struct archive_bounds archive_bounds_default;

/* Names are bounded too: longer or deeper ones end the reading with PL_ERROR_LIMIT. */
#define ARCHIVE_PATH_MAX  4096
#define ARCHIVE_DEPTH_MAX 256
/* An archive may be inside another one that is inside a third one; no deeper. */
#define ARCHIVE_NESTED_MAX 2

enum archive_kind {
    ARCHIVE_FILE,
    ARCHIVE_DIRECTORY,
    ARCHIVE_SYMLINK,
    ARCHIVE_HARDLINK,
    ARCHIVE_CHARACTER,
    ARCHIVE_OTHER, /* FIFO, block device, socket */
};

/* An entry's header; the texts are valid until the next call on the reader. */
struct archive_member {
    const char *path; /* without a slash at either end, ".", ".." and empty components: "etc/passwd"; "" is the top */
    bool absolute;    /* the name began with a slash */
    bool escapes;     /* its ".." components lead out of the top: `path` keeps them, and is not to be used as a place */
    enum archive_kind kind;
    unsigned mode; /* permission bits, 07777 */
    guint64 uid, gid, size;
    gint64 mtime;
    const char *link; /* target of a symlink as it stands, or of a hard link like `path`; NULL for the others */
    unsigned dev_major, dev_minor;
};

struct archive_reader;

/* `name` is for messages. The descriptor is taken. NULL with PL_ERROR_PARSE when it is no tar archive. */
struct archive_reader *archive_open_fd(int fd, const char *name, const struct archive_bounds *bounds, GError **error);
/* From memory; the bytes are kept until archive_close(). */
struct archive_reader *archive_open_bytes(GBytes *bytes, const char *name, const struct archive_bounds *bounds,
                                          GError **error);
/* The content of the outer archive's current entry as an archive. The outer one must not be used before this one is
 * closed. Its own bounds count, and those of the outer one too. */
struct archive_reader *archive_open_inside(struct archive_reader *outer, const char *name,
                                           const struct archive_bounds *bounds, GError **error);
void archive_close(struct archive_reader *reader);

/* What an archive consists of, byte by byte to its very end. */
struct archive_sums {
    char packed[65], unpacked[65]; /* SHA-256 in hexadecimal, of what was read and of what it unpacks to */
    guint64 size, unpacked_size;   /* in bytes */
};
/* The same as archive_open_fd() and archive_open_inside(), for archive_sums(). */
struct archive_reader *archive_open_fd_summed(int fd, const char *name, const struct archive_bounds *bounds,
                                              GError **error);
struct archive_reader *archive_open_inside_summed(struct archive_reader *outer, const char *name,
                                                  const struct archive_bounds *bounds, GError **error);
/* Reads what is left, whether it belongs to an entry or not, and tells the sums; the reader has no more entries then.
 * False with error as archive_next() has it, and when
 * other readers may see other entries in it (formats/tar_twofold.h). */
bool archive_sum(struct archive_reader *reader, struct archive_sums *out, GError **error);

/* Does it begin as gzip, bzip2, xz or zstd do? The descriptor's position stays. */
bool archive_is_packed(int fd);
/* Whether other readers see the same entries in a plain tar archive; what is packed is no tar to it, and passes. Only
 * headers are read, and the descriptor's position stays. False with PL_ERROR_PARSE, or that of a failed read. */
bool archive_same_for_all(int fd, const char *name, GError **error);

/* Goes to the next entry. False at the end, or with error set: PL_ERROR_PARSE for bytes that make no archive (cut
 * short, for example), PL_ERROR_LIMIT when a bound is met. */
bool archive_next(struct archive_reader *reader, struct archive_member *out, GError **error);
/* The first bytes of the current entry, at most `max`; a NUL that is not counted follows. Once per entry. */
GBytes *archive_content(struct archive_reader *reader, gsize max, GError **error);
/* An extended attribute of the current entry; NULL when it has none of that name. */
GBytes *archive_xattr(struct archive_reader *reader, const char *name);

PL_DEFINE_CLEANUP(archive_reader, archive_close)
