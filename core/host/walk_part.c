#include "host/walk_part.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void walk_part_init(struct walk_part *part, struct host *host, struct walk_plan *plan, struct walk_keep *keep)
{
    part->host = host;
    part->plan = plan;
    part->keep = keep;
    part->gaps = g_ptr_array_new_with_free_func(walk_gap_free);
    part->uids.known = g_hash_table_new(g_direct_hash, g_direct_equal);
    part->gids.known = g_hash_table_new(g_direct_hash, g_direct_equal);
    part->deep = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* An id without a name is unknown only where all names could be read; else the plan has a gap for it. */
static bool ask(struct host *host, bool group, guint32 id)
{
    if (group)
        return host_group_name(host, id) || host_groups_error(host);
    return host_user_name(host, id) || host_users_error(host);
}

static bool is_known(struct walk_part *part, bool group, guint32 id)
{
    struct walk_ids *ids = group ? &part->gids : &part->uids;
    gpointer known = NULL;
    if (ids->asked && ids->last == id)
        return ids->last_known;
    if (!g_hash_table_lookup_extended(ids->known, GUINT_TO_POINTER(id), NULL, &known)) {
        known = GINT_TO_POINTER(ask(part->host, group, id));
        g_hash_table_insert(ids->known, GUINT_TO_POINTER(id), known);
    }
    ids->asked = true;
    ids->last = id;
    ids->last_known = GPOINTER_TO_INT(known);
    return ids->last_known;
}

static bool in_dev(const char *directory)
{
    return g_str_equal(directory, "/dev") || g_str_has_prefix(directory, "/dev/");
}

static unsigned kinds_by_mode(const char *directory, mode_t mode)
{
    unsigned kinds = 0;
    if (S_ISREG(mode)) {
        kinds |= mode & S_ISUID ? WALK_SETUID : 0;
        kinds |= mode & S_ISGID ? WALK_SETGID : 0;
        kinds |= mode & S_IWOTH ? WALK_WORLD_WRITABLE : 0;
    }
    if (S_ISDIR(mode) && mode & S_IWOTH && !(mode & S_ISVTX))
        kinds |= WALK_STICKY_MISSING;
    if ((S_ISCHR(mode) || S_ISBLK(mode)) && !in_dev(directory))
        kinds |= WALK_DEVICE;
    return kinds;
}

unsigned walk_kinds(struct walk_part *part, const struct walk_scope *scope, const char *directory,
                    const struct host_stat *st)
{
    if (scope->root_only && st->uid != 0)
        return 0;
    unsigned kinds = kinds_by_mode(directory, st->mode);
    kinds |= is_known(part, false, st->uid) ? 0 : WALK_UNOWNED;
    kinds |= is_known(part, true, st->gid) ? 0 : WALK_UNGROUPED;
    return kinds & scope->kinds;
}

bool walk_wants_caps(const struct walk_scope *scope, const struct host_stat *st)
{
    return S_ISREG(st->mode) && st->mode & 0111 && scope->kinds & WALK_CAPABILITY &&
           (!scope->root_only || st->uid == 0);
}

void walk_note_gap(struct walk_part *part, enum walk_gap_why why, unsigned kinds, const char *path, const char *text)
{
    if (part->gaps->len < WALK_GAPS_MAX) {
        g_ptr_array_add(part->gaps, walk_gap_new(why, kinds, path, text));
        return;
    }
    part->more_gaps++;
    part->more_kinds |= kinds;
}

void walk_note_error(struct walk_part *part, unsigned kinds, const char *path, int err)
{
    bool denied = err == EACCES || err == EPERM;
    walk_note_gap(part, denied ? WALK_GAP_DENIED : WALK_GAP_FAILED, kinds, path, g_strerror(err));
}

void walk_note_depth(struct walk_part *part, unsigned kinds, const char *place, guint levels)
{
    unsigned noted = GPOINTER_TO_UINT(g_hash_table_lookup(part->deep, place));
    if (!(kinds & ~noted))
        return;
    g_autofree char *text = g_strdup_printf("more than %u directories in each other", levels);
    if (part->gaps->len < WALK_GAPS_MAX)
        g_hash_table_insert(part->deep, g_strdup(place), GUINT_TO_POINTER(noted | kinds));
    walk_note_gap(part, WALK_GAP_BOUND, kinds & ~noted, place, text);
}

void walk_part_merge(struct walk_part *part, struct walk *walk, GPtrArray *gaps)
{
    walk->more_gaps += part->more_gaps;
    walk->more_kinds |= part->more_kinds;
    g_ptr_array_extend_and_steal(gaps, part->gaps);
    g_hash_table_unref(part->uids.known);
    g_hash_table_unref(part->gids.known);
    g_hash_table_unref(part->deep);
}
