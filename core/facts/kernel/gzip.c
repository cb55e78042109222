/* Unpacked piece by piece: a bomb ends at the bound. */
#include "facts/kernel/gzip.h"

#include "model/error.h"

#include <zlib.h>

#define CHUNK 65536

static char *inflate_text(GBytes *bytes, const char *path, gsize max, GError **error)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    g_autoptr(GByteArray) out = g_byte_array_new();
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) {
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: no memory for it", path);
        return NULL;
    }
    guint8 chunk[CHUNK];
    int status = Z_OK;
    while (status == Z_OK && out->len <= max) {
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        status = inflate(&stream, Z_NO_FLUSH);
        g_byte_array_append(out, chunk, (guint)(sizeof chunk - stream.avail_out));
    }
    inflateEnd(&stream);
    bool long_text = out->len > max;
    if (status != Z_STREAM_END || long_text) {
        g_set_error(error, PL_ERROR, long_text ? PL_ERROR_LIMIT : PL_ERROR_PARSE, "%s: %s", path,
                    long_text ? "is too long when unpacked" : "is no whole gzip file");
        return NULL;
    }
    g_byte_array_append(out, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&out), FALSE);
}

char *gzip_read_text(struct host *host, const char *path, gsize packed, gsize unpacked, GError **error)
{
    g_autoptr(GBytes) bytes = host_read_uncached(host, path, packed, error);
    if (!bytes)
        return NULL;
    if (g_str_has_suffix(path, ".gz"))
        return inflate_text(bytes, path, unpacked, error);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}
