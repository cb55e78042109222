/* Record against kernel. Only differences that leave more than was asked for, or show that the record does not describe
 * what runs, are of interest; a limit that an ancestor makes tighter is not. */
#include "probes/container/differences.h"

#include "facts/container/device_live.h"
#include "facts/container/device_rules.h"
#include "facts/container/record.h"
#include "facts/process/cgroup.h"
#include "facts/process/namespaces.h"
#include "model/tree.h"
#include "probes/common/noted.h"

#include <stdarg.h>

struct comparison {
    const struct view *view;
    const struct container_wanted *wanted;
    json_object *list;
    const GError *limits; /* why a limit of the control group is not known; NULL */
    GError *unread;       /* why something could not be compared; NULL: nothing */
};

/* The first one stays. Takes the error. */
static void keep(struct comparison *comparison, GError *error)
{
    if (comparison->unread)
        g_error_free(error);
    else
        comparison->unread = error;
}

static void keep_part(struct comparison *comparison, const char *file)
{
    keep(comparison, host_process_failure(comparison->view->container->first, file));
}

static void G_GNUC_PRINTF(2, 3) add(struct comparison *comparison, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *whole = g_strconcat(comparison->wanted->source, ": ", text, NULL);
    json_object_array_add(comparison->list, json_object_new_string(whole));
}

/* A thousandth off is rounding to pages or microseconds. */
static void compare_limit(struct comparison *comparison, const char *what, double wanted, struct cgroup_limit limit)
{
    if (wanted <= 0)
        return;
    if (!limit.read && comparison->limits)
        keep(comparison, g_error_copy(comparison->limits));
    else if (!limit.read)
        keep_part(comparison, "cgroup");
    else if (!limit.limited)
        add(comparison, "%s %.15g, kernel: no limit", what, wanted);
    else if (limit.value > wanted * 1.001 + 1e-9)
        add(comparison, "%s %.15g, kernel: %.15g", what, wanted, limit.value);
}

/* `file` is what tells of a process how it is; NULL: its mounts do. */
static void compare_flag(struct comparison *comparison, const char *what, int wanted, int is, const char *file)
{
    const GError *mounts = comparison->view->container->mounts_error;
    if (wanted < 0)
        return;
    if (is < 0 && (file || !mounts))
        keep_part(comparison, file ? file : "mountinfo");
    else if (is < 0)
        keep(comparison, g_error_copy(mounts));
    else if (!wanted != !is)
        add(comparison, "%s %s, kernel: %s", what, wanted ? "on" : "off", is ? "on" : "off");
}

static void compare_flags(struct comparison *comparison)
{
    const struct container_wanted *wanted = comparison->wanted;
    const struct process *first = comparison->view->container->first;
    const struct mountinfo *mounts = comparison->view->container->mounts;
    const struct mount_line *root = mounts ? mountinfo_at(mounts, "/") : NULL;
    compare_flag(comparison, "read-only root file system", wanted->rootfs_readonly,
                 root ? !mount_is_writable(root) : -1, NULL);
    compare_flag(comparison, "no_new_privs", wanted->no_new_privs, first->no_new_privs, "status");
    compare_flag(comparison, "seccomp", wanted->seccomp, first->seccomp, "status");
}

/* Rights that the first process has beyond what was asked for. It may have given up some by itself. */
static void compare_capabilities(struct comparison *comparison)
{
    const struct process *first = comparison->view->container->first;
    if (!comparison->wanted->bounding_known)
        return;
    if (!first->caps_known) {
        keep_part(comparison, "status");
        return;
    }
    uint64_t more = first->caps[CAPSET_BOUNDING] & ~comparison->wanted->bounding;
    if (!more)
        return;
    g_auto(GStrv) names = host_capability_names(more);
    g_autofree char *joined = g_strjoinv(" ", names);
    add(comparison, "capabilities without %s, kernel: with", joined);
}

static void compare_namespaces(struct comparison *comparison)
{
    for (unsigned kind = 0; kind < NS_COUNT; kind++) {
        int wanted = comparison->wanted->namespaces[kind];
        enum ns_relation is =
            namespace_relation(comparison->view->host, comparison->view->container->first, (enum ns)kind);
        g_autofree char *link = g_strconcat("ns/", ns_names[kind], NULL);
        if (wanted >= 0 && is == NS_UNREAD)
            keep_part(comparison, link);
        if (wanted < 0 || is == NS_UNREAD || (is == NS_SHARED) == !!wanted)
            continue;
        add(comparison, "%s namespace %s, kernel: %s", ns_names[kind], wanted ? "of the host" : "of its own",
            wanted ? "of its own" : "of the host");
    }
}

static void set_differences(const struct view *view, const struct container_record *record, struct item *item)
{
    struct comparison comparison = {.view = view, .list = json_object_new_array()};
    const char *cgroup = view->first->cgroup;
    struct host_noting noted = host_notes_begin();
    struct cgroup_limit memory = cgroup_memory_limit(view->host, cgroup), pids = cgroup_pids_limit(view->host, cgroup);
    struct cgroup_limit cpus = cgroup_cpu_limit(view->host, cgroup);
    g_autoptr(GError) limits = host_notes_take(&noted);
    comparison.limits = limits;
    for (guint i = 0; i < record->wanted->len; i++) {
        comparison.wanted = g_ptr_array_index(record->wanted, i);
        compare_limit(&comparison, "memory", comparison.wanted->memory, memory);
        compare_limit(&comparison, "processes", comparison.wanted->pids, pids);
        compare_limit(&comparison, "processors", comparison.wanted->cpus, cpus);
        compare_flags(&comparison);
        compare_capabilities(&comparison);
        compare_namespaces(&comparison);
    }
    g_autoptr(GError) unread = comparison.unread;
    view_set_found(item, "differences", comparison.list, unread);
    if (!unread && record->wanted_problem)
        item_unread_problem(item, "differences", record->wanted_problem);
}

/* ---- fields ---- */

/* A rule "b *:* m", which engines grant, makes nodes that cannot be opened. */
static bool opens_blocks(char *const *rules)
{
    struct device_rule rule;
    for (; *rules; rules++)
        if (device_rule_parse(*rules, &rule) && rule.type != 'c' && rule.opens)
            return true;
    return false;
}

static void set_block_devices(const struct view *view, const struct container_record *record, struct item *item)
{
    const struct device_live *live = device_rules_live(view->host, view->first->cgroup);
    if (live->rules)
        item_set_bool(item, "block_devices", opens_blocks(live->rules));
    else if (live->may_be_told && record->block_devices >= 0)
        item_set_bool(item, "block_devices", record->block_devices);
    else
        item_unread_problem(item, "block_devices", live->problem);
}

/* The rules beyond the usual ones: of the kernel, else of the bundle. */
static void set_device_rules(const struct view *view, const struct container_record *record, struct item *item)
{
    const struct device_live *live = device_rules_live(view->host, view->first->cgroup);
    const json_object *told = live->may_be_told ? record->device_rules : NULL;
    size_t n = live->rules ? g_strv_length(live->rules) : told ? json_object_array_length(told) : 0;
    if (!live->rules && !told) {
        item_unread_problem(item, "device_rules", live->problem);
        return;
    }
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < n; i++) {
        const char *text = live->rules ? live->rules[i] : json_object_get_string(json_object_array_get_idx(told, i));
        struct device_rule rule;
        if (device_rule_parse(text, &rule) && !device_rule_is_standard(&rule))
            tree_add_text(list, text);
    }
    item_set(item, "device_rules", list);
}

/* Nobody keeps its output but who started it. */
static bool has_no_engine(const struct container *container)
{
    static const char *const alone[] = {"runc", "lxc", "nspawn", "unknown", NULL};
    return !container->record->problem && g_strv_contains(alone, container->runtime);
}

static void set_fields(const struct container *container, struct item *item)
{
    const struct container_record *record = container->record;
    for (const char *const *field = container_record_fields; *field; field++) {
        json_object *value = NULL;
        if (record->fields && json_object_object_get_ex(record->fields, *field, &value))
            item_set(item, *field, value ? tree_copy(value) : NULL);
        else if (g_str_equal(*field, "log_bounded") && has_no_engine(container))
            item_set(item, *field, NULL);
        else if (record->from)
            item_unread(item, *field, "%s does not say it", record->where);
        else if (record->problem)
            item_unread_problem(item, *field, record->problem);
        else
            item_unread(item, *field, "no engine's record of this container was found");
    }
    const json_object *labels = tree_member(record->fields, "labels");
    if (labels && json_object_object_length(labels) > CONTAINER_LABELS_MAX) {
        item_set(item, "labels", NULL);
        item_damaged(item, "labels", "more than %d labels", CONTAINER_LABELS_MAX);
    }
}

void container_set_record_fields(const struct container *container, struct item *item)
{
    const struct container_record *record = container->record;
    if (record->problem)
        item_unread_problem(item, "record", record->problem);
    else
        item_set_string(item, "record", record->from);
    set_fields(container, item);
}

void container_set_record(const struct view *view, struct item *item)
{
    const struct container_record *record = view->container->record;
    container_set_record_fields(view->container, item);
    set_block_devices(view, record, item);
    set_device_rules(view, record, item);
    const struct problem *problem = record->wanted_problem ? record->wanted_problem : record->problem;
    if (record->wanted->len)
        set_differences(view, record, item);
    else if (problem)
        item_unread_problem(item, "differences", problem);
    else
        item_unread(item, "differences", "no record and no bundle of this container was found");
}
