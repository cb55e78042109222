/* A Docker record on its way to a plan, for the files that read its parts. */
#pragma once

#include "facts/container/plan.h"
#include "model/tree.h"

struct docker_plan {
    struct plan plan;
    const struct docker_engine *engine; /* NULL */
    const char *root;                   /* the engine's data directory */
    const json_object *tree;
    bool privileged;
    int maps_users; /* root is another user of the host; -1: not known */
};

/* "" and 0 where the record has none. */
static inline const char *docker_plan_text(const struct docker_plan *plan, const char *path)
{
    const char *text = tree_string_of(tree_at(plan->tree, path));
    return text ? text : "";
}

static inline double docker_plan_number(const struct docker_plan *plan, const char *path)
{
    const json_object *node = tree_at(plan->tree, path);
    return tree_is_number(node) ? json_object_get_double(node) : 0;
}

static inline size_t docker_plan_length(const json_object *list)
{
    return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

void docker_plan_mounts(const struct docker_plan *plan);
void docker_plan_devices(const struct docker_plan *plan);
/* Limits, ports, program, environment. */
void docker_plan_rest(const struct docker_plan *plan);
