/* An archive is read once for its documents, which begin with { or [; of a directory each is read when it is asked for.
 *
 * Engines differ in which of two entries of one name they take, and in what they do about keys that differ by case:
 * what depends on that is an error. */
#include "facts/image/documents.h"

#include "formats/archive.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

#define DOCUMENT_MAX  ((gsize)8 << 20)
#define DOCUMENTS_MAX ((gsize)64 << 20) /* together */
#define LINKS_MAX     8

struct image_documents {
    const struct host_image *at;
    GHashTable *documents; /* archives: name -> GBytes that begin with { or [ */
    GHashTable *links;     /* archives: name -> target, from the top */
    GHashTable *twice;     /* archives: names of which another entry says something else */
    GHashTable *left;      /* archives: names of files that were too large to be kept */
    gsize kept;
};

static bool is_document(GBytes *bytes)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(bytes, &n);
    gsize blank = 0;
    while (blank < n && g_ascii_isspace(text[blank]))
        blank++;
    return blank < n && (text[blank] == '{' || text[blank] == '[');
}

/* A link's target, seen from the top of the archive. */
static char *target_of(const struct archive_member *member)
{
    if (member->kind == ARCHIVE_HARDLINK)
        return g_strdup(member->link);
    g_autofree char *folder = g_path_get_dirname(member->path);
    g_autofree char *full = g_canonicalize_filename(member->link, "/");
    if (*member->link != '/') {
        g_autofree char *base = g_strconcat("/", folder, NULL);
        g_free(full);
        full = g_canonicalize_filename(member->link, base);
    }
    return g_strdup(full + 1);
}

/* Who unpacks all takes the later entry, who looks for a name the first one. */
static void note_again(struct image_documents *all, const char *name, GBytes *bytes)
{
    GBytes *earlier = g_hash_table_lookup(all->documents, name);
    if (earlier && !(bytes && g_bytes_equal(earlier, bytes)))
        g_hash_table_add(all->twice, g_strdup(name));
}

static bool take_link(struct image_documents *all, const struct archive_member *member)
{
    g_autofree char *target = target_of(member);
    const char *earlier = g_hash_table_lookup(all->links, member->path);
    if (earlier && !g_str_equal(earlier, target))
        g_hash_table_add(all->twice, g_strdup(member->path));
    note_again(all, member->path, NULL);
    g_hash_table_replace(all->links, g_strdup(member->path), g_steal_pointer(&target));
    return true;
}

static bool take_entry(struct image_documents *all, struct archive_reader *reader, const struct archive_member *member,
                       GError **error)
{
    if (member->escapes)
        return true;
    if ((member->kind == ARCHIVE_SYMLINK || member->kind == ARCHIVE_HARDLINK) && member->link)
        return take_link(all, member);
    if (g_hash_table_contains(all->links, member->path))
        g_hash_table_add(all->twice, g_strdup(member->path));
    bool other = member->kind != ARCHIVE_FILE || member->size > DOCUMENT_MAX;
    if (other || all->kept > DOCUMENTS_MAX) {
        note_again(all, member->path, NULL);
        if (member->kind == ARCHIVE_FILE)
            g_hash_table_add(all->left, g_strdup(member->path));
        return true;
    }
    g_autofree char *name = g_strdup(member->path);
    GBytes *bytes = archive_content(reader, DOCUMENT_MAX, error);
    if (!bytes)
        return false;
    note_again(all, name, bytes);
    if (!is_document(bytes)) {
        g_bytes_unref(bytes);
        return true;
    }
    all->kept += g_bytes_get_size(bytes);
    g_hash_table_replace(all->documents, g_steal_pointer(&name), bytes);
    return true;
}

/* An engine that loads it must not find other documents in it than those that are judged. */
static struct archive_reader *open_archive(const struct image_documents *all, bool *packed, GError **error)
{
    pl_autofd int fd = host_open(all->at->host, all->at->path, HOST_REGULAR, error);
    if (fd < 0)
        return NULL;
    *packed = archive_is_packed(fd);
    if (*packed)
        return archive_open_fd_summed(pl_steal_fd(&fd), all->at->name, NULL, error);
    bool same = archive_same_for_all(fd, all->at->name, error);
    return same ? archive_open_fd(pl_steal_fd(&fd), all->at->name, NULL, error) : NULL;
}

static bool read_all(struct image_documents *all, GError **error)
{
    g_autoptr(GError) failed = NULL;
    struct archive_member member;
    struct archive_sums sums;
    bool packed = false;
    pl_auto(archive_reader) reader = open_archive(all, &packed, &failed);
    while (reader && archive_next(reader, &member, &failed) && take_entry(all, reader, &member, &failed))
        ;
    bool ok = !failed && (!packed || archive_sum(reader, &sums, &failed));
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&failed));
    return ok;
}

struct image_documents *image_documents_read(const struct host_image *at, GError **error)
{
    struct image_documents *all = g_new0(struct image_documents, 1);
    all->at = at;
    all->documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    all->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    all->left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    all->twice = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (at->directory || read_all(all, error))
        return all;
    image_documents_free(all);
    return NULL;
}

void image_documents_free(struct image_documents *all)
{
    if (!all)
        return;
    g_hash_table_unref(all->documents);
    g_hash_table_unref(all->links);
    g_hash_table_unref(all->twice);
    g_hash_table_unref(all->left);
    g_free(all);
}

const char *image_documents_name(const struct image_documents *all, const char *name)
{
    for (unsigned i = 0; i < LINKS_MAX; i++) {
        const char *target = g_hash_table_lookup(all->links, name);
        if (!target)
            break;
        name = target;
    }
    return name;
}

static GBytes *document_bytes(const struct image_documents *all, const char *name, GError **error)
{
    if (all->at->directory) {
        g_autofree char *path = g_build_filename(all->at->path, name, NULL);
        return host_read_uncached(all->at->host, path, DOCUMENT_MAX, error);
    }
    bool twice = g_hash_table_contains(all->twice, name);
    name = image_documents_name(all, name);
    GBytes *bytes = g_hash_table_lookup(all->documents, name);
    if (twice || g_hash_table_contains(all->twice, name)) {
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s comes twice in it, and not the same", name);
        return NULL;
    }
    if (!bytes && g_hash_table_contains(all->links, name))
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s is a link to too many others", name);
    else if (!bytes && g_hash_table_contains(all->left, name))
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s is larger than is read, or too much was read before it", name);
    else if (!bytes)
        g_set_error(error, PL_ERROR, PL_ERROR_ABSENT, "%s is not in it", name);
    return bytes ? g_bytes_ref(bytes) : NULL;
}

/* Nobody else checks a blob's name before an engine does. */
static bool is_expected(const char *name, GBytes *bytes, const json_object *descriptor, GError **error)
{
    const char *digest = tree_string(descriptor, "digest");
    const json_object *size = tree_member(descriptor, "size");
    GChecksumType type = digest && g_str_has_prefix(digest, "sha512:") ? G_CHECKSUM_SHA512 : G_CHECKSUM_SHA256;
    g_autofree char *hex = g_compute_checksum_for_bytes(type, bytes);
    g_autofree char *own = g_strconcat(type == G_CHECKSUM_SHA512 ? "sha512:" : "sha256:", hex, NULL);
    bool same_size = !size || (json_object_is_type(size, json_type_int) &&
                               json_object_get_int64(size) == (gint64)g_bytes_get_size(bytes));
    if (!descriptor || (digest && g_ascii_strcasecmp(digest, own) == 0 && same_size))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: its content has another %s", name, same_size ? "digest" : "size");
    return false;
}

json_object *image_document(const struct image_documents *all, const char *name, const struct image_expected *expected,
                            GError **error)
{
    g_autoptr(GBytes) bytes = document_bytes(all, name, error);
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    g_autofree char *copy = g_strndup(text ? text : "", n);
    if (!bytes || !is_expected(name, bytes, expected->descriptor, error))
        return NULL;
    if (expected->digest) {
        g_autofree char *hex = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
        *expected->digest = g_strconcat("sha256:", hex, NULL);
    }
    json_object *tree = format_find("json-go")->parse(name, copy, n, error);
    json_names_spell(tree, expected->names);
    return tree;
}
