#include "facts/file/members.h"

#include "model/tree.h"

#include <string.h>

struct members_step {
    char *name;
    bool every; /* "*": every member */
};

struct members_walk {
    GPtrArray *found;
    const struct members_step *steps;
    guint step_count;
    const json_object *unset; /* for what a map lacks, NULL: nothing is found there */
};

static void found_free(gpointer data)
{
    struct member_found *found = data;
    g_free(found->key);
    g_free(found);
}

static void step_clear(gpointer data)
{
    struct members_step *step = data;
    g_free(step->name);
}

static GArray *steps_of(const char *path)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct members_step));
    g_array_set_clear_func(steps, step_clear);
    const char *rest = *path ? path : NULL;
    while (rest) {
        struct members_step step;
        step.name = tree_path_step(&rest, &step.every);
        g_array_append_val(steps, step);
    }
    return steps;
}

static void walk(struct members_walk *query, const json_object *node, guint step, const char *key);

static void walk_member(struct members_walk *query, const json_object *member, guint step, const char *key,
                        const char *name)
{
    g_autofree char *longer = *key ? g_strconcat(key, ".", name, NULL) : g_strdup(name);
    walk(query, member, step + 1, longer);
}

static void walk_every(struct members_walk *query, const json_object *node, guint step, const char *key)
{
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach (node, name, member)
            walk_member(query, member, step, key, name);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        g_autofree char *name = g_strdup_printf("%" G_GSIZE_FORMAT, i);
        walk_member(query, json_object_array_get_idx(node, i), step, key, name);
    }
}

static void add_found(struct members_walk *query, const json_object *node, const char *key)
{
    struct member_found *found = g_new0(struct member_found, 1);
    found->key = g_strdup(key);
    found->value = node;
    g_ptr_array_add(query->found, found);
}

static void add_unset(struct members_walk *query, guint step, const char *key)
{
    g_autoptr(GString) longer = g_string_new(key);
    for (; step < query->step_count; step++)
        g_string_append_printf(longer, "%s%s", longer->len ? "." : "", query->steps[step].name);
    add_found(query, query->unset, longer->str);
}

static void walk(struct members_walk *query, const json_object *node, guint step, const char *key)
{
    json_object *member = NULL;
    if (step == query->step_count) {
        add_found(query, node, key);
        return;
    }
    bool map = json_object_is_type(node, json_type_object);
    if (!map && !json_object_is_type(node, json_type_array))
        return;
    const struct members_step *wanted = &query->steps[step];
    if (wanted->every)
        walk_every(query, node, step, key);
    else if (tree_has(node, wanted->name, &member))
        walk_member(query, member, step, key, wanted->name);
    else if (map && query->unset)
        add_unset(query, step, key);
}

GPtrArray *members_find(const json_object *root, const char *path)
{
    return members_find_or(root, path, NULL);
}

GPtrArray *members_find_or(const json_object *root, const char *path, const json_object *unset)
{
    g_autoptr(GArray) steps = steps_of(path);
    struct members_walk query = {g_ptr_array_new_with_free_func(found_free),
                                 (const struct members_step *)(void *)steps->data, steps->len, unset};
    walk(&query, root, 0, "");
    return query.found;
}
