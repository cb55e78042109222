#include "facts/system/below.h"

#include "host/notes.h"
#include "model/error.h"

#include <sys/stat.h>

/* Entries of listings that are kept of a host, of about 150 bytes each; others are read again when they are asked for.
 */
#define KEPT_MAX 100000

struct listed {
    const char *name;
    struct host_stat stat;
};

struct listing {
    GStringChunk *names;
    GArray *entries; /* struct listed */
    bool more;       /* than are looked at */
};

static void listing_free(gpointer data)
{
    struct listing *listing = data;
    g_string_chunk_free(listing->names);
    g_array_unref(listing->entries);
    g_free(listing);
}

/* A directory of a walk. */
struct folder {
    const struct below *below;
    char *rest; /* below the top: "" or "/a" */
    unsigned depth;
};

static void folder_free(gpointer data)
{
    struct folder *folder = data;
    g_free(folder->rest);
    g_free(folder);
}

static const char *start_of(const char *top)
{
    return g_str_equal(top, "/") ? "" : top;
}

char *below_path(const char *top, const struct below_entry *entry)
{
    const char *start = start_of(top);
    if (!entry->name)
        return g_strdup(top);
    return g_strconcat(start, entry->folder, "/", entry->name, NULL);
}

/* ---- one directory ---- */

static bool is_mounted_at(const struct below *below, const struct below_entry *entry)
{
    g_autofree char *place = below->mounts ? below_path(below->place, entry) : NULL;
    return place && mountinfo_at(below->mounts, place);
}

/* What fails is noted, as is that it is no directory any more; that something vanished meanwhile is no failure. */
static gpointer read_listing(struct host *host, gpointer data)
{
    const struct folder *folder = data;
    const struct below *below = folder->below;
    struct listing *listing = g_new0(struct listing, 1);
    g_autofree char *path = g_strconcat(start_of(below->top), folder->rest, NULL);
    g_auto(GStrv) names = host_list(host, *path ? path : "/", NULL);
    listing->names = g_string_chunk_new(1024);
    listing->entries = g_array_new(FALSE, FALSE, sizeof(struct listed));
    for (char **name = names; name && *name; name++) {
        struct below_entry entry = {.folder = folder->rest, .name = *name};
        struct listed listed;
        if (listing->entries->len >= BELOW_FILES_MAX) {
            listing->more = true;
            break;
        }
        if (is_mounted_at(below, &entry))
            continue;
        g_autofree char *file = below_path(below->top, &entry);
        if (!host_lstat(host, file, &listed.stat, NULL))
            continue;
        listed.name = g_string_chunk_insert(listing->names, *name);
        g_array_append_val(listing->entries, listed);
    }
    return listing;
}

struct kept {
    gint entries;
};

static gpointer make_kept(struct host *host, gpointer data)
{
    (void)host;
    (void)data;
    return g_new0(struct kept, 1);
}

static struct kept *kept_of(struct host *host)
{
    return host_memo(host, "facts:below", make_kept, NULL, g_free);
}

static gpointer keep_listing(struct host *host, gpointer folder)
{
    struct listing *listing = read_listing(host, folder);
    g_atomic_int_add(&kept_of(host)->entries, (gint)listing->entries->len + 1);
    return listing;
}

/* Once a host, as long as there is room. Who enters mounts looks at one container alone. `own` is what the caller
 * frees. */
static const struct listing *listing_of(const struct folder *folder, struct listing **own)
{
    struct host *host = folder->below->host;
    if (!folder->below->mounts || g_atomic_int_get(&kept_of(host)->entries) >= KEPT_MAX)
        return *own = read_listing(host, (gpointer)(uintptr_t)folder);
    g_autofree char *key = g_strconcat("facts:below:", start_of(folder->below->top), folder->rest, NULL);
    return host_memo(host, key, keep_listing, (gpointer)(uintptr_t)folder, listing_free);
}

/* ---- the walk ---- */

struct walking {
    struct below *below;
    GQueue folders; /* struct folder: to be looked into */
    bool found, cut;
    GError *lost; /* why the top could not be looked at; NULL */
};

static bool is_over(const struct walking *walking)
{
    return walking->found || walking->cut;
}

static void enter(struct walking *walking, const struct below_entry *entry, unsigned depth)
{
    struct folder *folder = g_new(struct folder, 1);
    *folder = (struct folder){walking->below, entry->name ? below_path("/", entry) : g_strdup(""), depth};
    g_queue_push_tail(&walking->folders, folder);
}

static void look_at(struct walking *walking, const struct below_entry *entry, unsigned depth)
{
    struct below *below = walking->below;
    if (below->files >= BELOW_FILES_MAX) {
        walking->cut = true;
        return;
    }
    below->files++;
    enum below_step step = below->visit(entry, below->data);
    walking->found = step == BELOW_FOUND;
    if (step == BELOW_ON && S_ISDIR(entry->stat->mode))
        enter(walking, entry, depth);
}

static void look_into(struct walking *walking, const struct folder *folder)
{
    struct listing *own = NULL;
    if (folder->depth >= BELOW_DEPTH_MAX) {
        walking->cut = true;
        return;
    }
    const struct listing *listing = listing_of(folder, &own);
    for (guint i = 0; i < listing->entries->len && !is_over(walking); i++) {
        const struct listed *listed = &g_array_index(listing->entries, struct listed, i);
        struct below_entry entry = {folder->rest, listed->name, &listed->stat};
        look_at(walking, &entry, folder->depth + 1);
    }
    walking->cut |= !walking->found && listing->more;
    if (own)
        listing_free(own);
}

static bool find_top(struct walking *walking, struct host_stat *top)
{
    const struct below *below = walking->below;
    bool seen = below->follow ? host_stat(below->host, below->top, top, &walking->lost)
                              : host_lstat(below->host, below->top, top, &walking->lost);
    if (seen && S_ISLNK(top->mode))
        g_set_error(&walking->lost, PL_ERROR, PL_ERROR_KIND, "%s: is a link", below->top);
    return !walking->lost;
}

static void walk(struct walking *walking)
{
    struct below *below = walking->below;
    struct host_stat top;
    struct below_entry entry = {.folder = "", .stat = &top};
    gint64 until = g_get_monotonic_time() + BELOW_SECONDS_MAX * G_USEC_PER_SEC - below->elapsed;
    if (find_top(walking, &top))
        look_at(walking, &entry, 0);
    while (!is_over(walking) && !g_queue_is_empty(&walking->folders)) {
        struct folder *folder = g_queue_pop_head(&walking->folders);
        walking->cut = g_get_monotonic_time() > until;
        if (!walking->cut)
            look_into(walking, folder);
        folder_free(folder);
    }
}

bool below_walk(struct below *below, GError **error)
{
    struct walking walking = {.below = below, .folders = G_QUEUE_INIT};
    gint64 start = g_get_monotonic_time();
    struct host_noting noted = host_notes_begin();
    walk(&walking);
    if (walking.cut)
        host_note(g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more lies below it than is looked at", below->top));
    GError *later = host_notes_take(&noted);
    g_autoptr(GError) failure = walking.lost ? walking.lost : later;
    if (walking.lost)
        g_clear_error(&later);
    g_queue_clear_full(&walking.folders, folder_free);
    below->elapsed += g_get_monotonic_time() - start;
    if (walking.found || !failure)
        return true;
    if (error) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    /* Nobody asks about what is not there: it has another name by now, or is hidden, and that is no absence. */
    if (failure->code == PL_ERROR_ABSENT)
        failure->code = PL_ERROR_READ;
    host_note(g_steal_pointer(&failure));
    return false;
}
