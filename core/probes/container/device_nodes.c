#include "probes/container/device_nodes.h"

#include "facts/container/device_live.h"
#include "facts/container/device_name.h"
#include "facts/container/device_rules.h"
#include "facts/container/record.h"
#include "model/error.h"
#include "model/tree.h"
#include "probes/common/noted.h"
#include "probes/container/mount_below.h"
#include "probes/container/permit.h"
#include "probes/container/reach.h"

#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>

#define DEVICES_MAX 512

/* ---- rules ---- */

static void take_rule(GPtrArray *rules, const char *text)
{
    struct device_rule rule;
    if (device_rule_parse(text, &rule) && !device_rule_is_standard(&rule))
        g_ptr_array_add(rules, g_memdup2(&rule, sizeof rule));
}

void device_nodes_begin(struct device_nodes *nodes, const struct view *view)
{
    const json_object *told = view->container->record->device_rules;
    *nodes = (struct device_nodes){.view = view, .of = view};
    nodes->devices = json_object_new_array();
    nodes->disks = json_object_new_array();
    nodes->of_users = json_object_new_array();
    nodes->disks_of_users = json_object_new_array();
    nodes->names_of_users = json_object_new_array();
    const struct device_live *live = device_rules_live(view->host, view->first->cgroup);
    nodes->live = live->rules;
    nodes->problem = live->problem;
    if (!live->rules && (!told || !live->may_be_told))
        return;
    nodes->rules = g_ptr_array_new_with_free_func(g_free);
    for (char *const *rule = nodes->live; rule && *rule; rule++)
        take_rule(nodes->rules, *rule);
    for (size_t i = 0; !nodes->live && i < json_object_array_length(told); i++)
        take_rule(nodes->rules, json_object_get_string(json_object_array_get_idx(told, i)));
    nodes->open = g_ptr_array_new();
    g_ptr_array_extend(nodes->open, nodes->rules, NULL, NULL);
}

/* A node of just the rule's numbers is all that the rule gives. */
static void close_rules(struct device_nodes *nodes, const struct host_stat *node)
{
    for (guint i = nodes->open ? nodes->open->len : 0; i-- > 0;) {
        const struct device_rule *rule = g_ptr_array_index(nodes->open, i);
        bool same = rule->major == node->dev_major && rule->minor == node->dev_minor;
        if (same && rule->type == (S_ISBLK(node->mode) ? 'b' : 'c'))
            g_ptr_array_remove_index(nodes->open, i);
    }
}

static bool some_rule_opens(const GPtrArray *rules, const struct host_stat *node)
{
    for (guint i = 0; i < rules->len; i++)
        if (device_rule_covers(g_ptr_array_index(rules, i), node->mode, node->dev_major, node->dev_minor))
            return true;
    return false;
}

/* ---- nodes ---- */

/* What every runtime makes (OCI runtime specification, config-linux.md), by its numbers, which say what it is under any
 * name. Without numbers the name has to do. */
static bool is_standard(const char *inside, const struct host_stat *found)
{
    static const char *const names[] = {"/dev/null", "/dev/zero", "/dev/full",    "/dev/random", "/dev/urandom",
                                        "/dev/tty",  "/dev/ptmx", "/dev/console", NULL};
    if (found->dev_major || found->dev_minor)
        return device_is_standard(found->mode, found->dev_major, found->dev_minor);
    return S_ISCHR(found->mode) && (g_strv_contains(names, inside) || g_str_has_prefix(inside, "/dev/pts/"));
}

static bool is_node(const char *inside, const struct host_stat *found)
{
    return (S_ISCHR(found->mode) || S_ISBLK(found->mode)) && !is_standard(inside, found);
}

/* Those that the device rules do not let open are left out where the rules can be read. */
static bool users_may(const struct device_nodes *nodes, const struct host_stat *node)
{
    bool numbered = node->dev_major || node->dev_minor;
    bool shut =
        nodes->live && numbered && !device_rules_open(nodes->live, node->mode, node->dev_major, node->dev_minor);
    return !shut && container_users_may(nodes->view, node, MAY_READ | MAY_WRITE);
}

static bool is_of_other(const struct device_nodes *nodes)
{
    return nodes->of != nodes->view;
}

static struct device_doubt *doubt_of(struct device_nodes *nodes)
{
    return is_of_other(nodes) ? &nodes->others : &nodes->own;
}

/* As it is said: the path inside, and whose it is unless that is the container. */
static char *text_of(const struct device_nodes *nodes, const char *inside)
{
    g_autofree char *valid = g_utf8_make_valid(inside, -1);
    return is_of_other(nodes) ? g_strdup_printf("%s: %s", nodes->of->container->name, valid) : g_steal_pointer(&valid);
}

static void keep(struct device_nodes *nodes, const char *inside, const struct host_stat *found)
{
    if (json_object_array_length(is_of_other(nodes) ? nodes->of_users : nodes->devices) >= DEVICES_MAX) {
        host_note(g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more device nodes than are kept", nodes->root));
        return;
    }
    g_autofree char *valid = text_of(nodes, inside);
    if (!is_of_other(nodes)) {
        tree_add_text(nodes->devices, valid);
        if (S_ISBLK(found->mode))
            tree_add_text(nodes->disks, valid);
    }
    if (!users_may(nodes, found))
        return;
    g_autofree char *name = device_kernel_name(nodes->view->host, found);
    tree_add_text(nodes->of_users, valid);
    tree_add_text(nodes->names_of_users, name ? name : valid);
    if (S_ISBLK(found->mode))
        tree_add_text(nodes->disks_of_users, valid);
    close_rules(nodes, found);
}

/* ---- everywhere ---- */

static bool opens_disks(const struct device_nodes *nodes)
{
    for (guint i = 0; nodes->open && i < nodes->open->len; i++)
        if (((const struct device_rule *)g_ptr_array_index(nodes->open, i))->type != 'c')
            return true;
    return !nodes->open;
}

static void take(struct device_nodes *nodes, const char *inside, const struct host_stat *node)
{
    struct device_doubt *doubt = doubt_of(nodes);
    if (!is_node(inside, node))
        return;
    if (nodes->rules && some_rule_opens(nodes->rules, node))
        keep(nodes, inside, node);
    else if (!nodes->rules && !doubt->unsure && (!is_of_other(nodes) || users_may(nodes, node)))
        doubt->unsure = text_of(nodes, inside);
}

/* The device rules of a container are its own, and a neighbour's node was given to the neighbour. */
void device_nodes_add(struct device_nodes *nodes, const char *inside, const struct host_stat *found)
{
    if (is_of_other(nodes))
        take(nodes, inside, found);
    else if (is_node(inside, found))
        keep(nodes, inside, found);
}

void device_nodes_turn_to(struct device_nodes *nodes, const struct view *of, const char *root)
{
    nodes->of = of;
    nodes->root = root;
}

struct node_walk {
    struct device_nodes *nodes;
    const struct mount_line *line;
};

/* What is mounted inside has a line of its own. */
static enum below_step look_at(const struct below_entry *entry, gpointer data)
{
    const struct node_walk *walk = data;
    bool node = S_ISCHR(entry->stat->mode) || S_ISBLK(entry->stat->mode);
    if (!node && !S_ISDIR(entry->stat->mode))
        return BELOW_ON;
    g_autofree char *inside = below_path(walk->line->target, entry);
    if (entry->name && mountinfo_at(walk->nodes->of->container->mounts, inside))
        return BELOW_APART;
    take(walk->nodes, inside, entry->stat);
    return BELOW_ON;
}

/* Below /dev all was looked at. */
static bool may_hold_nodes(const struct mount_line *line)
{
    return !mount_has_option(line->options, "nodev") && !path_is_below(line->target, "/dev") &&
           !path_is_below(line->target, "/proc") && !path_is_below(line->target, "/sys");
}

/* Without rules to go by only what the host gave it is looked at: what the image brings is nobody's device. */
static void look_through(struct device_nodes *nodes, const struct mount_line *line, struct below *below)
{
    enum mount_files which = nodes->rules ? MOUNT_FILES_ALL : MOUNT_FILES_OF_HOST;
    g_autoptr(GError) error = NULL;
    if (!may_hold_nodes(line) || container_walk_mount(nodes->of, line, which, below, &error))
        return;
    struct device_doubt *doubt = doubt_of(nodes);
    doubt->cut_disk |= opens_disks(nodes);
    if (!doubt->cut)
        doubt->cut = g_steal_pointer(&error);
}

static bool makes_nodes(const struct view *view)
{
    /* Unheard: host_caps says what of them is not known. */
    struct host_noting noted = host_notes_begin();
    bool makes = container_host_caps(view) >> CAP_MKNOD & 1;
    g_autoptr(GError) failed = host_notes_take(&noted);
    return makes && !failed;
}

void device_nodes_look_everywhere(struct device_nodes *nodes)
{
    const struct mountinfo *mounts = nodes->of->container->mounts;
    if (!mounts || (nodes->open && !nodes->open->len) || makes_nodes(nodes->view))
        return;
    struct node_walk walk = {.nodes = nodes};
    struct below below = {.visit = look_at, .data = &walk};
    for (guint i = 0; i < mounts->lines->len; i++) {
        walk.line = g_ptr_array_index(mounts->lines, i);
        below.files = 0;
        look_through(nodes, walk.line, &below);
    }
}

/* ---- what is said ---- */

static void say_unseen(const struct device_doubt *doubt, const struct problem *why, struct item *item,
                       const char *field, bool may)
{
    pl_auto(problem) unsure =
        doubt->unsure ? problem_of(problem_copy(why), "%s is a device node, and whether it may be opened is not known",
                                   doubt->unsure)
                      : NULL;
    pl_auto(problem) cut = may ? problem_of(problem_of_error(doubt->cut),
                                            "its device rules let it open more than its /dev has, and its mounts "
                                            "without nodev may hold nodes for it")
                               : NULL;
    if (unsure)
        item_unread_problem(item, field, unsure);
    if (cut)
        item_unread_problem(item, field, cut);
}

static void clear(struct device_doubt *doubt)
{
    g_free(doubt->unsure);
    g_clear_error(&doubt->cut);
}

void device_nodes_end(struct device_nodes *nodes, struct item *item, const GError *failure, const GError *others)
{
    const struct {
        const char *name;
        json_object *list;
        bool disks, of_users;
    } fields[] = {{"devices", nodes->devices, false, false},
                  {"disks", nodes->disks, true, false},
                  {"user_devices", nodes->of_users, false, true},
                  {"user_disks", nodes->disks_of_users, true, true},
                  {"user_device_names", nodes->names_of_users, false, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        const struct device_doubt *sides[] = {&nodes->own, &nodes->others};
        view_set_found(item, fields[i].name, fields[i].list, failure);
        if (others && fields[i].of_users)
            item_unread_error(item, fields[i].name, others);
        for (size_t side = 0; side < (fields[i].of_users ? 2U : 1U); side++)
            say_unseen(sides[side], nodes->problem, item, fields[i].name,
                       fields[i].disks ? sides[side]->cut_disk : sides[side]->cut != NULL);
    }
    g_clear_pointer(&nodes->open, g_ptr_array_unref);
    g_clear_pointer(&nodes->rules, g_ptr_array_unref);
    clear(&nodes->own);
    clear(&nodes->others);
}
