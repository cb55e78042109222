/* The one walk: of an inline host by its nodes, else walk_real.c; then the threads' parts are put together. */
#include "host/walk.h"

#include "host/file_caps.h"
#include "host/private.h"
#include "host/walk_part.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void see_inline(struct walk_part *part, const char *path, const struct walk_scope *above);

static unsigned see_inline_caps(struct walk_part *part, const struct walk_scope *scope, const char *path,
                                const struct host_stat *st, uint64_t *caps)
{
    g_autoptr(GBytes) value = NULL;
    if (!walk_wants_caps(scope, st))
        return 0;
    int err = part->host->fs->ops->getxattr(part->host->fs, path, FILE_CAPS_ATTRIBUTE, &value);
    if (err && err != -ENODATA && err != -ENOENT)
        walk_note_error(part, WALK_CAPABILITY, path, -err);
    struct file_caps found;
    if (err || !file_caps_parse(g_bytes_get_data(value, NULL), g_bytes_get_size(value), &found))
        return 0;
    *caps = found.permitted;
    return WALK_CAPABILITY;
}

static void see_inline_name(struct walk_part *part, const char *directory, const char *name,
                            const struct walk_scope *scope)
{
    g_autofree char *path = g_strconcat(directory, "/", name, NULL);
    struct host_stat st;
    int err = part->host->fs->ops->stat(part->host->fs, path, false, &st);
    if (err && err != -ENOENT)
        walk_note_error(part, scope->kinds, path, -err);
    if (err || S_ISLNK(st.mode))
        return;
    uint64_t caps = 0;
    unsigned kinds = walk_kinds(part, scope, directory, &st);
    kinds |= see_inline_caps(part, scope, path, &st, &caps);
    if (kinds)
        walk_keep_add(part->keep, directory, name, kinds, &st, caps);
    if (S_ISDIR(st.mode))
        see_inline(part, path, scope);
}

static void see_inline(struct walk_part *part, const char *path, const struct walk_scope *above)
{
    struct host *host = part->host;
    struct walk_scope scope;
    const struct walk_note *note = walk_plan_note(part->plan, path);
    if (!walk_plan_enter(part->plan, path, strlen(path), note, above, &scope))
        return;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = host->fs->ops->list(host->fs, *path ? path : "/", G_MAXINT, entries);
    if (err)
        walk_note_error(part, scope.kinds, path, -err);
    for (guint i = 0; i < entries->len; i++) {
        const char *name = ((struct host_dirent *)g_ptr_array_index(entries, i))->name;
        if (!note || !note->borders || !g_hash_table_contains(note->borders, name))
            see_inline_name(part, path, name, &scope);
    }
}

static void walk_inline(struct host *host, struct walk_plan *plan, struct walk_keep *keep, GPtrArray *parts)
{
    struct walk_part *part = g_new0(struct walk_part, 1);
    walk_part_init(part, host, plan, keep);
    g_ptr_array_add(parts, part);
    for (guint i = 0; i < plan->starts->len; i++) {
        const struct walk_start *start = g_ptr_array_index(plan->starts, i);
        struct host_stat st;
        const char *path = g_str_equal(start->path, "/") ? "" : start->path;
        /* A test may state a mount without saying what is in it. */
        if (!*path || host->fs->ops->stat(host->fs, path, false, &st) == 0)
            see_inline(part, path, &start->scope);
    }
}

static int by_path(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const struct walk_entry *const *)a)->path, (*(const struct walk_entry *const *)b)->path);
}

static int gaps_by_path(gconstpointer a, gconstpointer b)
{
    const struct walk_gap *left = *(const struct walk_gap *const *)a, *right = *(const struct walk_gap *const *)b;
    int order = strcmp(left->path, right->path);
    return order ? order : strcmp(left->text, right->text);
}

static int groups_in_order(gconstpointer a, gconstpointer b)
{
    const struct walk_group *left = *(const struct walk_group *const *)a, *right = *(const struct walk_group *const *)b;
    const gint64 pairs[][2] = {
        {left->kind, right->kind}, {left->uid, right->uid}, {left->gid, right->gid}, {left->mode, right->mode}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        if (pairs[i][0] != pairs[i][1])
            return pairs[i][0] < pairs[i][1] ? -1 : 1;
    return 0;
}

/* A file that something is mounted on is met in its directory and as a start. */
static void drop_twins(GPtrArray *entries)
{
    g_ptr_array_sort(entries, by_path);
    for (guint i = entries->len; i > 1; i--)
        if (by_path(&entries->pdata[i - 1], &entries->pdata[i - 2]) == 0)
            g_ptr_array_remove_index(entries, i - 1);
}

/* Two threads met the same place. */
static void drop_twin_gaps(GPtrArray *gaps)
{
    for (guint i = gaps->len; i > 1; i--) {
        struct walk_gap *gap = gaps->pdata[i - 1], *before = gaps->pdata[i - 2];
        if (gap->why != WALK_GAP_BOUND || before->why != gap->why || gaps_by_path(&gap, &before) != 0)
            continue;
        before->kinds |= gap->kinds;
        g_ptr_array_remove_index(gaps, i - 1);
    }
}

static void bound_gaps(struct walk *walk)
{
    for (guint i = WALK_GAPS_MAX; i < walk->gaps->len; i++) {
        walk->more_gaps++;
        walk->more_kinds |= ((const struct walk_gap *)g_ptr_array_index(walk->gaps, i))->kinds;
    }
    if (walk->gaps->len > WALK_GAPS_MAX)
        g_ptr_array_set_size(walk->gaps, WALK_GAPS_MAX);
}

static struct walk *collect(struct host *host, GPtrArray *parts, struct walk_plan *plan, struct walk_keep *keep)
{
    struct walk *walk = g_new0(struct walk, 1);
    walk->gaps = g_ptr_array_new_with_free_func(walk_gap_free);
    for (guint i = 0; i < parts->len; i++)
        walk_part_merge(g_ptr_array_index(parts, i), walk, walk->gaps);
    walk_plan_forgive(host, walk->gaps);
    g_ptr_array_extend_and_steal(walk->gaps, g_steal_pointer(&plan->gaps));
    walk_keep_move(keep, walk, walk->gaps);
    drop_twins(walk->entries);
    g_ptr_array_sort(walk->groups, groups_in_order);
    g_ptr_array_sort(walk->gaps, gaps_by_path);
    drop_twin_gaps(walk->gaps);
    bound_gaps(walk);
    return walk;
}

static gpointer make_walk(struct host *host, gpointer data)
{
    (void)data;
    pl_auto(walk_plan) plan = walk_plan_new(host);
    pl_auto(walk_keep) keep = walk_keep_new();
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    if (host->http)
        walk_inline(host, plan, keep, parts);
    else
        walk_real(host, plan, keep, parts);
    return collect(host, parts, plan, keep);
}

static void walk_free(gpointer data)
{
    struct walk *walk = data;
    g_ptr_array_unref(walk->entries);
    g_ptr_array_unref(walk->groups);
    g_ptr_array_unref(walk->gaps);
    g_free(walk);
}

const struct walk *host_walk(struct host *host)
{
    return host_memo(host, "host/walk", make_walk, NULL, walk_free);
}
