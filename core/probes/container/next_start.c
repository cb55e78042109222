/* The same code looks at the planned process and mounts as at those of a container that runs, so that a field means the
 * same of both. What that code would look up in /proc is noted as a failure there (struct process, `planned`) and is
 * unread. */
#include "probes/container/next_start.h"

#include "facts/container/device_name.h"
#include "facts/container/device_rules.h"
#include "facts/container/record.h"
#include "facts/context.h"
#include "facts/process/namespaces.h"
#include "host/notes.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/fill.h"
#include "probes/container/gain.h"
#include "probes/container/leaks.h"
#include "probes/container/mounts.h"
#include "probes/container/origin.h"
#include "probes/container/permit.h"
#include "probes/container/programs.h"
#include "probes/container/reach.h"
#include "probes/container/rights.h"
#include "probes/container/sockets.h"
#include "probes/container/users.h"

#include <string.h>
#include <sys/stat.h>

/* The plan says more than what was read from the process. */
static void say(struct item *item, const char *field, json_object *value)
{
    if (item->unread)
        g_hash_table_remove(item->unread, field);
    item_set(item, field, value);
}

/* ---- rights ---- */

/* What it may have at most does not hang on who it is. */
static void set_bounding(const struct container_planned *planned, struct item *item)
{
    g_auto(GStrv) names = host_capability_names(planned->bounding);
    json_object *list = json_object_new_array();
    for (char **name = names; *name; name++)
        tree_add_text(list, *name);
    say(item, "caps_bounding", list);
    if (planned->privileged == 1)
        say(item, "privileged", json_object_new_boolean(true));
}

/* Of kinds that are not known the others are told all the same. */
static void set_namespaces(const struct view *view, struct item *item)
{
    json_object *list = json_object_new_array();
    const char *unread = NULL;
    g_autofree const char **shared = namespaces_shared(view->host, view->first, &unread);
    for (const char **name = shared; *name; name++)
        tree_add_text(list, *name);
    item_set(item, "host_namespaces", list);
    if (unread)
        item_unread(item, "host_namespaces", "what its record says of the %s namespace is not known", unread);
}

static void set_program(const struct view *view, struct item *item)
{
    item_set_string(item, "comm", view->first->comm);
    if (view->first->argv)
        item_set_strv(item, "argv", (const char *const *)view->first->argv);
}

/* ---- devices ---- */

struct planned_nodes {
    const struct view *view;
    json_object *devices, *disks, *of_users, *disks_of_users, *names;
    const json_object *rules; /* texts of what it may open beyond the usual */
    bool more;                /* a folder of nodes is mounted */
};

static bool may_open(const struct planned_nodes *nodes, const struct host_stat *file)
{
    size_t n = json_object_is_type(nodes->rules, json_type_array) ? json_object_array_length(nodes->rules) : 0;
    bool covered = false;
    for (size_t i = 0; i < n && !covered; i++) {
        struct device_rule rule;
        covered = device_rule_parse(json_object_get_string(json_object_array_get_idx(nodes->rules, i)), &rule) &&
                  device_rule_covers(&rule, file->mode, file->dev_major, file->dev_minor);
    }
    return covered && container_users_may(nodes->view, file, MAY_READ | MAY_WRITE);
}

static void add_node(struct planned_nodes *nodes, const char *inside, const struct host_stat *file)
{
    bool node = S_ISBLK(file->mode) || S_ISCHR(file->mode);
    if (!node || device_is_standard(file->mode, file->dev_major, file->dev_minor))
        return;
    bool users = may_open(nodes, file);
    g_autofree char *name = users ? device_kernel_name(nodes->view->host, file) : NULL;
    tree_add_text(nodes->devices, inside);
    if (S_ISBLK(file->mode))
        tree_add_text(nodes->disks, inside);
    if (!users)
        return;
    tree_add_text(nodes->of_users, inside);
    tree_add_text(nodes->names, name ? name : inside);
    if (S_ISBLK(file->mode))
        tree_add_text(nodes->disks_of_users, inside);
}

/* A folder of nodes that the host names by one device: all that lies in it is given. What is not there any more would
 * be in the way of the start. */
static void add_device(struct planned_nodes *nodes, const struct planned_device *device)
{
    struct host_stat file = device->node;
    g_autoptr(GError) error = NULL;
    if (device->host && !host_stat(nodes->view->host, device->host, &file, &error)) {
        host_note(g_steal_pointer(&error));
        tree_add_text(nodes->devices, device->inside);
        return;
    }
    nodes->more |= S_ISDIR(file.mode);
    if (S_ISDIR(file.mode))
        tree_add_text(nodes->devices, device->inside);
    else
        add_node(nodes, device->inside, &file);
}

/* A node may be mounted like any file. */
static void add_mounted(struct planned_nodes *nodes)
{
    const struct container *container = nodes->view->container;
    for (guint i = 0; container->mounts && i < container->mounts->lines->len; i++) {
        const struct mount_line *line = g_ptr_array_index(container->mounts->lines, i);
        g_autofree char *home = container_host_path(nodes->view->containers, container, line);
        struct host_stat file;
        if (!home || !host_stat(nodes->view->host, home, &file, NULL))
            continue;
        bool ruled = json_object_is_type(nodes->rules, json_type_array) && json_object_array_length(nodes->rules);
        bool open = ruled && !mount_has_option(line->options, "nodev");
        nodes->more |= S_ISDIR(file.mode) && (path_is_below(line->target, "/dev") || open);
        add_node(nodes, line->target, &file);
    }
}

static void set_nodes(const struct planned_nodes *nodes, struct item *item, const GError *failure)
{
    static const char *const fields[] = {"devices", "disks", "user_devices", "user_disks", "user_device_names"};
    json_object *const lists[] = {nodes->devices, nodes->disks, nodes->of_users, nodes->disks_of_users, nodes->names};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        view_set_found(item, fields[i], lists[i], failure);
        if (nodes->more)
            item_unread(item, fields[i], "a folder that it is given may hold device nodes");
    }
}

/* Root of the host opens all of them; of anybody else each node's mode decides. */
static void add_all(const struct planned_nodes *nodes, struct item *item)
{
    static const char all[] = "all of the host";
    const struct process *first = nodes->view->first;
    bool root = first->ids_known && gain_root(nodes->view, first);
    json_object *const lists[] = {nodes->devices, nodes->disks, nodes->of_users, nodes->disks_of_users};
    for (size_t i = 0; i < (root ? G_N_ELEMENTS(lists) : 2U); i++)
        tree_add_text(lists[i], all);
    if (!root) {
        item_unread(item, "user_devices", "it is given all devices of the host, and their modes decide");
        item_unread_like(item, "user_disks", "user_devices");
    }
    item_unread(item, "user_device_names", "it is given all devices of the host");
}

static void set_devices(const struct view *view, const struct container_planned *planned, struct item *item)
{
    struct planned_nodes nodes = {view,
                                  json_object_new_array(),
                                  json_object_new_array(),
                                  json_object_new_array(),
                                  json_object_new_array(),
                                  json_object_new_array(),
                                  tree_member(planned->fields, "device_rules"),
                                  false};
    struct host_noting noted = host_notes_begin();
    for (guint i = 0; i < planned->devices->len; i++)
        add_device(&nodes, g_ptr_array_index(planned->devices, i));
    add_mounted(&nodes);
    g_autoptr(GError) failure = host_notes_take(&noted);
    set_nodes(&nodes, item, failure);
    if (planned->all_devices)
        add_all(&nodes, item);
    const struct container_record *record = view->container->record;
    if (record->block_devices >= 0)
        item_set_bool(item, "block_devices", record->block_devices || json_object_array_length(nodes.disks));
}

/* ---- control groups ---- */

/* Version 1 is there where the host has a hierarchy of it. */
static void set_version(const struct view *view, struct item *item)
{
    const struct mountinfo *host = view->containers->host;
    bool first = false;
    for (guint i = 0; host && i < host->lines->len; i++)
        first |= g_str_equal(((const struct mount_line *)g_ptr_array_index(host->lines, i))->fstype, "cgroup");
    if (host)
        item_set_bool(item, "cgroup_v1", first);
}

/* ---- all of it ---- */

static void set_all(const struct view *view, const struct container_planned *planned, struct item *item)
{
    set_program(view, item);
    container_set_users(view, item);
    container_set_rights(view, item);
    container_set_namespaces(view, item);
    set_namespaces(view, item);
    set_devices(view, planned, item);
    container_set_privileged(view, item);
    set_bounding(planned, item);
    container_set_mounts(view->host, view->containers, view->container, item);
    container_set_sockets(view, item);
    container_set_gain(view, item);
    container_set_reach(view, item);
    container_set_mount_leaks(view, item);
    container_set_user_disks(view, item);
    set_version(view, item);
    json_object_object_foreach (planned->fields, field, value)
        say(item, field, value ? tree_copy(value) : NULL);
    json_object_object_foreach (planned->doubts, name, why)
        item_unread(item, name, "%s", json_object_get_string(why));
}

/* What was noted beside all fields casts doubt on all that were found. */
static void doubt(struct item *item, const GError *error)
{
    json_object_object_foreach (item->fields, field, value) {
        (void)value;
        if (!(item->unread && g_hash_table_contains(item->unread, field)))
            item_unread_error(item, field, error);
    }
}

void container_set_next_start(const struct fact_context *context, struct container_listed *listed, struct item *item)
{
    const struct containers *containers = containers_find(context);
    struct container_planned *planned = listed->planned;
    struct container container = listed->container;
    struct container_gain gain = {0};
    g_autoptr(GPtrArray) processes = g_ptr_array_new();
    g_ptr_array_add(processes, planned->process);
    container.first = planned->process;
    container.planned = planned;
    container.processes = processes;
    container.mounts = planned->mounts;
    container.mounts_error = containers->host_error;
    container.own_pids = namespace_relation(context->host, planned->process, NS_PID) != NS_SHARED;
    struct view view = {context->host, containers, &container, planned->process, processes, &gain};
    struct host_noting noted = host_notes_begin();
    container_programs_look(context, &view, &gain);
    set_all(&view, planned, item);
    container_gain_clear(&gain);
    g_autoptr(GError) failure = host_notes_take(&noted);
    if (failure)
        doubt(item, failure);
}
