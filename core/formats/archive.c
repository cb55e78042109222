/* libarchive behind bounds. Only tar, and only the filters that the library unpacks itself: for others, and for those
 * that it was built without, it would start a program. */
#include "formats/archive_private.h"

#include "model/error.h"

#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#define RETRIES_MAX 16

const struct archive_bounds archive_bounds_default = {
    .entries = 1000000,
    .unpacked = (guint64)32 << 30,
    .ratio = 300,
    .grace = (guint64)1 << 30,
    .seconds = 120,
};

void archive_close(struct archive_reader *reader)
{
    if (!reader)
        return;
    if (reader->archive)
        archive_read_free(reader->archive);
    g_clear_pointer(&reader->bytes, g_bytes_unref);
    if (reader->fd >= 0)
        close(reader->fd);
    if (reader->owns_outer)
        archive_close(reader->outer);
    if (reader->sum)
        g_checksum_free(reader->sum);
    tar_twofold_free(reader->twofold);
    g_free(reader->buffer);
    g_clear_error(&reader->inner);
    g_free(reader->name);
    g_free(reader->path);
    g_free(reader->link);
    g_free(reader);
}

static bool limit(const struct archive_reader *reader, GError **error, const char *what)
{
    g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: %s", reader->name, what);
    return false;
}

bool archive_reader_failed(struct archive_reader *reader, GError **error)
{
    if (reader->inner) {
        g_propagate_error(error, g_steal_pointer(&reader->inner));
        return false;
    }
    const char *said = archive_error_string(reader->archive);
    g_autofree char *valid = g_utf8_make_valid(said ? said : "damaged archive", -1);
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: %s", reader->name, valid);
    return false;
}

bool archive_reader_in_bounds(const struct archive_reader *reader, GError **error)
{
    gint64 unpacked = archive_filter_bytes(reader->archive, 0), packed = archive_filter_bytes(reader->archive, -1);
    guint64 out = unpacked > 0 ? (guint64)unpacked : 0, in = packed > 0 ? (guint64)packed : 1;
    if (out > reader->bounds.unpacked)
        return limit(reader, error, "unpacks to more than the bound");
    if (out > reader->bounds.grace && out / in > reader->bounds.ratio)
        return limit(reader, error, "unpacks to so much more than its size that it must be a decompression bomb");
    if (g_get_monotonic_time() > reader->deadline)
        return limit(reader, error, "took too long to unpack");
    return !reader->outer || archive_reader_in_bounds(reader->outer, error);
}

/* ---- opening ---- */

struct archive_reader *archive_reader_new(const char *name, const struct archive_bounds *bounds, bool filters)
{
    struct archive_reader *reader = g_new0(struct archive_reader, 1);
    reader->name = g_utf8_make_valid(name, -1);
    reader->bounds = bounds ? *bounds : archive_bounds_default;
    reader->deadline = g_get_monotonic_time() + (gint64)reader->bounds.seconds * G_USEC_PER_SEC;
    reader->fd = -1;
    reader->archive = archive_read_new();
    archive_read_support_filter_none(reader->archive);
    if (!filters)
        return reader;
    if (archive_zlib_version())
        archive_read_support_filter_gzip(reader->archive);
    if (archive_bzlib_version())
        archive_read_support_filter_bzip2(reader->archive);
    if (archive_liblzma_version())
        archive_read_support_filter_xz(reader->archive);
    if (archive_libzstd_version())
        archive_read_support_filter_zstd(reader->archive);
    return reader;
}

struct archive_reader *archive_reader_opened(struct archive_reader *reader, int status, GError **error)
{
    if (status >= ARCHIVE_WARN)
        return reader;
    archive_reader_failed(reader, error);
    archive_close(reader);
    return NULL;
}

struct archive_reader *archive_open_fd(int fd, const char *name, const struct archive_bounds *bounds, GError **error)
{
    struct archive_reader *reader = archive_reader_new(name, bounds, true);
    archive_read_support_format_tar(reader->archive);
    reader->fd = fd;
    return archive_reader_opened(reader, archive_read_open_fd(reader->archive, fd, ARCHIVE_BLOCK), error);
}

struct archive_reader *archive_open_bytes(GBytes *bytes, const char *name, const struct archive_bounds *bounds,
                                          GError **error)
{
    struct archive_reader *reader = archive_reader_new(name, bounds, true);
    archive_read_support_format_tar(reader->archive);
    gsize size = 0;
    gconstpointer data = g_bytes_get_data(bytes, &size);
    reader->bytes = g_bytes_ref(bytes);
    return archive_reader_opened(reader, archive_read_open_memory(reader->archive, data ? data : "", size), error);
}

/* The next block of the outer entry: libarchive's callback for reading. Holes of sparse entries are left out, since no
 * layer is one. */
la_ssize_t archive_reader_pull(struct archive *archive, void *pointer, const void **buffer)
{
    struct archive_reader *reader = pointer;
    size_t size = 0;
    la_int64_t offset = 0;
    int status = ARCHIVE_OK;
    if (!reader->outer->pending)
        return 0;
    do
        status = archive_read_data_block(reader->outer->archive, buffer, &size, &offset);
    while (status >= ARCHIVE_WARN && status != ARCHIVE_EOF && !size);
    if (status == ARCHIVE_EOF) {
        reader->outer->pending = false;
        return 0;
    }
    bool ok = status >= ARCHIVE_WARN ? archive_reader_in_bounds(reader->outer, &reader->inner)
                                     : archive_reader_failed(reader->outer, &reader->inner);
    if (ok && reader->twofold)
        tar_twofold_put(reader->twofold, *buffer, size);
    if (ok && reader->sum) {
        g_checksum_update(reader->sum, *buffer, (gssize)size);
        reader->summed += size;
    }
    if (ok)
        return (la_ssize_t)size;
    archive_set_error(archive, EIO, "%s", reader->inner->message);
    return -1;
}

struct archive_reader *archive_open_inside(struct archive_reader *outer, const char *name,
                                           const struct archive_bounds *bounds, GError **error)
{
    if (outer->nested >= ARCHIVE_NESTED_MAX) {
        limit(outer, error, "archives are nested too deep");
        return NULL;
    }
    struct archive_reader *reader = archive_reader_new(name, bounds, true);
    archive_read_support_format_tar(reader->archive);
    reader->outer = outer;
    reader->nested = outer->nested + 1;
    return archive_reader_opened(reader, archive_read_open(reader->archive, reader, NULL, archive_reader_pull, NULL),
                                 error);
}

/* ---- entries ---- */

/* Leaves the rest of the current entry behind. What is packed is unpacked block by block, so that bounds are seen. */
static bool drain(struct archive_reader *reader, GError **error)
{
    if (!reader->pending)
        return true;
    reader->pending = false;
    if (!reader->outer && archive_filter_count(reader->archive) <= 1)
        return archive_read_data_skip(reader->archive) >= ARCHIVE_WARN || archive_reader_failed(reader, error);
    const void *buffer = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
        int status = archive_read_data_block(reader->archive, &buffer, &size, &offset);
        if (status == ARCHIVE_EOF)
            return true;
        if (status < ARCHIVE_WARN)
            return archive_reader_failed(reader, error);
        if (!archive_reader_in_bounds(reader, error))
            return false;
    }
}

static enum archive_kind kind_of(const struct archive_reader *reader)
{
    if (reader->link && archive_entry_hardlink(reader->entry))
        return ARCHIVE_HARDLINK;
    switch (archive_entry_filetype(reader->entry)) {
    case AE_IFREG:
        return ARCHIVE_FILE;
    case AE_IFDIR:
        return ARCHIVE_DIRECTORY;
    case AE_IFLNK:
        return ARCHIVE_SYMLINK;
    case AE_IFCHR:
        return ARCHIVE_CHARACTER;
    default:
        return ARCHIVE_OTHER;
    }
}

/* Takes the last component away; false when there is none. */
static bool step_back(GString *path)
{
    const char *slash = strrchr(path->str, '/');
    bool any = path->len > 0 && !g_str_equal(slash ? slash + 1 : path->str, "..");
    if (any)
        g_string_truncate(path, slash ? (gsize)(slash - path->str) : 0);
    return any;
}

/* Components without ".", "..", and empty ones, as those who unpack it take them. NULL when a bound is met. */
static char *normalise(const char *raw, bool *escapes)
{
    if (strlen(raw) > ARCHIVE_PATH_MAX)
        return NULL;
    GString *out = g_string_sized_new(strlen(raw) + 1);
    unsigned depth = 0;
    for (const char *p = raw; *p;) {
        p += strspn(p, "/");
        size_t n = strcspn(p, "/");
        bool back = n == 2 && p[0] == '.' && p[1] == '.';
        bool kept = n && !(n == 1 && *p == '.') && !(back && step_back(out));
        *escapes |= kept && back;
        if (kept) {
            depth++;
            if (out->len)
                g_string_append_c(out, '/');
            g_string_append_len(out, p, (gssize)n);
        }
        p += n;
    }
    return g_string_free(out, depth > ARCHIVE_DEPTH_MAX);
}

static const char *first_of(const char *a, const char *b)
{
    return a ? a : b;
}

/* The texts of the current entry's header. A name that the locale cannot express is taken as UTF-8. */
static bool take_texts(struct archive_reader *reader, struct archive_member *out, GError **error)
{
    const char *raw = first_of(archive_entry_pathname(reader->entry), archive_entry_pathname_utf8(reader->entry));
    const char *hard = first_of(archive_entry_hardlink(reader->entry), archive_entry_hardlink_utf8(reader->entry));
    const char *soft = first_of(archive_entry_symlink(reader->entry), archive_entry_symlink_utf8(reader->entry));
    g_clear_pointer(&reader->path, g_free);
    g_clear_pointer(&reader->link, g_free);
    if (!raw)
        return limit(reader, error, "an entry's name cannot be read");
    bool link_escapes = false;
    reader->path = normalise(raw, &out->escapes);
    reader->link = hard ? normalise(hard, &link_escapes) : g_strdup(soft);
    if (!reader->path || (hard && !reader->link) || (soft && strlen(soft) > ARCHIVE_PATH_MAX))
        return limit(reader, error, "an entry's name is too long or too deep");
    out->absolute = *raw == '/';
    out->escapes |= link_escapes;
    return true;
}

static bool take_header(struct archive_reader *reader, struct archive_member *out, GError **error)
{
    *out = (struct archive_member){.kind = ARCHIVE_OTHER};
    if (!take_texts(reader, out, error))
        return false;
    gint64 size = archive_entry_size(reader->entry);
    out->path = reader->path;
    out->link = reader->link;
    out->kind = kind_of(reader);
    out->mode = (unsigned)archive_entry_perm(reader->entry);
    out->uid = (guint64)archive_entry_uid(reader->entry);
    out->gid = (guint64)archive_entry_gid(reader->entry);
    out->size = size > 0 ? (guint64)size : 0;
    out->mtime = archive_entry_mtime(reader->entry);
    out->dev_major = (unsigned)archive_entry_rdevmajor(reader->entry);
    out->dev_minor = (unsigned)archive_entry_rdevminor(reader->entry);
    return true;
}

bool archive_next(struct archive_reader *reader, struct archive_member *out, GError **error)
{
    reader->entry = NULL;
    if (!drain(reader, error))
        return false;
    int status = ARCHIVE_RETRY;
    for (int i = 0; i < RETRIES_MAX && status == ARCHIVE_RETRY; i++)
        status = archive_read_next_header(reader->archive, &reader->entry);
    if (status == ARCHIVE_EOF) {
        reader->entry = NULL;
        return false;
    }
    if (status < ARCHIVE_WARN) {
        reader->entry = NULL;
        return archive_reader_failed(reader, error);
    }
    reader->pending = true;
    if (++reader->entries > reader->bounds.entries)
        return limit(reader, error, "has more entries than the bound");
    return archive_reader_in_bounds(reader, error) && take_header(reader, out, error);
}

/* Puts a block where it belongs; holes before it become zero bytes. */
static void place(GByteArray *into, gsize max, const void *buffer, gsize size, gint64 offset)
{
    if (offset < 0 || (guint64)offset >= max)
        return;
    gsize at = (gsize)offset, room = MIN(size, max - at), before = into->len;
    if (at + room > before) {
        g_byte_array_set_size(into, (guint)(at + room));
        if (at > before)
            memset(into->data + before, 0, at - before);
    }
    if (room)
        memcpy(into->data + at, buffer, room);
}

GBytes *archive_content(struct archive_reader *reader, gsize max, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const void *buffer = NULL;
    size_t size = 0;
    la_int64_t offset = 0;
    while (reader->entry && reader->pending && bytes->len < max) {
        int status = archive_read_data_block(reader->archive, &buffer, &size, &offset);
        if (status == ARCHIVE_EOF) {
            reader->pending = false;
            break;
        }
        if (status < ARCHIVE_WARN) {
            archive_reader_failed(reader, error);
            return NULL;
        }
        if (!archive_reader_in_bounds(reader, error))
            return NULL;
        if ((guint64)offset >= max)
            break;
        place(bytes, max, buffer, size, offset);
    }
    gsize n = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    g_autoptr(GBytes) all = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    return g_bytes_new_from_bytes(all, 0, n);
}

GBytes *archive_xattr(struct archive_reader *reader, const char *name)
{
    const char *have = NULL;
    const void *value = NULL;
    size_t size = 0;
    int count = reader->entry ? archive_entry_xattr_reset(reader->entry) : 0;
    for (int i = 0; i < count && archive_entry_xattr_next(reader->entry, &have, &value, &size) == ARCHIVE_OK; i++)
        if (have && g_str_equal(have, name))
            return g_bytes_new(value, size);
    return NULL;
}
