#include "host/walk_keep.h"

#include "host/walk_plan.h"

#include <limits.h>
#include <string.h>

/* Groups: of root as many again as of all others, so that others' files cannot take their place. */
#define GROUPS_MAX 1000U

/* Which files are alike. */
struct group_key {
    unsigned kind;
    uid_t uid;
    gid_t gid;
    mode_t mode;
};

/* Files that no group was left for. */
struct lost {
    guint64 count;
    char *below;
};

struct walk_keep {
    GMutex lock;
    GPtrArray *entries;                         /* struct walk_entry */
    GHashTable *groups;                         /* struct group_key -> struct walk_group */
    GHashTable *owners;                         /* kind's number and uid -> entries kept of both */
    guint root[WALK_KINDS], others[WALK_KINDS]; /* entries kept of root and of all others */
    guint root_groups, other_groups;
    struct lost lost[WALK_KINDS];
};

static guint hash_key(gconstpointer data)
{
    const struct group_key *key = data;
    return ((key->kind * 31U + key->uid) * 31U + key->gid) * 31U + key->mode;
}

static gboolean same_key(gconstpointer a, gconstpointer b)
{
    const struct group_key *left = a, *right = b;
    return left->kind == right->kind && left->uid == right->uid && left->gid == right->gid && left->mode == right->mode;
}

static void group_free(gpointer data)
{
    struct walk_group *group = data;
    g_free(group->below);
    g_free(group);
}

static void entry_free(gpointer data)
{
    struct walk_entry *entry = data;
    g_free(entry->path);
    g_free(entry);
}

struct walk_keep *walk_keep_new(void)
{
    struct walk_keep *keep = g_new0(struct walk_keep, 1);
    g_mutex_init(&keep->lock);
    keep->entries = g_ptr_array_new_with_free_func(entry_free);
    keep->groups = g_hash_table_new_full(hash_key, same_key, g_free, group_free);
    keep->owners = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return keep;
}

void walk_keep_free(struct walk_keep *keep)
{
    g_ptr_array_unref(keep->entries);
    g_hash_table_unref(keep->groups);
    g_hash_table_unref(keep->owners);
    for (guint i = 0; i < WALK_KINDS; i++)
        g_free(keep->lost[i].below);
    g_mutex_clear(&keep->lock);
    g_free(keep);
}

static bool owner_has_room(struct walk_keep *keep, guint kind, uid_t uid)
{
    gint64 key = (gint64)uid << 8 | kind;
    guint kept = GPOINTER_TO_UINT(g_hash_table_lookup(keep->owners, &key));
    if (kept >= WALK_OWNER_MAX || keep->others[kind] >= WALK_OTHERS_MAX)
        return false;
    keep->others[kind]++;
    g_hash_table_insert(keep->owners, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(kept + 1));
    return true;
}

static bool has_room(struct walk_keep *keep, guint kind, uid_t uid)
{
    if (uid != 0)
        return owner_has_room(keep, kind, uid);
    if (keep->root[kind] >= WALK_ROOT_MAX)
        return false;
    keep->root[kind]++;
    return true;
}

/* Shortens *below to the directory that `directory` lies below as well. */
static void widen(char **below, const char *directory)
{
    size_t at = 0, end = 0;
    char *common = *below ? *below : g_strndup(directory, PATH_MAX - 1);
    *below = common;
    for (; common[at] && common[at] == directory[at]; at++)
        end = common[at] == '/' ? at : end;
    bool whole = !common[at] && (!directory[at] || directory[at] == '/');
    bool above = common[at] == '/' && !directory[at];
    common[whole || above ? at : end] = '\0';
}

static struct walk_group *group_of(struct walk_keep *keep, unsigned kind, const struct host_stat *st)
{
    struct group_key key = {.kind = kind, .uid = st->uid, .gid = st->gid, .mode = st->mode};
    struct walk_group *group = g_hash_table_lookup(keep->groups, &key);
    guint *groups = st->uid == 0 ? &keep->root_groups : &keep->other_groups;
    if (group || *groups >= GROUPS_MAX)
        return group;
    ++*groups;
    group = g_new0(struct walk_group, 1);
    *group = (struct walk_group){.kind = kind, .uid = st->uid, .gid = st->gid, .mode = st->mode};
    g_hash_table_insert(keep->groups, g_memdup2(&key, sizeof key), group);
    return group;
}

static void count(struct walk_keep *keep, guint kind, const char *directory, bool named, const struct host_stat *st)
{
    struct walk_group *group = group_of(keep, 1U << kind, st);
    if (group) {
        group->count++;
        group->named = group->named || named;
        widen(&group->below, directory);
    } else {
        keep->lost[kind].count++;
        widen(&keep->lost[kind].below, directory);
    }
}

static void add_entry(struct walk_keep *keep, const char *directory, const char *name, unsigned kinds,
                      const struct host_stat *st, uint64_t caps)
{
    struct walk_entry *entry = g_new0(struct walk_entry, 1);
    entry->path = *name ? g_strconcat(directory, "/", name, NULL) : g_strdup(*directory ? directory : "/");
    entry->kinds = kinds;
    entry->stat = *st;
    entry->caps_permitted = caps;
    g_ptr_array_add(keep->entries, entry);
}

void walk_keep_add(struct walk_keep *keep, const char *directory, const char *name, unsigned kinds,
                   const struct host_stat *st, uint64_t caps)
{
    unsigned kept = 0;
    /* The path of a deep directory may be a megabyte, and many files lie in it. */
    bool named = strnlen(directory, PATH_MAX) + 1 + strlen(name) < PATH_MAX;
    g_mutex_lock(&keep->lock);
    for (guint i = 0; i < WALK_KINDS; i++) {
        if (!(kinds & 1U << i))
            continue;
        if (named && has_room(keep, i, st->uid))
            kept |= 1U << i;
        else
            count(keep, i, directory, named, st);
    }
    if (kept)
        add_entry(keep, directory, name, kept, st, caps);
    g_mutex_unlock(&keep->lock);
}

void walk_keep_move(struct walk_keep *keep, struct walk *walk, GPtrArray *gaps)
{
    GHashTableIter iter;
    gpointer group = NULL, key = NULL;
    walk->entries = g_ptr_array_ref(keep->entries);
    walk->groups = g_ptr_array_new_with_free_func(group_free);
    g_hash_table_iter_init(&iter, keep->groups);
    while (g_hash_table_iter_next(&iter, &key, &group)) {
        g_hash_table_iter_steal(&iter);
        g_free(key);
        g_ptr_array_add(walk->groups, group);
    }
    for (guint i = 0; i < WALK_KINDS; i++) {
        g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT " more files than are kept", keep->lost[i].count);
        if (keep->lost[i].count)
            g_ptr_array_add(gaps, walk_gap_new(WALK_GAP_BOUND, 1U << i, keep->lost[i].below, text));
    }
}
