/* Reach: rights joined with what is there to be reached. */
#include "probes/container/reach.h"
#include "probes/common/noted.h"

#include "facts/process/namespaces.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/ids.h"
#include "probes/container/change.h"
#include "probes/container/gain.h"
#include "probes/container/mounts.h"
#include "probes/container/others.h"
#include "probes/container/permit.h"

#include <string.h>

uint64_t container_host_caps(const struct view *view)
{
    uint64_t mask = 0;
    for (guint i = 0; i < view->processes->len; i++) {
        enum ns_relation user = namespace_relation(view->host, view_process(view, i), NS_USER);
        if (user == NS_OWN)
            continue;
        if (user == NS_UNREAD)
            host_process_note(view_process(view, i), "ns/user", NULL);
        if (!view_process(view, i)->caps_known || !view_process(view, i)->ids_known)
            host_process_note(view_process(view, i), "status", NULL);
        gain_note(view, view_process(view, i));
        if (user == NS_SHARED)
            mask |= gain_caps(view, view_process(view, i));
    }
    return mask;
}

static void set_caps(const struct view *view, struct item *item)
{
    struct host_noting noted = host_notes_begin();
    uint64_t mask = container_host_caps(view);
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (failure)
        item_unread_error(item, "host_caps", failure);
    g_auto(GStrv) names = host_capability_names(mask);
    item_set_strv(item, "host_caps", (const char *const *)names);
}

/* ---- ids that mean something on the host ---- */

/* False when the group may have a name that could not be read. */
static bool add_group(const struct view *view, json_object *names, gid_t gid)
{
    const char *name = host_group_name(view->host, gid);
    if (name)
        tree_add_text(names, name);
    return name || !host_groups_error(view->host);
}

static void set_ids(const struct view *view, struct item *item)
{
    json_object *groups = json_object_new_array();
    bool named = true;
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        if (!process->ids_known) {
            host_process_note(process, "status", NULL);
            continue;
        }
        named &= add_group(view, groups, process->gid[1]);
        for (unsigned n = 0; n < process->n_groups; n++)
            named &= add_group(view, groups, process->groups[n]);
    }
    item_set(item, "host_groups", groups);
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (failure)
        item_unread_error(item, "host_groups", failure);
    else if (!named)
        item_unread_error(item, "host_groups", host_groups_error(view->host));
    if (view->first->ids_known)
        item_set_user(item, "host_user", view->host, view->first->uid[1]);
    else
        item_unread_process(item, "host_user", view->first, "status");
}

/* ---- permissions ---- */

static bool is_permitted(const struct view *view, const char *path, const struct host_stat *file, unsigned bits)
{
    (void)path;
    return container_users_may(view, file, bits);
}

/* Whether users may do something with the file at a path. What could not be seen is noted. */
typedef bool (*permitted_check)(const struct view *view, const char *path, const struct host_stat *file, unsigned bits);

/* A field that is made of another one, and of that one of the neighbours. */
struct permission {
    const char *from, *to;
    permitted_check check;
    unsigned bits;
    const struct items *reached; /* what neighbours see; NULL: that does not count */
};

/* Those members of a list field whose file the users of the processes may use. One that could not be seen is noted. */
static json_object *permitted(const struct view *view, const json_object *paths, const struct permission *permission)
{
    json_object *some = json_object_new_array();
    size_t n = json_object_is_type(paths, json_type_array) ? json_object_array_length(paths) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = json_object_get_string(json_object_array_get_idx(paths, i));
        struct host_stat file;
        g_autoptr(GError) error = NULL;
        bool seen = host_stat(view->host, path, &file, &error);
        bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        if (error)
            host_note(g_steal_pointer(&error));
        /* What has another name here, or was deleted, is not denied. */
        if (absent || (seen && permission->check(view, path, &file, permission->bits)))
            json_object_array_add(some, json_object_new_string(path));
    }
    return some;
}

static void add_reached(const struct view *view, const struct permission *permission, json_object *to)
{
    for (guint i = 0; permission->reached && i < permission->reached->list->len; i++) {
        const struct item *theirs = g_ptr_array_index(permission->reached->list, i);
        const struct problem *hindrance = item_hindrance(theirs, permission->from);
        GError *error = hindrance ? problem_to_error(hindrance) : NULL;
        g_prefix_error(&error, "of %s in its process namespace: ", theirs->subject);
        if (error)
            host_note(error);
        pl_autojson json_object *some = permitted(view, tree_member(theirs->fields, permission->from), permission);
        for (size_t k = 0; k < json_object_array_length(some); k++)
            tree_add_text(to, json_object_get_string(json_object_array_get_idx(some, k)));
    }
}

static void set_permitted(const struct view *view, struct item *item, const struct permission *permission)
{
    const char *from = permission->from, *to = permission->to;
    json_object *paths = NULL;
    bool seen = json_object_object_get_ex(item->fields, from, &paths);
    struct host_noting noted = host_notes_begin();
    json_object *some = seen ? permitted(view, paths, permission) : NULL;
    if (seen)
        add_reached(view, permission, some);
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (seen)
        view_set_found(item, to, some, failure);
    if (!seen || (item->unread && g_hash_table_contains(item->unread, from)))
        item_unread_like(item, to, from);
}

void container_set_reach(const struct view *view, struct item *item)
{
    set_caps(view, item);
    set_ids(view, item);
    pl_auto(items) reached = items_new();
    container_set_others(view, item, reached);
    const struct permission permissions[] = {
        {"writable_host_paths", "user_writable_host_paths", is_permitted, MAY_WRITE, reached},
        {"writable_host_paths", "user_changeable_host_paths", container_may_change, 0, reached},
        /* Passing through a directory is enough to open what lies in it. */
        {"host_paths", "user_readable_host_paths", is_permitted, MAY_READ | MAY_PASS, reached},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(permissions); i++)
        set_permitted(view, item, &permissions[i]);
}
