/* A mount that is writable is filled by whoever may write there, or somewhere below. */
#include "probes/container/fill.h"

#include "facts/container/record.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/change.h"
#include "probes/container/leaks.h"
#include "probes/container/origin.h"
#include "probes/container/others.h"
#include "probes/container/permit.h"

/* What was not found has another name here, or was deleted: it is not denied. What could not be looked at is noted. */
static bool may_fill(const struct view *view, const struct container *container, const char *path)
{
    /* Of what does not run it is not to be seen who may write to its layer, and not denied. */
    if (!*path)
        return container->first->planned || container_may_change_root(view, container);
    struct host_stat file;
    g_autoptr(GError) error = NULL;
    if (host_stat(view->host, path, &file, &error))
        return container_may_change_below(view, path, &file);
    bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    host_note(g_steal_pointer(&error));
    return absent;
}

/* On the host; "" for its own layer; NULL where there is nothing to be filled. */
static char *place_of(const struct view *view, const struct container *container, const struct mount_line *line)
{
    const json_object *limited = tree_member(container->record->fields, "disk_limited");
    if (!mount_is_writable(line) || !container_mount_is_disk(line) || container_mount_is_hidden(container, line))
        return NULL;
    char *path = container_host_path(view->containers, container, line);
    if (path || !g_str_equal(line->target, "/") || (limited && json_object_get_boolean(limited)))
        return path;
    return g_strdup("");
}

/* The directories that lead to a mount inside may be shut to them: what a mount of / shows below it is an example. One
 * that was not found is not shut. */
static bool may_get_to(const struct view *view, const struct container *container, const char *target)
{
    if (container->first->planned)
        return true;
    g_autofree char *root = host_process_file(container->first, "root");
    g_autofree char *inside = g_path_get_dirname(target);
    while (inside[1]) {
        g_autofree char *path = g_strconcat(root, inside, NULL), *above = g_path_get_dirname(inside);
        struct host_stat file;
        if (host_stat(view->host, path, &file, NULL) && !container_users_may(view, &file, MAY_PASS))
            return false;
        g_free(g_steal_pointer(&inside));
        inside = g_steal_pointer(&above);
    }
    return true;
}

static void add_disks(const struct view *view, const struct container *container, json_object *disks)
{
    for (guint i = 0; container->mounts && i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        g_autofree char *place = place_of(view, container, line);
        if (!place || !may_get_to(view, container, line->target) || !may_fill(view, container, place))
            continue;
        bool own = container == view->container;
        g_autofree char *text = g_strconcat(own ? "" : container->name, own ? "" : ": ", line->target, NULL);
        tree_add_text(disks, text);
    }
    if (!container->mounts && container->mounts_error)
        host_note(g_error_copy(container->mounts_error));
}

void container_set_user_disks(const struct view *view, struct item *item)
{
    if (!view->container->mounts || !view->containers->host) {
        item_unread_like(item, "user_writable_disks", "mounts");
        return;
    }
    json_object *disks = json_object_new_array();
    struct host_noting noted = host_notes_begin();
    add_disks(view, view->container, disks);
    g_autoptr(GPtrArray) neighbours = container_neighbours(view);
    for (guint i = 0; i < neighbours->len; i++)
        add_disks(view, g_ptr_array_index(neighbours, i), disks);
    g_autoptr(GError) failure = host_notes_take(&noted);
    view_set_found(item, "user_writable_disks", disks, failure);
}
