/* Images that are named by path: what `docker save` writes and what an OCI layout holds, in one archive. Names of blobs
 * are their digests, which no mutation would meet: where a part says @C@, @L@ or @M@ the digest of the configuration,
 * of the layer or of the manifest is put in, and @c@, @l@, @m@ are their sizes. */
#include "look.h"

#include <archive.h>
#include <archive_entry.h>

enum { CONFIG, SAVED, MANIFEST, INDEX, PASSWD, PARTS };

struct blob {
    GString *text;
    char *digest, *size, *path;
};

static void blob_clear(struct blob *blob)
{
    if (blob->text)
        g_string_free(blob->text, TRUE);
    g_free(blob->digest);
    g_free(blob->size);
    g_free(blob->path);
}

/* Takes text. */
static struct blob new_blob(GString *text)
{
    struct blob blob = {.text = text};
    g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len);
    blob.digest = g_strconcat("sha256:", hex, NULL);
    blob.path = g_strconcat("blobs/sha256/", hex, NULL);
    blob.size = g_strdup_printf("%" G_GSIZE_FORMAT, text->len);
    return blob;
}

static void put_in(GString *text, const char *digest, const char *size, const struct blob *blob)
{
    g_string_replace(text, digest, blob->digest, 0);
    g_string_replace(text, size, blob->size, 0);
}

static void add(struct archive *archive, const char *name, const char *bytes, size_t n)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 04755);
    archive_write_header(archive, entry);
    archive_write_data(archive, bytes, n);
    archive_entry_free(entry);
}

static la_ssize_t take(struct archive *archive, void *data, const void *bytes, size_t n)
{
    (void)archive;
    g_string_append_len(data, bytes, (gssize)n);
    return (la_ssize_t)n;
}

static struct archive *begin(GString *out)
{
    struct archive *archive = archive_write_new();
    archive_write_set_format_ustar(archive);
    archive_write_open(archive, out, NULL, take, NULL);
    return archive;
}

static GString *text_of(const struct fuzz_part *part)
{
    return g_string_new_len(part->n ? part->at : "", (gssize)part->n);
}

static GString *pack(const struct fuzz_part *parts)
{
    GString *tar = g_string_new(NULL), *out = g_string_new(NULL), *config = text_of(&parts[CONFIG]),
            *manifest = text_of(&parts[MANIFEST]), *index = text_of(&parts[INDEX]);
    struct archive *archive = begin(tar);
    add(archive, "etc/passwd", parts[PASSWD].n ? parts[PASSWD].at : "", parts[PASSWD].n);
    archive_write_free(archive);
    struct blob layer = new_blob(tar);
    put_in(config, "@L@", "@l@", &layer);
    struct blob configuration = new_blob(config);
    put_in(manifest, "@L@", "@l@", &layer);
    put_in(manifest, "@C@", "@c@", &configuration);
    struct blob whole = new_blob(manifest);
    put_in(index, "@M@", "@m@", &whole);
    archive = begin(out);
    add(archive, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}", 30);
    add(archive, "manifest.json", parts[SAVED].n ? parts[SAVED].at : "", parts[SAVED].n);
    add(archive, "index.json", index->str, index->len);
    add(archive, "c.json", config->str, config->len);
    add(archive, "layer.tar", tar->str, tar->len);
    add(archive, configuration.path, config->str, config->len);
    add(archive, layer.path, tar->str, tar->len);
    add(archive, whole.path, manifest->str, manifest->len);
    archive_write_free(archive);
    g_string_free(index, TRUE);
    blob_clear(&layer);
    blob_clear(&configuration);
    blob_clear(&whole);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[PARTS];
    fuzz_cut(data, size, parts, PARTS);
    GString *archive = pack(parts);
    json_object *spec = fuzz_stated("images: [/srv/i.tar]");
    fuzz_put(spec, "/srv/i.tar", archive->str, archive->len);
    g_string_free(archive, TRUE);
    pl_auto(host) host = fuzz_host(spec);
    fuzz_look(host, "image", "{}");
    fuzz_look(host, "image-content", "{}");
    return 0;
}
