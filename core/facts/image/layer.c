/* Filling a layer, from an archive, and what it hides.
 *
 * A path that comes twice in one archive is what the later entry says, as when it is unpacked; secrets of the earlier
 * one stay noted, because they are still in the layer's bytes. */
#include "facts/image/layer.h"

#include "facts/image/kind.h"
#include "model/error.h"

#include <string.h>

#define WHITEOUT        ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define ESCAPING_MAX    100

static void file_free(gpointer data)
{
    struct image_file *file = data;
    g_free(file->path);
    g_free(file->hardlink);
    g_clear_pointer(&file->content, g_bytes_unref);
    g_free(file);
}

static GHashTable *set_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

struct image_layer *image_layer_new(bool whole)
{
    struct image_layer *layer = g_new0(struct image_layer, 1);
    layer->whole = whole;
    layer->names = set_new();
    layer->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    layer->whited = set_new();
    layer->opaque = set_new();
    layer->escaping = set_new();
    layer->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, file_free);
    return layer;
}

void image_layer_free(gpointer data)
{
    struct image_layer *layer = data;
    if (!layer)
        return;
    g_hash_table_unref(layer->names);
    g_hash_table_unref(layer->links);
    g_hash_table_unref(layer->whited);
    g_hash_table_unref(layer->opaque);
    g_hash_table_unref(layer->escaping);
    g_hash_table_unref(layer->files);
    g_clear_error(&layer->error);
    g_clear_error(&layer->hindered);
    g_free(layer);
}

void image_layer_whiteout(struct image_layer *layer, const char *path)
{
    g_hash_table_add(layer->whited, g_strdup(path));
}

void image_layer_opaque(struct image_layer *layer, const char *directory)
{
    g_hash_table_add(layer->opaque, g_strdup(directory));
}

/* ---- entries ---- */

/* What a hard link is: its target in the same layer, or still to be found below. */
static void resolve_hardlink(const struct image_layer *layer, const struct archive_member *member,
                             struct image_file *file)
{
    const struct image_file *target = g_hash_table_lookup(layer->files, member->link);
    bool here = g_hash_table_contains(layer->names, member->link);
    if (target) {
        file->kinds |= target->kinds & ~IMAGE_BY_PLACE;
        file->hardlink = g_strdup(target->hardlink);
    } else if (!here) {
        file->hardlink = g_strdup(member->link);
    }
}

static void put_file(struct image_layer *layer, struct image_file *file)
{
    const struct image_file *earlier = g_hash_table_lookup(layer->files, file->path);
    file->kinds |= earlier ? earlier->kinds & IMAGE_SECRETS : 0;
    if (file->kinds || file->hardlink)
        g_hash_table_replace(layer->files, file->path, file);
    else if (earlier)
        g_hash_table_remove(layer->files, file->path);
    if (!file->kinds && !file->hardlink)
        file_free(file);
}

static bool read_content(struct image_layer *layer, const struct archive_member *member, struct image_file *file,
                         image_content_reader read, gpointer data)
{
    gsize wanted = image_content_wanted(member, file->kinds);
    if (!wanted)
        return true;
    g_autoptr(GBytes) content = read(data, wanted, &layer->error);
    if (!content)
        return layer->error == NULL;
    file->kinds |= image_kinds_of_content(member, content);
    if (file->kinds & IMAGE_BIT(IMAGE_TEXT))
        file->content = g_steal_pointer(&content);
    return true;
}

static bool note_escape(struct image_layer *layer, const struct archive_member *member)
{
    if (g_hash_table_size(layer->escaping) < ESCAPING_MAX)
        g_hash_table_add(layer->escaping, g_strdup(member->path));
    else if (!layer->hindered)
        g_set_error(&layer->hindered, PL_ERROR, PL_ERROR_LIMIT, "more than %d names lead out of it", ESCAPING_MAX);
    return true;
}

static enum image_name name_of(const struct archive_member *member)
{
    if (member->kind == ARCHIVE_DIRECTORY)
        return IMAGE_NAME_DIRECTORY;
    return member->kind == ARCHIVE_SYMLINK ? IMAGE_NAME_LINK : IMAGE_NAME_OTHER;
}

bool image_layer_add(struct image_layer *layer, const struct archive_member *member, bool has_capability,
                     image_content_reader read, gpointer data)
{
    if (member->escapes)
        return note_escape(layer, member);
    if (g_hash_table_size(layer->names) >= IMAGE_NAMES_MAX) {
        g_set_error(&layer->error, PL_ERROR, PL_ERROR_LIMIT, "a layer has more than %u names", IMAGE_NAMES_MAX);
        return false;
    }
    struct image_file *file = g_new0(struct image_file, 1);
    file->path = g_strdup(member->path);
    file->kinds = image_kinds_of(member, has_capability);
    bool ok = read_content(layer, member, file, read, data);
    if (member->kind == ARCHIVE_HARDLINK)
        resolve_hardlink(layer, member, file);
    g_hash_table_replace(layer->names, g_strdup(member->path), GINT_TO_POINTER(name_of(member)));
    if (member->kind == ARCHIVE_SYMLINK && member->link)
        g_hash_table_replace(layer->links, g_strdup(member->path), g_strdup(member->link));
    put_file(layer, file);
    return ok;
}

/* ---- archives ---- */

static GBytes *content_of_archive(gpointer data, gsize max, GError **error)
{
    return archive_content(data, max, error);
}

static char *parent_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup("");
}

/* True when the entry's name is a mark and no file. */
static bool take_mark(struct image_layer *layer, const struct archive_member *member)
{
    const char *slash = strrchr(member->path, '/');
    const char *name = slash ? slash + 1 : member->path;
    if (!g_str_has_prefix(name, WHITEOUT) || member->escapes)
        return false;
    g_autofree char *folder = parent_of(member->path);
    if (g_str_equal(name, WHITEOUT_OPAQUE)) {
        image_layer_opaque(layer, folder);
    } else if (!g_str_has_prefix(name, ".wh..wh.")) {
        g_autofree char *gone =
            *folder ? g_strconcat(folder, "/", name + strlen(WHITEOUT), NULL) : g_strdup(name + strlen(WHITEOUT));
        image_layer_whiteout(layer, gone);
    }
    return true;
}

void image_layer_from_archive(struct image_layer *layer, struct archive_reader *reader)
{
    struct archive_member member;
    while (archive_next(reader, &member, &layer->error)) {
        if (take_mark(layer, &member))
            continue;
        bool file = member.kind == ARCHIVE_FILE || member.kind == ARCHIVE_HARDLINK;
        g_autoptr(GBytes) capability = file ? archive_xattr(reader, "security.capability") : NULL;
        if (!image_layer_add(layer, &member, capability != NULL, content_of_archive, reader))
            return;
    }
}

/* ---- hiding ---- */

enum image_name image_layer_name(const struct image_layer *layer, const char *path)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(layer->names, path));
}

bool image_layer_hides(const struct image_layer *layer, const char *path)
{
    if (layer->whole || g_hash_table_contains(layer->names, path) || g_hash_table_contains(layer->whited, path) ||
        g_hash_table_contains(layer->opaque, ""))
        return true;
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_autofree char *folder = g_strndup(path, (gsize)(slash - path));
        if (image_layer_name(layer, folder) >= IMAGE_NAME_OTHER || g_hash_table_contains(layer->whited, folder) ||
            g_hash_table_contains(layer->opaque, folder))
            return true;
    }
    return false;
}
