/* File systems: the live mount on top of a path, and what fstab or a mount unit sets up at the next boot. */
#include "facts/system/machine.h"
#include "facts/system/mounts.h"
#include "facts/system/units.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .required = true, .text = "mount points (exact paths)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "mount point"},
    {"mounted", VALUE_BOOL, "mounted now; unread on an offline root"},
    {"fstype", VALUE_STRING, "type, of the live mount when there is one"},
    {"source", VALUE_STRING, "device or source"},
    {"options", VALUE_SET, "options in force: of the live mount (per-mount and super block), else of fstab"},
    {"persistent", VALUE_BOOL, "set up at boot by fstab or a mount unit"},
    {"persistent_options", VALUE_SET,
     "options of fstab or the unit as mount(8) takes them: the last of opposites, and what user and its like bring"},
    {"persistent_source", VALUE_STRING, "where that is stated, as path:line", FIELD_TOLD},
    {"separate", VALUE_BOOL, "a file system of its own, not a bind mount of another directory's"},
    {.name = NULL},
};

/* How the next boot sets a path up. */
struct mount_plan {
    bool exists, at_boot;
    const char *fstype, *source;
    char **options; /* owned; NULL when none are stated */
    const char *path;
    unsigned line;
};

static void plan_clear(struct mount_plan *plan)
{
    g_strfreev(plan->options);
}

/* "/var/tmp" -> "var-tmp.mount", as systemd-escape --path does it. */
static char *unit_name_of(const char *path)
{
    GString *name = g_string_new(NULL);
    path += strspn(path, "/");
    if (!*path)
        g_string_append_c(name, '-');
    for (const char *c = path; *c; c++) {
        bool plain = g_ascii_isalnum(*c) || *c == ':' || *c == '_' || (*c == '.' && c != path);
        if (*c == '/')
            g_string_append_c(name, '-');
        else if (plain)
            g_string_append_c(name, *c);
        else
            g_string_append_printf(name, "\\x%02x", (unsigned)(guint8)*c);
    }
    return g_string_free(g_string_append(name, ".mount"), FALSE);
}

static const char *unit_text(const struct unit_config *config, const char *key)
{
    const struct unit_value *value = unit_config_value(config, key);
    return value ? value->text : NULL;
}

static void plan_from_unit(struct host *host, const struct unit *unit, struct mount_plan *plan)
{
    const struct unit_config *config = unit_config_get(host, unit->name);
    const struct unit_value *options = unit_config_value(config, "Mount.Options");
    plan->exists = true;
    plan->at_boot = unit_starts(host, unit->name);
    plan->fstype = unit_text(config, "Mount.Type");
    plan->source = unit_text(config, "Mount.What");
    plan->options = options ? mounts_effective_options(options->text) : NULL;
    plan->path = options ? options->path : unit->path;
    plan->line = options ? options->line : 0;
}

/* systemd makes a unit of each line, so that drop-ins change it. */
static void plan_from_fstab(struct host *host, const struct mount_entry *entry, const struct unit *unit,
                            const char *unit_name, struct mount_plan *plan)
{
    bool automount =
        mounts_has_option(entry, "x-systemd.automount") || mounts_has_option(entry, "comment=systemd.automount");
    plan->exists = true;
    plan->at_boot = automount || !mounts_has_option(entry, "noauto");
    plan->fstype = entry->fstype;
    plan->source = entry->source;
    plan->path = "/etc/fstab";
    plan->line = entry->line;
    const struct unit_value *options = unit_config_value(unit_config_get(host, unit_name), "Mount.Options");
    bool by_dropin = options && !(unit && g_str_equal(options->path, unit->path));
    plan->options = by_dropin ? mounts_effective_options(options->text) : g_strdupv(entry->options);
    if (by_dropin) {
        plan->path = options->path;
        plan->line = options->line;
    }
}

/* The administrator's units beat fstab, whose generated units beat the vendor's. */
static void make_plan(struct host *host, const char *path, struct mount_plan *plan)
{
    g_autofree char *name = unit_name_of(path);
    const struct unit *unit = g_hash_table_lookup(units_get(host)->by_name, name);
    const struct mount_entry *entry = mounts_fstab(mounts_get(host), path);
    bool own = unit && (unit->unit_class == UNIT_ETC || unit->unit_class == UNIT_RUN);
    if (unit && (own || !entry) && units_is_masked(host, unit))
        return;
    if (entry && !own)
        plan_from_fstab(host, entry, unit, name, plan);
    else if (unit)
        plan_from_unit(host, unit, plan);
}

/* Why the plan cannot be known; NULL when it can. */
static const GError *plan_obstacle(struct host *host, const char *path)
{
    const struct mounts *mounts = mounts_get(host);
    const struct units *units = units_get(host);
    g_autofree char *name = unit_name_of(path);
    const struct unit_config *config = unit_config_get(host, name);
    if (mounts->fstab_error && !g_error_matches(mounts->fstab_error, PL_ERROR, PL_ERROR_ABSENT))
        return mounts->fstab_error;
    if (units->errors->len)
        return units->errors->pdata[0];
    return config->error;
}

static bool is_bind(char **options)
{
    for (; options && *options; options++)
        if (g_str_equal(*options, "bind") || g_str_equal(*options, "rbind"))
            return true;
    return false;
}

/* The whole of another file system than the directory above, or another btrfs sub-volume. */
static bool is_separate(const struct mounts *mounts, const struct mount_entry *entry)
{
    if (g_str_equal(entry->path, "/"))
        return true;
    const struct mount_entry *above = mounts_parent(mounts, entry->path);
    bool same_device = above && above->dev_major == entry->dev_major && above->dev_minor == entry->dev_minor;
    if (g_str_equal(entry->root, "/"))
        return !same_device;
    bool subvolume = g_str_equal(entry->fstype, "btrfs") && entry->subvol && g_str_equal(entry->subvol, entry->root);
    return subvolume && !(same_device && g_str_equal(above->root, entry->root));
}

static void set_plan(struct item *item, const struct mount_plan *plan, const GError *obstacle)
{
    if (obstacle) {
        item_unread_error(item, "persistent", obstacle);
        item_unread_error(item, "persistent_options", obstacle);
        item_unread_error(item, "persistent_source", obstacle);
        return;
    }
    item_set_bool(item, "persistent", plan->at_boot);
    if (plan->options)
        item_set_strv(item, "persistent_options", (const char *const *)plan->options);
    else
        item_set(item, "persistent_options", NULL);
    g_autofree char *source = !plan->exists ? NULL
                              : plan->line  ? g_strdup_printf("%s:%u", plan->path, plan->line)
                                            : g_strdup(plan->path);
    item_set_string(item, "persistent_source", source);
}

static void set_live(struct item *item, const struct mounts *mounts, const struct mount_entry *entry)
{
    item_set_bool(item, "mounted", true);
    item_set_string(item, "fstype", entry->fstype);
    item_set_string(item, "source", entry->source);
    item_set_strv(item, "options", (const char *const *)entry->options);
    item_set_bool(item, "separate", is_separate(mounts, entry));
    item_source_path(item, mounts->path, entry->line);
}

static void set_planned(struct item *item, const struct mount_plan *plan, bool offline)
{
    if (offline)
        item_unread(item, "mounted", "nothing is mounted by an offline root");
    else
        item_set_bool(item, "mounted", false);
    item_set_string(item, "fstype", plan->fstype);
    item_set_string(item, "source", plan->source);
    item_set_strv(item, "options", (const char *const *)plan->options);
    item_set_bool(item, "separate", offline && plan->at_boot && !is_bind(plan->options));
    item_source_path(item, plan->path, plan->line);
}

/* Every init mounts this one by itself, whatever stands in fstab. */
static bool is_init_s(struct host *host, const char *path)
{
    return g_str_equal(path, "/dev/shm") && !g_str_equal(machine_init(host), "none");
}

static void add_item(struct host *host, const char *path, bool offline, struct items *items)
{
    const struct mounts *mounts = mounts_get(host);
    const struct mount_entry *entry = mounts_at(mounts, path);
    /* Until its first use an automount point has nothing mounted. */
    if (entry && g_str_equal(entry->fstype, "autofs"))
        entry = NULL;
    __attribute__((cleanup(plan_clear))) struct mount_plan plan = {.path = NULL};
    const GError *obstacle = plan_obstacle(host, path);
    make_plan(host, path, &plan);
    if (!entry && !plan.exists) {
        if (obstacle)
            g_ptr_array_add(items->problems, problem_of_error(obstacle));
        else if (offline && is_init_s(host, path))
            items_problem(items, PROBLEM_UNKNOWN, NULL,
                          "%s: init mounts it by itself, and nothing is mounted by an offline root", path);
        return;
    }
    struct item *item = items_add(items, path);
    item_set_string(item, "path", path);
    if (entry)
        set_live(item, mounts, entry);
    else
        set_planned(item, &plan, offline);
    set_plan(item, &plan, obstacle);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    g_auto(GStrv) paths = object_strv(object, "path");
    for (char **path = paths; *path; path++) {
        bool trailing = (*path)[0] && (*path)[1] && g_str_has_suffix(*path, "/");
        if (**path == '/' && !trailing)
            continue;
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "path: \"%s\" is no absolute path without a slash at the end",
                    *path);
        return false;
    }
    return true;
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct host *host = context->host;
    const GError *error = mounts_get(host)->table_error;
    bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    bool offline = absent && !host_is_live(host);
    if (error && !offline) {
        if (absent)
            items_problem(items, PROBLEM_UNKNOWN, NULL, "/proc/self/mountinfo does not exist: /proc is not mounted");
        items_problem_from_error(items, error);
        return;
    }
    g_auto(GStrv) paths = object_strv(object, "path");
    for (char **path = paths; *path; path++)
        add_item(host, *path, offline, items);
}

const struct probe probe_mount = {
    .name = "mount",
    .summary = "File systems: mounted now, and at boot by fstab or mount units",
    .object = {"file system", "file systems", .absent = "{} is no file system of its own",
               .absent_all = "none of these is a file system of its own: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
