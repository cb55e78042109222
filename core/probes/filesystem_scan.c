/* Files that one walk over the local file systems finds, by kind. */
#include "host/process.h"
#include "host/walk.h"
#include "probes/file_kind.h"
#include "probes/packages.h"
#include "probes/probe.h"

#include <fnmatch.h>

static const struct probe_param params[] = {
    {.name = "find",
     .type = VALUE_STRING,
     .required = true,
     .text = "the kind",
     .choices = "setuid setgid world-writable sticky-missing unowned ungrouped device capability"},
    {.name = "exclude", .type = VALUE_SET, .text = "globs on paths that are left out"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"mode", VALUE_MODE, "permission bits"},
    {"uid", VALUE_NUMBER, "owner id"},
    {"gid", VALUE_NUMBER, "group id"},
    {"owner", VALUE_STRING, "owner name; null when there is none"},
    {"group", VALUE_STRING, "group name; null when there is none"},
    {"type", VALUE_STRING, "kind of file"},
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
    if (errors->len)
        item_unread(item, "package", "%s", ((const GError *)errors->pdata[0])->message);
    else
        item_set_string(item, "package", packages_owner(host, path));
}

static void add_item(struct host *host, const struct walk_entry *entry, struct items *items)
{
    struct item *item = items_add(items, entry->path);
    item_source_path(item, entry->path, 0);
    item_set_string(item, "path", entry->path);
    item_set_string(item, "type", file_kind_name(entry->stat.mode));
    item_set_mode(item, "mode", entry->stat.mode);
    item_set_int(item, "uid", entry->stat.uid);
    item_set_int(item, "gid", entry->stat.gid);
    item_set_string(item, "owner", host_user_name(host, entry->stat.uid));
    item_set_string(item, "group", host_group_name(host, entry->stat.gid));
    g_auto(GStrv) names = entry->kinds & WALK_CAPABILITY ? host_capability_names(entry->caps_permitted) : NULL;
    item_set_strv(item, "capabilities", (const char *const *)names);
    set_package(host, item, entry->path);
}

static void add_problems(const struct walk *walk, struct items *items)
{
    if (walk->truncated)
        items_problem(items, PROBLEM_ERROR, NULL, "the walk over the file systems met a bound, so that more may exist");
    if (walk->unreadable_count)
        items_problem(items, PROBLEM_UNKNOWN, "run as root",
                      "%" G_GUINT64_FORMAT " directories could not be read, the first is %s", walk->unreadable_count,
                      walk->unreadable && *walk->unreadable ? *walk->unreadable : "not known");
}

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    const struct walk *walk = host_walk(context->host);
    unsigned kind = kind_of(object_string(object, "find", ""));
    g_auto(GStrv) exclude = object_strv(object, "exclude");
    add_problems(walk, items);
    for (guint i = 0; i < walk->entries->len; i++) {
        const struct walk_entry *entry = walk->entries->pdata[i];
        if (!(entry->kinds & kind) || is_excluded(entry->path, exclude))
            continue;
        if (items->list->len >= ITEMS_MAX) {
            items_problem(items, PROBLEM_ERROR, NULL, "more than %d files: the rest is left out", ITEMS_MAX);
            return;
        }
        add_item(context->host, entry, items);
    }
}

const struct probe probe_filesystem_scan = {
    .name = "filesystem-scan",
    .summary = "Files of a kind anywhere on the local file systems, from one shared walk",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
