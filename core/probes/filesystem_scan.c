/* Files that one walk over the local file systems finds, by kind. */
#include "facts/file/file_kind.h"
#include "facts/package/packages.h"
#include "host/process.h"
#include "host/walk.h"
#include "probes/common/ids.h"
#include "probes/common/object.h"
#include "probes/common/walk_problems.h"
#include "probes/probe.h"

#include <fnmatch.h>
#include <string.h>

static const struct probe_param params[] = {
    {.name = "find",
     .type = VALUE_STRING,
     .required = true,
     .text = "the kind",
     .choices = "setuid setgid world-writable sticky-missing unowned ungrouped device capability"},
    {.name = "below",
     .type = VALUE_SET,
     .text = "only what lies below these directories; what was not searched elsewhere is of no account then"},
    {.name = "exclude", .type = VALUE_SET, .text = "globs on paths that are left out"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file; unread where many files that are alike are told as one"},
    {"mode", VALUE_MODE, "permission bits"},
    {"uid", VALUE_NUMBER, "owner id"},
    {"gid", VALUE_NUMBER, "group id"},
    {"owner", VALUE_STRING, "owner name; null when there is none", .number = "uid"},
    {"group", VALUE_STRING, "group name; null when there is none", .number = "gid"},
    {"type", VALUE_STRING, "kind of file"},
    {"device", VALUE_STRING,
     "what a device file opens, whatever it is called: \"char 1:3\", \"block 8:0\"; null for other files"},
    {"capabilities", VALUE_SET, "permitted file capabilities"},
    {"package", VALUE_STRING, "package that installed the path; null when none did or no package database is read"},
    {.name = NULL},
};

static const struct {
    const char *name;
    unsigned kind;
} kinds[] = {
    {"setuid", WALK_SETUID},
    {"setgid", WALK_SETGID},
    {"world-writable", WALK_WORLD_WRITABLE},
    {"sticky-missing", WALK_STICKY_MISSING},
    {"unowned", WALK_UNOWNED},
    {"ungrouped", WALK_UNGROUPED},
    {"device", WALK_DEVICE},
    {"capability", WALK_CAPABILITY},
};

static unsigned kind_of(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kinds[i].name, name))
            return kinds[i].kind;
    return 0;
}

static bool is_excluded(const char *path, char **patterns)
{
    /* No FNM_PATHNAME: a star takes in what lies below, too. */
    for (; *patterns; patterns++)
        if (fnmatch(*patterns, path, 0) == 0)
            return true;
    return false;
}

static void set_package(struct host *host, struct item *item, const char *path)
{
    const GPtrArray *errors = packages_get(host)->errors;
    const GError *error = NULL;
    const char *owner = packages_owner(host, path, &error);
    if (errors->len)
        error = errors->pdata[0];
    if (error)
        item_unread_error(item, "package", error);
    else
        item_set_string(item, "package", owner);
}

static void set_common(struct host *host, struct item *item, mode_t mode, uid_t uid, gid_t gid)
{
    item_set_string(item, "type", file_kind_name(mode));
    item_set_mode(item, "mode", mode);
    item_set_int(item, "uid", uid);
    item_set_int(item, "gid", gid);
    item_set_user(item, "owner", host, uid);
    item_set_group(item, "group", host, gid);
}

static void set_device(struct item *item, const struct host_stat *st)
{
    const char *kind = S_ISCHR(st->mode) ? "char" : S_ISBLK(st->mode) ? "block" : NULL;
    g_autofree char *device = kind ? g_strdup_printf("%s %u:%u", kind, st->dev_major, st->dev_minor) : NULL;
    item_set_string(item, "device", device);
}

static void add_item(struct host *host, const struct walk_entry *entry, struct items *items)
{
    struct item *item = items_add(items, entry->path);
    item_source_path(item, entry->path, 0);
    item_set_string(item, "path", entry->path);
    set_common(host, item, entry->stat.mode, entry->stat.uid, entry->stat.gid);
    g_auto(GStrv) names = entry->kinds & WALK_CAPABILITY ? host_capability_names(entry->caps_permitted) : NULL;
    item_set_strv(item, "capabilities", (const char *const *)names);
    set_device(item, &entry->stat);
    set_package(host, item, entry->path);
}

static const char *place(const struct walk_group *group)
{
    return *group->below ? group->below : "/";
}

/* Files that are alike, as one: what they have in common is known. */
static void add_group(struct host *host, const struct walk_group *group, struct items *items)
{
    static const char *const ones[] = {"path", "capabilities", "package", "device"};
    g_autofree char *shown = g_filename_display_name(place(group));
    g_autofree char *subject = g_strdup_printf("%" G_GUINT64_FORMAT " more files below %s", group->count, shown);
    struct item *item = items_add(items, subject);
    item_source_path(item, place(group), 0);
    set_common(host, item, group->mode, group->uid, group->gid);
    for (size_t i = 0; i < G_N_ELEMENTS(ones); i++)
        item_unread(item, ones[i], "%s: not kept one by one", subject);
    /* No package installs what cannot be named. */
    if (!group->named && packages_get(host)->errors->len == 0) {
        g_hash_table_remove(item->unread, "package");
        item_set_string(item, "package", NULL);
    }
}

/* What is asked for. */
struct filesystem_scan_search {
    struct host *host;
    const struct walk *walk;
    unsigned kind;
    char **below, **exclude;
    struct items *items;
};

static void add_groups(const struct filesystem_scan_search *search, bool of_root)
{
    for (guint i = 0; i < search->walk->groups->len; i++) {
        const struct walk_group *group = search->walk->groups->pdata[i];
        g_autofree char *inside = g_strconcat(group->below, "/", NULL);
        if (!(group->kind & search->kind) || (group->uid == 0) != of_root || is_excluded(inside, search->exclude) ||
            !walk_may_be_meant(place(group), search->below))
            continue;
        if (!items_room(search->items, 1, "files"))
            return;
        if (walk_is_meant(place(group), search->below))
            add_group(search->host, group, search->items);
        else
            items_problem(search->items, PROBLEM_ERROR, NULL, "%s: %" G_GUINT64_FORMAT " more files than are kept",
                          place(group), group->count);
    }
}

static void add_entries(const struct filesystem_scan_search *search, bool of_root)
{
    for (guint i = 0; i < search->walk->entries->len; i++) {
        const struct walk_entry *entry = search->walk->entries->pdata[i];
        if (!(entry->kinds & search->kind) || (entry->stat.uid == 0) != of_root ||
            !walk_is_meant(entry->path, search->below) || is_excluded(entry->path, search->exclude))
            continue;
        if (!items_room(search->items, 1, "files"))
            return;
        add_item(search->host, entry, search->items);
    }
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    g_auto(GStrv) exclude = object_strv(object, "exclude");
    g_auto(GStrv) below = object_strv(object, "below");
    const struct filesystem_scan_search search = {
        .host = context->host,
        .walk = host_walk(context->host),
        .kind = kind_of(object_string(object, "find", "")),
        .below = below,
        .exclude = exclude,
        .items = items,
    };
    walk_add_problems(search.host, search.walk, search.kind, below, items);
    /* Root's files first: a report shows the first so many, and anybody can make thousands of his own. */
    for (int of_root = 1; of_root >= 0; of_root--) {
        add_entries(&search, of_root);
        add_groups(&search, of_root);
    }
}

const struct probe probe_filesystem_scan = {
    .name = "filesystem-scan",
    .summary = "Files of a kind anywhere on the local file systems, from one shared walk",
    .object = {"file", "files"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
    .cost = COST_WALK,
};
