/* Reach: rights joined with what is there to be reached.
 *
 * File permissions are judged as the kernel does: with the ids that the host sees, CAP_DAC_OVERRIDE only outside of a
 * user namespace (capabilities over an inode need its owner mapped). Access lists are not looked at: what they grant
 * beyond the mode is rare on the paths of interest, and the rules about mounts judge without the user. */
#include "probes/container/reach.h"
#include "probes/common/noted.h"

#include "facts/process/namespaces.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/ids.h"

#include <string.h>
#include <sys/capability.h>

#define BIT(cap) ((uint64_t)1 << (cap))

static bool is_root(const struct process *process)
{
    return process->ids_known && (!process->uid[0] || !process->uid[1] || !process->uid[2]);
}

/* With no_new_privs an execve() of root gains nothing (security/commoncap.c). */
static uint64_t usable_caps(const struct process *process)
{
    uint64_t mask = process->caps[CAPSET_EFFECTIVE] | process->caps[CAPSET_PERMITTED] | process->caps[CAPSET_AMBIENT];
    bool gains = is_root(process) && process->no_new_privs != 1;
    return gains ? mask | process->caps[CAPSET_BOUNDING] : mask;
}

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
        if (user == NS_SHARED && view_process(view, i)->caps_known)
            mask |= usable_caps(view_process(view, i));
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

static bool in_group(const struct process *process, gid_t gid)
{
    if (process->gid[1] == gid)
        return true;
    for (unsigned n = 0; n < process->n_groups; n++)
        if (process->groups[n] == gid)
            return true;
    return false;
}

/* `bits` as in the last octal digit of a mode. */
static bool process_may(const struct view *view, const struct process *process, const struct host_stat *file,
                        unsigned bits)
{
    bool host_user = namespace_relation(view->host, process, NS_USER) == NS_SHARED;
    /* Whoever becomes any user has what the owner has. */
    uint64_t caps = host_user && process->caps_known ? usable_caps(process) : 0;
    if (caps & (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_SETUID)))
        return true;
    if (!(bits & 2) && caps & BIT(CAP_DAC_READ_SEARCH))
        return true;
    if (!process->ids_known)
        return true; /* not known: reach is not denied */
    if (process->uid[1] == file->uid)
        return file->mode >> 6 & bits;
    return in_group(process, file->gid) || caps & BIT(CAP_SETGID) ? file->mode >> 3 & bits : file->mode & bits;
}

bool container_may_be(const struct view *view, uid_t uid)
{
    for (guint i = 0; i < view->processes->len; i++) {
        const struct process *process = view_process(view, i);
        bool host_user = namespace_relation(view->host, process, NS_USER) == NS_SHARED;
        bool changes = host_user && process->caps_known && usable_caps(process) & BIT(CAP_SETUID);
        if (changes || !process->ids_known || process->uid[1] == uid)
            return true;
    }
    return false;
}

bool container_may(const struct view *view, const struct host_stat *file, unsigned bits)
{
    for (guint i = 0; i < view->processes->len; i++)
        if (process_may(view, view_process(view, i), file, bits))
            return true;
    return false;
}

/* Those members of a list field whose file the users of the processes may use. One that could not be seen is noted. */
static json_object *permitted(const struct view *view, const json_object *paths, const char *prefix, unsigned bits)
{
    json_object *some = json_object_new_array();
    size_t n = json_object_is_type(paths, json_type_array) ? json_object_array_length(paths) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *path = json_object_get_string(json_object_array_get_idx(paths, i));
        g_autofree char *whole = g_strconcat(prefix, path, NULL);
        struct host_stat file;
        g_autoptr(GError) error = NULL;
        bool seen = host_stat(view->host, whole, &file, &error);
        bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        if (error)
            host_note(g_steal_pointer(&error));
        /* What has another name here, or was deleted, is not denied. */
        if (absent || (seen && container_may(view, &file, bits)))
            json_object_array_add(some, json_object_new_string(path));
    }
    return some;
}

static void set_permitted(const struct view *view, struct item *item, const char *from, const char *to,
                          const char *prefix, unsigned bits)
{
    json_object *paths = NULL;
    bool seen = json_object_object_get_ex(item->fields, from, &paths);
    struct host_noting noted = host_notes_begin();
    json_object *some = seen ? permitted(view, paths, prefix, bits) : NULL;
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
    set_permitted(view, item, "writable_host_paths", "user_writable_host_paths", "", 2);
    /* Passing through a directory is enough to open what lies in it. */
    set_permitted(view, item, "host_paths", "user_readable_host_paths", "", 5);
}
