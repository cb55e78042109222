/* Device nodes in reach of a container, held against the device rules of its control group and the rights of its users.
 */
#pragma once

#include "probes/container/view.h"

/* What is not known of the nodes of one side. */
struct device_doubt {
    char *unsure;  /* a node of which it is not known whether the rules let it be opened; NULL: none */
    GError *cut;   /* why there may be others; NULL */
    bool cut_disk; /* block devices among them */
};

struct device_nodes {
    const struct view *view;
    const struct view *of;        /* whose nodes are looked at: its own, or those of a neighbour; borrowed */
    const char *root;             /* /proc/PID/root of it; borrowed */
    json_object *devices, *disks; /* paths inside; of block devices */
    json_object *of_users;        /* those that its users, and the rules where they can be read, let open */
    json_object *disks_of_users, *names_of_users; /* of block devices; as the kernel calls them all */
    GPtrArray *rules;              /* struct device_rule: what it may open beyond the usual; NULL: not known */
    char *const *live;             /* all rules as the kernel shows them; NULL: it does not; borrowed */
    const struct problem *problem; /* why; borrowed */
    GPtrArray *open; /* struct device_rule, borrowed from `rules`: no node for it was found that its users may open */
    struct device_doubt own, others; /* of its nodes; of those of its neighbours */
};

/* Reads the rules. */
void device_nodes_begin(struct device_nodes *nodes, const struct view *view);
/* Takes the node at a path inside, unless it is no device or one that every container has. */
void device_nodes_add(struct device_nodes *nodes, const char *inside, const struct host_stat *found);
/* From here on nodes below this root are taken: those of the container itself (`of` is the view of the start), or of
 * a neighbour. A neighbour's are not in the container, but its users may open what the rules let them. Both are
 * borrowed until the next turn. */
void device_nodes_turn_to(struct device_nodes *nodes, const struct view *of, const char *root);
/* Looks below all mounts that do not forbid device nodes, where some rule lets devices be opened for which no node was
 * found, and its processes cannot make the node themselves, which is told of by the rules alone. */
void device_nodes_look_everywhere(struct device_nodes *nodes);
/* Sets devices, disks, user_devices, user_disks and user_device_names; `failure` and `others`, that of looking at
 * neighbours, NULL: nothing failed meanwhile. */
void device_nodes_end(struct device_nodes *nodes, struct item *item, const GError *failure, const GError *others);
