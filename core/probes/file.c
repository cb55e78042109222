/* Files and directories. Absent is no item; what may not be looked at is a problem, never absence. */
#include "facts/account/homes.h"
#include "facts/file/acl.h"
#include "facts/file/acl_group.h"
#include "facts/file/file_kind.h"
#include "model/error.h"
#include "model/suggest.h"
#include "probes/common/content_paths.h"
#include "probes/common/ids.h"
#include "probes/common/object.h"
#include "probes/common/path_from.h"
#include "probes/probe.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const struct probe_param params[] = {
    {.name = "path",
     .type = VALUE_SET,
     .text = "absolute paths or globs; a leading ~/ means every account's home",
     .subject = true},
    PATH_FROM_PARAM,
    {.name = "type", .type = VALUE_SET, .text = "only these kinds: file directory symlink socket fifo char block"},
    {.name = "follow", .type = VALUE_BOOL, .text = "follow symlinks (default true)"},
    {.name = "recurse",
     .type = VALUE_BOOL,
     .text = "directories with all below them, at most 20,000 entries (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the path"},
    {"type", VALUE_STRING, "file directory symlink socket fifo char block"},
    {"mode", VALUE_MODE, "permission bits"},
    {"uid", VALUE_NUMBER, "owner id"},
    {"gid", VALUE_NUMBER, "group id"},
    {"owner", VALUE_STRING, "owner name; null when there is none", .number = "uid"},
    {"group", VALUE_STRING, "group name; null when there is none", .number = "gid"},
    {"group_users", VALUE_SET,
     "sockets: users that may connect through the group: its members and those whose primary group it is; empty "
     "without write permission for the group, null for other kinds"},
    {"size", VALUE_SIZE, "bytes"},
    {"links", VALUE_NUMBER, "hard links"},
    {"mtime", VALUE_NUMBER, "seconds since the epoch"},
    {"target", VALUE_STRING, "where a symlink points (follow: false)"},
    {"acl", VALUE_BOOL, "has an extended access list"},
    {"acl_entries", VALUE_LIST, "its entries as getfacl writes them"},
    {"default_acl", VALUE_BOOL, "has a default access list"},
    {"parents_safe", VALUE_BOOL,
     "every directory above is owned by root and not writable by group (other than root) or others"},
    {"unsafe_parent", VALUE_STRING, "the first directory above that is not safe, null when all are"},
    {"attributes", VALUE_SET,
     "immutable append: inode attributes (FS_IOC_GETFLAGS), unread where the file system has none"},
    {.name = NULL},
};

#define DEPTH_MAX 64U

/* One collect(): its object, and what was learnt about directories on the way. */
struct file_query {
    struct host *host;
    struct items *items;
    char **types; /* empty: every kind */
    bool follow, recurse;
    GHashTable *real;   /* directory -> the same without links; owned texts */
    GHashTable *unsafe; /* directory -> the first unsafe one from the root to it, "" when all are safe; owned texts */
};

static void set_owner(struct file_query *query, struct item *item, const struct host_stat *st)
{
    item_set_int(item, "uid", st->uid);
    item_set_int(item, "gid", st->gid);
    item_set_user(item, "owner", query->host, st->uid);
    item_set_group(item, "group", query->host, st->gid);
}

/* Connecting to a socket needs write permission. */
static void set_group_users(struct file_query *query, struct item *item, const struct host_stat *st)
{
    if (!S_ISSOCK(st->mode)) {
        item_set(item, "group_users", NULL);
        return;
    }
    g_autoptr(GError) error = NULL;
    bool writable = st->mode & S_IWGRP;
    g_auto(GStrv) users = writable ? file_group_users(query->host, st->gid, &error) : NULL;
    if (error)
        item_unread_error(item, "group_users", error);
    else
        item_set_strv(item, "group_users", (const char *const *)users);
}

static void set_acl(struct file_query *query, struct item *item, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) value = host_getxattr(query->host, path, "system.posix_acl_access", &error);
    bool extended = false;
    g_auto(GStrv) entries = value ? acl_decode(query->host, value, &extended, &error) : NULL;
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)) {
        item_unread_error(item, "acl", error);
        item_unread_error(item, "acl_entries", error);
        return;
    }
    item_set_bool(item, "acl", extended);
    item_set_strv(item, "acl_entries", (const char *const *)entries);
}

static void set_default_acl(struct file_query *query, struct item *item, const char *path, bool directory)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) value = directory ? host_getxattr(query->host, path, "system.posix_acl_default", &error) : NULL;
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        item_unread_error(item, "default_acl", error);
    else
        item_set_bool(item, "default_acl", value != NULL);
}

static void set_attributes(struct file_query *query, struct item *item, const char *path, mode_t mode)
{
    if (!S_ISREG(mode) && !S_ISDIR(mode)) {
        item_unread(item, "attributes", "%s: only files and directories have inode attributes", path);
        return;
    }
    g_autoptr(GError) error = NULL;
    pl_autofd int fd = host_open(query->host, path, S_ISDIR(mode) ? HOST_DIRECTORY : HOST_REGULAR, &error);
    struct statx st = {.stx_mask = 0};
    if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) != 0) {
        if (!error)
            pl_error_set_errno(&error, errno, path);
        item_unread_error(item, "attributes", error);
        return;
    }
    if (!(st.stx_attributes_mask & STATX_ATTR_IMMUTABLE)) {
        item_unread(item, "attributes", "%s: its file system has no inode attributes", path);
        return;
    }
    const char *names[3] = {NULL};
    size_t n = 0;
    if (st.stx_attributes & STATX_ATTR_APPEND)
        names[n++] = "append";
    if (st.stx_attributes & STATX_ATTR_IMMUTABLE)
        names[n++] = "immutable";
    item_set_strv(item, "attributes", names);
}

static bool is_safe(const struct host_stat *st)
{
    return st->uid == 0 && !(st->mode & S_IWOTH) && !((st->mode & S_IWGRP) && st->gid != 0);
}

/* The first unsafe directory from the root down to `directory`; "" when there is none, NULL with error when one could
 * not be looked at. Borrowed. */
static const char *first_unsafe(struct file_query *query, const char *directory, GError **error)
{
    const char *known = g_hash_table_lookup(query->unsafe, directory);
    if (known)
        return known;
    if (!g_str_equal(directory, "/")) {
        g_autofree char *above = g_path_get_dirname(directory);
        const char *unsafe = g_str_equal(above, ".") ? "" : first_unsafe(query, above, error);
        if (!unsafe)
            return NULL;
        if (*unsafe) {
            g_hash_table_insert(query->unsafe, g_strdup(directory), g_strdup(unsafe));
            return g_hash_table_lookup(query->unsafe, directory);
        }
    }
    struct host_stat st;
    if (!host_stat(query->host, directory, &st, error))
        return NULL;
    g_hash_table_insert(query->unsafe, g_strdup(directory), g_strdup(is_safe(&st) ? "" : directory));
    return g_hash_table_lookup(query->unsafe, directory);
}

/* The directory without links, `directory` itself when it is not there; NULL with error. Borrowed. */
static const char *real_directory(struct file_query *query, const char *directory, GError **error)
{
    const char *known = g_hash_table_lookup(query->real, directory);
    if (known)
        return known;
    g_autoptr(GError) failed = NULL;
    char *real = host_resolve(query->host, directory, &failed);
    if (failed && !g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT)) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    g_hash_table_insert(query->real, g_strdup(directory), real ? real : g_strdup(directory));
    return g_hash_table_lookup(query->real, directory);
}

/* Whoever may write a directory on the way, also one that a link leads through, may put another file in place. */
static const char *unsafe_on_the_way(struct file_query *query, const char *path, bool link, GError **error)
{
    if (g_str_equal(path, "/"))
        return "";
    g_autofree char *above = g_path_get_dirname(path);
    const char *unsafe = first_unsafe(query, above, error);
    if (!unsafe || *unsafe)
        return unsafe;
    if (!link) {
        const char *real = real_directory(query, above, error);
        return real ? first_unsafe(query, real, error) : NULL;
    }
    g_autofree char *real = host_resolve(query->host, path, error);
    g_autofree char *real_above = real ? g_path_get_dirname(real) : NULL;
    return real_above ? first_unsafe(query, real_above, error) : NULL;
}

static void set_parents(struct file_query *query, struct item *item, const char *path, bool link)
{
    g_autoptr(GError) error = NULL;
    const char *unsafe = unsafe_on_the_way(query, path, link, &error);
    if (!unsafe) {
        item_unread_error(item, "parents_safe", error);
        item_unread_error(item, "unsafe_parent", error);
        return;
    }
    item_set_bool(item, "parents_safe", !*unsafe);
    item_set_string(item, "unsafe_parent", *unsafe ? unsafe : NULL);
}

static void set_link(struct file_query *query, struct item *item, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *target = host_readlink(query->host, path, &error);
    if (target)
        item_set_string(item, "target", target);
    else
        item_unread_error(item, "target", error);
    item_set_bool(item, "acl", false);
    item_set_strv(item, "acl_entries", NULL);
    item_set_bool(item, "default_acl", false);
}

/* A FIFO or socket where a file was asked for is something, and nobody knows what it stands for. Not so a device, for
 * links to /dev/null take files away, and a socket below a directory is there for itself. */
static void note_other_kind(struct file_query *query, const char *path, mode_t mode, unsigned depth)
{
    const char *const *types = (const char *const *)query->types;
    bool for_file = (S_ISFIFO(mode) || (S_ISSOCK(mode) && depth == 0)) && g_strv_contains(types, "file");
    bool for_socket = S_ISFIFO(mode) && g_strv_contains(types, "socket");
    if (for_file || for_socket)
        items_problem(query->items, PROBLEM_ERROR, NULL, "%s: a %s where a %s should be", path, file_kind_name(mode),
                      for_file ? "file" : "socket");
}

/* `link`: path is a symlink that was followed to what `st` tells of. */
static void add_item(struct file_query *query, const char *path, const struct host_stat *st, bool link, unsigned depth)
{
    const char *kind = file_kind_name(st->mode);
    if (*query->types && !g_strv_contains((const char *const *)query->types, kind)) {
        note_other_kind(query, path, st->mode, depth);
        return;
    }
    if (!items_room(query->items, 1, "files"))
        return;
    struct item *item = items_add(query->items, path);
    item_source_path(item, path, 0);
    item_set_string(item, "path", path);
    item_set_string(item, "type", kind);
    item_set_mode(item, "mode", st->mode);
    set_owner(query, item, st);
    set_group_users(query, item, st);
    item_set_int(item, "size", (gint64)MIN(st->size, (uint64_t)G_MAXINT64));
    item_set_int(item, "links", (gint64)st->nlink);
    item_set_int(item, "mtime", st->mtime);
    set_parents(query, item, path, link);
    set_attributes(query, item, path, st->mode);
    if (S_ISLNK(st->mode)) {
        set_link(query, item, path);
        return;
    }
    item_set(item, "target", NULL);
    set_acl(query, item, path);
    set_default_acl(query, item, path, S_ISDIR(st->mode));
}

static void visit(struct file_query *query, const char *path, unsigned depth);

static void visit_below(struct file_query *query, const char *path, unsigned depth)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(query->host, path, &error);
    items_problem_from_error(query->items, error);
    for (char **name = names; name && *name && !query->items->full; name++) {
        g_autofree char *below = g_build_filename(path, *name, NULL);
        visit(query, below, depth + 1);
    }
}

/* Links below a directory are shown as `follow` asks, but never entered: they may lead anywhere. */
static void visit(struct file_query *query, const char *path, unsigned depth)
{
    struct host_stat st;
    g_autoptr(GError) error = NULL;
    bool found = host_lstat(query->host, path, &st, &error);
    bool link = found && query->follow && S_ISLNK(st.mode);
    if (link)
        found = host_stat(query->host, path, &st, &error);
    if (!found) {
        items_problem_from_error(query->items, error);
        return;
    }
    add_item(query, path, &st, link, depth);
    if (!query->recurse || !S_ISDIR(st.mode) || query->items->full || (link && depth > 0))
        return;
    if (depth >= DEPTH_MAX)
        items_problem(query->items, PROBLEM_ERROR, NULL, "%s: nested too deeply", path);
    else
        visit_below(query, path, depth);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    static const char *const kinds[] = {"file", "directory", "symlink", "socket", "fifo", "char", "block", NULL};
    g_auto(GStrv) paths = object_strv(object, "path");
    g_auto(GStrv) types = object_strv(object, "type");
    if (!path_from_check(object, daemons, error))
        return false;
    for (char **path = paths; *path; path++) {
        if (**path == '/' || homes_is_pattern(*path))
            continue;
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "path: \"%s\" is not absolute", *path);
        return false;
    }
    for (char **type = types; *type; type++) {
        if (g_strv_contains(kinds, *type))
            continue;
        g_autofree char *clause = suggest_clause(*type, kinds);
        g_autofree char *known = g_strjoinv(", ", (char **)(uintptr_t)kinds);
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "type: \"%s\" is no kind of file%s; known: %s", *type, clause,
                    known);
        return false;
    }
    return true;
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_autoptr(GHashTable) real = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) unsafe = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) types = object_strv(object, "type");
    g_auto(GStrv) patterns = path_from_paths(context, object, items);
    g_autoptr(GPtrArray) paths = content_paths(context->host, (const char *const *)patterns, false, items);
    struct file_query query = {.host = context->host,
                               .items = items,
                               .types = types,
                               .follow = object_bool(object, "follow", true),
                               .recurse = object_bool(object, "recurse", false),
                               .real = real,
                               .unsafe = unsafe};
    for (guint i = 0; i < paths->len && !items->full; i++)
        visit(&query, ((const struct content_path *)g_ptr_array_index(paths, i))->path, 0);
}

const struct probe probe_file = {
    .name = "file",
    .summary = "Files and directories: kind, mode, owner, access lists",
    .object = {"file", "files", .absent = "{} is not there", .absent_all = "none of these is there: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
