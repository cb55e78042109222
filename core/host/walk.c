/* The one walk: of an inline host by its nodes, else walk_real.c; then the threads' parts are put together. */
#include "host/walk.h"

#include "host/private.h"
#include "host/walk_part.h"
#include "model/value.h"

#include <string.h>
#include <sys/stat.h>

#define CAPS_ATTRIBUTE "security.capability"

static void walk_entry_free(gpointer data)
{
    struct walk_entry *entry = data;
    g_free(entry->path);
    g_free(entry);
}

static void see_inline(struct walk_part *part, const char *path, unsigned depth);

static void see_inline_name(struct walk_part *part, const char *directory, const char *name, unsigned depth)
{
    struct host *host = part->host;
    g_autofree char *path = g_strconcat(directory, "/", name, NULL);
    struct host_stat st;
    if (host->fs->ops->stat(host->fs, path, false, &st) != 0)
        return;
    bool is_directory = S_ISDIR(st.mode);
    part->files += !is_directory;
    if (S_ISLNK(st.mode) || (is_directory && walk_plan_is_border(part->plan, path)))
        return;
    if (is_directory && walk_plan_omits(part->plan, path)) {
        g_ptr_array_add(part->left_out, g_strdup(path));
        return;
    }
    g_autoptr(GBytes) caps = NULL;
    unsigned kinds = walk_kinds(part, directory, &st);
    if (S_ISREG(st.mode) && st.mode & 0111 && host->fs->ops->getxattr(host->fs, path, CAPS_ATTRIBUTE, &caps) == 0)
        kinds |= WALK_CAPABILITY;
    if (kinds)
        walk_keep(part, directory, name, kinds, &st,
                  caps ? walk_parse_caps(g_bytes_get_data(caps, NULL), g_bytes_get_size(caps)) : 0);
    if (is_directory)
        see_inline(part, path, depth + 1);
}

static void see_inline(struct walk_part *part, const char *path, unsigned depth)
{
    struct host *host = part->host;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    part->directories++;
    if (depth > WALK_DEPTH_MAX || host->fs->ops->list(host->fs, *path ? path : "/", G_MAXINT, entries) != 0) {
        walk_note_unreadable(part, path);
        return;
    }
    for (guint i = 0; i < entries->len; i++)
        see_inline_name(part, path, ((struct host_dirent *)g_ptr_array_index(entries, i))->name, depth);
}

static void walk_inline(struct host *host, const struct walk_plan *plan, gint *kept, GPtrArray *parts)
{
    struct walk_part *part = g_new0(struct walk_part, 1);
    walk_part_init(part, host, plan, kept);
    g_ptr_array_add(parts, part);
    for (guint i = 0; i < plan->starts->len; i++) {
        const char *start = g_ptr_array_index(plan->starts, i);
        see_inline(part, g_str_equal(start, "/") ? "" : start, 0);
    }
}

static int by_path(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const struct walk_entry *const *)a)->path, (*(const struct walk_entry *const *)b)->path);
}

static char **take_sorted(GPtrArray *texts)
{
    g_ptr_array_sort(texts, value_order_texts);
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

static struct walk *collect(GPtrArray *parts, struct walk_plan *plan)
{
    struct walk *walk = g_new0(struct walk, 1);
    walk->entries = g_ptr_array_new_with_free_func(walk_entry_free);
    GPtrArray *unreadable = g_ptr_array_new();
    for (guint i = 0; i < parts->len; i++)
        walk_part_merge(g_ptr_array_index(parts, i), walk, plan, unreadable);
    g_ptr_array_sort(walk->entries, by_path);
    walk->unreadable = take_sorted(unreadable);
    GPtrArray *skipped = g_ptr_array_new();
    for (guint i = 0; i < plan->skipped->len; i++)
        g_ptr_array_add(skipped, g_strdup(g_ptr_array_index(plan->skipped, i)));
    walk->skipped = take_sorted(skipped);
    return walk;
}

static gpointer make_walk(struct host *host, gpointer data)
{
    (void)data;
    pl_auto(walk_plan) plan = walk_plan_new(host);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    gint kept[WALK_KINDS] = {0};
    if (host->http)
        walk_inline(host, plan, kept, parts);
    else
        walk_real(host, plan, kept, parts);
    return collect(parts, plan);
}

static void walk_free(gpointer data)
{
    struct walk *walk = data;
    g_ptr_array_unref(walk->entries);
    g_strfreev(walk->unreadable);
    g_strfreev(walk->skipped);
    g_free(walk);
}

const struct walk *host_walk(struct host *host)
{
    return host_memo(host, "host/walk", make_walk, NULL, walk_free);
}
