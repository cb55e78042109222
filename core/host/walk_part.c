#include "host/walk_part.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#define PER_KIND_MAX 12500U /* eight kinds: 100,000 entries */

void walk_part_init(struct walk_part *part, struct host *host, const struct walk_plan *plan, gint *kept)
{
    part->host = host;
    part->plan = plan;
    part->kept = kept;
    part->entries = g_ptr_array_new();
    part->unreadable = g_ptr_array_new();
    part->left_out = g_ptr_array_new_with_free_func(g_free);
    part->uids = g_hash_table_new(g_direct_hash, g_direct_equal);
    part->gids = g_hash_table_new(g_direct_hash, g_direct_equal);
}

static bool is_known(struct walk_part *part, bool group, guint32 id)
{
    GHashTable *table = group ? part->gids : part->uids;
    gpointer known = NULL;
    if (!g_hash_table_lookup_extended(table, GUINT_TO_POINTER(id), NULL, &known)) {
        const char *name = group ? host_group_name(part->host, id) : host_user_name(part->host, id);
        known = GINT_TO_POINTER(name != NULL);
        g_hash_table_insert(table, GUINT_TO_POINTER(id), known);
    }
    return GPOINTER_TO_INT(known);
}

static bool in_dev(const char *directory)
{
    return g_str_equal(directory, "/dev") || g_str_has_prefix(directory, "/dev/");
}

unsigned walk_kinds(struct walk_part *part, const char *directory, const struct host_stat *st)
{
    unsigned kinds = 0;
    if (S_ISREG(st->mode)) {
        kinds |= st->mode & S_ISUID ? WALK_SETUID : 0;
        kinds |= st->mode & S_ISGID ? WALK_SETGID : 0;
        kinds |= st->mode & S_IWOTH ? WALK_WORLD_WRITABLE : 0;
    }
    if (S_ISDIR(st->mode) && st->mode & S_IWOTH && !(st->mode & S_ISVTX))
        kinds |= WALK_STICKY_MISSING;
    if ((S_ISCHR(st->mode) || S_ISBLK(st->mode)) && !in_dev(directory))
        kinds |= WALK_DEVICE;
    kinds |= is_known(part, false, st->uid) ? 0 : WALK_UNOWNED;
    kinds |= is_known(part, true, st->gid) ? 0 : WALK_UNGROUPED;
    return kinds;
}

/* Each kind has room of its own; an entry of two kinds is kept while one of them has. */
static bool has_room(struct walk_part *part, unsigned kinds)
{
    bool room = false;
    for (guint i = 0; i < WALK_KINDS; i++) {
        if (kinds & (1U << i))
            room = (guint)g_atomic_int_add(&part->kept[i], 1) < PER_KIND_MAX || room;
    }
    return room;
}

void walk_keep(struct walk_part *part, const char *directory, const char *name, unsigned kinds,
               const struct host_stat *st, uint64_t caps)
{
    if (!has_room(part, kinds)) {
        part->truncated = true;
        return;
    }
    struct walk_entry *entry = g_new0(struct walk_entry, 1);
    entry->path = *name ? g_strconcat(directory, "/", name, NULL) : g_strdup(*directory ? directory : "/");
    entry->kinds = kinds;
    entry->stat = *st;
    entry->caps_permitted = caps;
    g_ptr_array_add(part->entries, entry);
}

void walk_note_unreadable(struct walk_part *part, const char *path)
{
    part->unreadable_count++;
    if (part->unreadable->len < WALK_UNREADABLE_MAX)
        g_ptr_array_add(part->unreadable, g_strdup(*path ? path : "/"));
}

uint64_t walk_parse_caps(const void *data, gsize size)
{
    guint32 words[5] = {0};
    if (size < XATTR_CAPS_SZ_1)
        return 0;
    memcpy(words, data, MIN(size, sizeof words));
    uint64_t low = GUINT32_FROM_LE(words[1]), high = GUINT32_FROM_LE(words[3]);
    return size >= XATTR_CAPS_SZ_2 ? low | high << 32 : low;
}

static void move_all(GPtrArray *to, GPtrArray *from, guint max)
{
    for (guint i = 0; i < from->len; i++) {
        if (to->len < max)
            g_ptr_array_add(to, g_ptr_array_index(from, i));
        else
            g_free(g_ptr_array_index(from, i));
    }
    g_ptr_array_unref(from);
}

void walk_part_merge(struct walk_part *part, struct walk *walk, struct walk_plan *plan, GPtrArray *unreadable)
{
    walk->files += part->files;
    walk->directories += part->directories;
    walk->unreadable_count += part->unreadable_count;
    walk->truncated = walk->truncated || part->truncated;
    for (guint i = 0; i < part->left_out->len; i++)
        walk_plan_skip(plan, g_ptr_array_index(part->left_out, i), "container storage");
    move_all(walk->entries, part->entries, G_MAXUINT);
    move_all(unreadable, part->unreadable, WALK_UNREADABLE_MAX);
    g_ptr_array_unref(part->left_out);
    g_hash_table_unref(part->uids);
    g_hash_table_unref(part->gids);
}
