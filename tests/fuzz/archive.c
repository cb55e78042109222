/* Any bytes as an image's layer, alone and inside an archive: no crash, no leak, and an end within the bounds. */
#include "formats/archive.h"

#include "fuzz.h"

#include "facts/image/layer.h"

static const struct archive_bounds bounds = {.entries = 1000, .unpacked = 1 << 24, .ratio = 100, .seconds = 5};

static void read_inside(struct archive_reader *outer)
{
    struct archive_member member;
    pl_auto(archive_reader) inner = archive_open_inside(outer, "inner", &bounds, NULL);
    while (inner && archive_next(inner, &member, NULL)) {
        g_autoptr(GBytes) content = archive_content(inner, 4096, NULL);
        if (strlen(member.path) > ARCHIVE_PATH_MAX || (content && g_bytes_get_size(content) > 4096))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    pl_auto(archive_reader) reader = archive_open_bytes(bytes, "fuzz", &bounds, NULL);
    struct image_layer *layer = image_layer_new(false);
    if (reader)
        image_layer_from_archive(layer, reader);
    image_layer_hides(layer, "etc/passwd");
    image_layer_free(layer);
    struct archive_member member;
    pl_auto(archive_reader) outer = archive_open_bytes(bytes, "fuzz", &bounds, NULL);
    while (outer && archive_next(outer, &member, NULL))
        read_inside(outer);
    return 0;
}
