#include "host/walk_plan.h"

#include "host/private.h"

#include <limits.h>
#include <string.h>

/* Places that were not expected are looked up again; more of them are a flood. */
#define FORGIVEN_MAX 10000U

/* A path that is too long to be used is that of the innermost directory that has one: deep trees hold a thousand gaps.
 */
static char *place_of(const char *path)
{
    char *place = g_strndup(*path ? path : "/", PATH_MAX);
    if (strlen(place) == PATH_MAX)
        *strrchr(place, '/') = '\0';
    return place;
}

struct walk_gap *walk_gap_new(enum walk_gap_why why, unsigned kinds, const char *path, const char *text)
{
    struct walk_gap *gap = g_new0(struct walk_gap, 1);
    *gap = (struct walk_gap){.why = why, .kinds = kinds, .path = place_of(path), .text = g_strdup(text)};
    return gap;
}

void walk_gap_free(gpointer data)
{
    struct walk_gap *gap = data;
    g_free(gap->path);
    g_free(gap->text);
    g_free(gap);
}

static void start_free(gpointer data)
{
    struct walk_start *start = data;
    g_free(start->path);
    g_free(start);
}

static void note_free(gpointer data)
{
    struct walk_note *note = data;
    if (note->borders)
        g_hash_table_unref(note->borders);
    g_free(note);
}

static const char *key_of(const char *path)
{
    return g_str_equal(path, "/") ? "" : path;
}

static struct walk_note *note_at(struct walk_plan *plan, const char *path)
{
    struct walk_note *note = g_hash_table_lookup(plan->notes, key_of(path));
    if (!note) {
        note = g_new0(struct walk_note, 1);
        g_hash_table_insert(plan->notes, g_strdup(key_of(path)), note);
    }
    return note;
}

const struct walk_note *walk_plan_note(const struct walk_plan *plan, const char *path)
{
    return g_hash_table_lookup(plan->notes, path);
}

static void add_border(struct walk_plan *plan, const char *point)
{
    if (g_str_equal(point, "/"))
        return;
    g_autofree char *directory = g_path_get_dirname(point);
    struct walk_note *note = note_at(plan, directory);
    if (!note->borders)
        note->borders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(note->borders, g_path_get_basename(point));
}

static void narrow(struct walk_scope *scope, const struct walk_storage *storage)
{
    scope->kinds &= WALK_PRIVILEGED;
    scope->root_only = scope->root_only || storage->owner != 0;
    scope->storage = storage;
}

bool walk_plan_enter(struct walk_plan *plan, const char *path, size_t length, const struct walk_note *note,
                     const struct walk_scope *above, struct walk_scope *scope)
{
    *scope = *above;
    if (note && note->storage) {
        narrow(scope, note->storage);
    } else if (!scope->storage && walk_storage_may_be_home(path, length)) {
        struct walk_storage *storage = walk_storage_of_home(plan->host, path);
        if (storage) {
            g_mutex_lock(&plan->lock);
            g_ptr_array_add(plan->storages, storage);
            g_mutex_unlock(&plan->lock);
            narrow(scope, storage);
        }
    }
    return !scope->storage || !walk_storage_omits(plan->host, scope->storage, path);
}

/* The innermost storage that a path lies in. */
static const struct walk_storage *storage_over(const struct walk_plan *plan, const char *path)
{
    g_autofree char *directory = g_strdup(path);
    while (*directory == '/' && directory[1]) {
        const struct walk_note *note = walk_plan_note(plan, directory);
        if (note && note->storage)
            return note->storage;
        char *above = g_path_get_dirname(directory);
        g_free(directory);
        directory = above;
    }
    return NULL;
}

static void add_start(struct walk_plan *plan, const char *path)
{
    struct walk_scope scope = {.kinds = WALK_ALL};
    const struct walk_storage *storage = storage_over(plan, path);
    if (storage)
        narrow(&scope, storage);
    if (storage && walk_storage_omits(plan->host, storage, path))
        return;
    struct walk_start *start = g_new0(struct walk_start, 1);
    start->path = g_strdup(path);
    start->scope = scope;
    g_ptr_array_add(plan->starts, start);
}

/* Where `other`, a mount that is walked, shows the directory that is the top of `mount`; NULL where it does not. */
static char *seen_at(const struct walk_plan *plan, const struct walk_mounts *mounts, const struct walk_mount *other,
                     const struct walk_mount *mount)
{
    /* The root of a file system without directories is no path: "net:[4026531840]". */
    if (*mount->root != '/' || *other->root != '/')
        return NULL;
    if (other->major != mount->major || other->minor != mount->minor || !walk_is_below(mount->root, other->root))
        return NULL;
    const char *rest = walk_rest(mount->root, other->root);
    g_autofree char *path = g_strconcat(key_of(other->point), rest, NULL);
    if (!*path || walk_mounts_serving(mounts, path) != other)
        return *path ? NULL : g_strdup("/");
    /* What is left out there is looked for here. */
    return storage_over(plan, path) ? NULL : g_steal_pointer(&path);
}

/* A bind mount shows what is walked elsewhere, but for what is mounted over there: that is walked here. */
static void add_shadowed(struct walk_plan *plan, const struct walk_mounts *mounts, const struct walk_mount *other,
                         const char *there, const struct walk_mount *mount)
{
    const GPtrArray *over = g_hash_table_lookup(mounts->children, &other->id);
    for (guint i = 0; over && i < over->len; i++) {
        const struct walk_mount *cover = g_ptr_array_index(over, i);
        if (cover == mount || !walk_is_below(cover->point, there) || g_str_equal(cover->point, there))
            continue;
        g_autofree char *path = g_strconcat(key_of(mount->point), walk_rest(cover->point, there), NULL);
        if (*path && walk_mounts_serving(mounts, path) == mount)
            add_start(plan, path);
    }
}

struct walk_plan_planning {
    struct walk_plan *plan;
    const struct walk_mounts *mounts;
    GHashTable *walked; /* device -> GPtrArray of mounts that are walked */
};

static void plan_walk(struct walk_plan_planning *planning, const struct walk_mount *mount)
{
    g_autofree char *device = g_strdup_printf("%u:%u", mount->major, mount->minor);
    GPtrArray *walked = g_hash_table_lookup(planning->walked, device);
    if (!walked) {
        walked = g_ptr_array_new();
        g_hash_table_insert(planning->walked, g_steal_pointer(&device), walked);
    }
    for (guint i = 0; i < walked->len; i++) {
        const struct walk_mount *other = g_ptr_array_index(walked, i);
        g_autofree char *there = seen_at(planning->plan, planning->mounts, other, mount);
        if (there) {
            add_shadowed(planning->plan, planning->mounts, other, there, mount);
            return;
        }
    }
    g_ptr_array_add(walked, (gpointer)(uintptr_t)mount);
    add_start(planning->plan, mount->point);
}

static void plan_mount(struct walk_plan_planning *planning, const struct walk_mount *mount)
{
    struct walk_verdict verdict;
    if (!walk_mounts_shows(planning->mounts, mount))
        return;
    walk_mount_judge(mount, &verdict);
    if (verdict.what == MOUNT_WALK)
        plan_walk(planning, mount);
    else if (verdict.what == MOUNT_NAME)
        g_ptr_array_add(planning->plan->gaps, walk_gap_new(WALK_GAP_LEFT, verdict.kinds, mount->point, verdict.text));
    g_free(verdict.text);
}

/* The widest first: what they show, others show again. */
static int by_root(gconstpointer a, gconstpointer b)
{
    const struct walk_mount *left = *(const struct walk_mount *const *)a, *right = *(const struct walk_mount *const *)b;
    size_t l = strlen(left->root), r = strlen(right->root);
    return l < r ? -1 : l > r;
}

static void plan_mounts(struct walk_plan *plan, const struct walk_mounts *mounts)
{
    g_autoptr(GHashTable) walked =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    struct walk_plan_planning planning = {.plan = plan, .mounts = mounts, .walked = walked};
    g_autoptr(GPtrArray) order = g_ptr_array_copy(mounts->list, NULL, NULL);
    g_ptr_array_set_free_func(order, NULL);
    g_ptr_array_sort(order, by_root);
    for (guint i = 0; i < order->len; i++)
        add_border(plan, ((const struct walk_mount *)g_ptr_array_index(order, i))->point);
    for (guint i = 0; i < order->len; i++)
        plan_mount(&planning, g_ptr_array_index(order, i));
}

static void plan_storages(struct walk_plan *plan)
{
    plan->storages = walk_storage_find(plan->host);
    for (guint i = 0; i < plan->storages->len; i++) {
        const struct walk_storage *storage = g_ptr_array_index(plan->storages, i);
        note_at(plan, storage->path)->storage = storage;
    }
}

static bool starts_at_root(const struct walk_plan *plan)
{
    for (guint i = 0; i < plan->starts->len; i++)
        if (g_str_equal(((const struct walk_start *)g_ptr_array_index(plan->starts, i))->path, "/"))
            return true;
    return false;
}

/* Ids without a name are told by passwd and group alone. */
static void add_names_gap(struct walk_plan *plan, const GError *error, unsigned kind, const char *path)
{
    bool denied = g_error_matches(error, PL_ERROR, PL_ERROR_DENIED);
    if (error)
        g_ptr_array_add(plan->gaps,
                        walk_gap_new(denied ? WALK_GAP_DENIED : WALK_GAP_FAILED, kind, path, error->message));
}

struct walk_plan *walk_plan_new(struct host *host)
{
    struct walk_plan *plan = g_new0(struct walk_plan, 1);
    g_mutex_init(&plan->lock);
    plan->host = host;
    plan->starts = g_ptr_array_new_with_free_func(start_free);
    plan->gaps = g_ptr_array_new_with_free_func(walk_gap_free);
    plan->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, note_free);
    pl_auto(walk_mounts) mounts = walk_mounts_new(host);
    plan_storages(plan);
    plan_mounts(plan, mounts);
    if (!starts_at_root(plan))
        add_start(plan, "/");
    if (mounts->error)
        g_ptr_array_add(plan->gaps, walk_gap_new(WALK_GAP_FAILED, WALK_ALL, "/", mounts->error->message));
    add_names_gap(plan, host_users_error(host), WALK_UNOWNED, "/etc/passwd");
    add_names_gap(plan, host_groups_error(host), WALK_UNGROUPED, "/etc/group");
    return plan;
}

void walk_plan_free(struct walk_plan *plan)
{
    g_ptr_array_unref(plan->starts);
    g_hash_table_unref(plan->notes);
    g_clear_pointer(&plan->gaps, g_ptr_array_unref);
    g_ptr_array_unref(plan->storages);
    g_mutex_clear(&plan->lock);
    g_free(plan);
}

/* What the gap is by the table as it is now; false when it is none. */
static bool still_gap(const struct walk_mounts *mounts, struct walk_gap *gap)
{
    const struct walk_mount *mount = walk_mounts_serving(mounts, gap->path);
    struct walk_verdict verdict;
    if (gap->why == WALK_GAP_BOUND) /* a place below which something lies, mounted on or not */
        return true;
    if (!mount || !g_str_equal(mount->point, gap->path) || g_str_equal(gap->path, "/"))
        return true;
    walk_mount_judge(mount, &verdict);
    if (verdict.what == MOUNT_NAME) {
        gap->kinds &= verdict.kinds;
        g_free(gap->text);
        gap->text = verdict.text;
    }
    return verdict.what != MOUNT_NOTHING && gap->kinds;
}

void walk_plan_forgive(struct host *host, GPtrArray *gaps)
{
    if (!gaps->len || gaps->len > FORGIVEN_MAX || host->http)
        return;
    pl_auto(walk_mounts) mounts = walk_mounts_new(host);
    for (guint i = gaps->len; i > 0; i--)
        if (!still_gap(mounts, g_ptr_array_index(gaps, i - 1)))
            g_ptr_array_remove_index(gaps, i - 1);
}
