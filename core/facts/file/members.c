#include "facts/file/members.h"

#include "model/value.h"

#include <string.h>

struct members_walk {
    GPtrArray *found;
    char **steps;
    gsize step_count;
    const json_object *unset; /* for what a map lacks, NULL: nothing is found there */
};

static void found_free(gpointer data)
{
    struct member_found *found = data;
    g_free(found->key);
    g_free(found);
}

/* The steps of a dotted path; a backslash keeps the next byte literal, also a star: such a star comes out as "\*". */
static char **split_key(const char *key)
{
    GPtrArray *steps = g_ptr_array_new();
    GString *step = g_string_new(NULL);
    for (const char *p = key; *key; p++) {
        if (*p == '\0' || *p == '.') {
            g_ptr_array_add(steps, g_strdup(step->str));
            g_string_truncate(step, 0);
            if (*p == '\0')
                break;
        } else if (*p == '\\' && p[1]) {
            bool star = p[1] == '*' && step->len == 0 && (p[2] == '.' || p[2] == '\0');
            g_string_append(step, star ? "\\*" : "");
            if (!star)
                g_string_append_c(step, p[1]);
            p++;
        } else {
            g_string_append_c(step, *p);
        }
    }
    g_string_free(step, TRUE);
    g_ptr_array_add(steps, NULL);
    return (char **)g_ptr_array_free(steps, FALSE);
}

static void walk(struct members_walk *query, const json_object *node, gsize step, const char *key);

static void walk_member(struct members_walk *query, const json_object *member, gsize step, const char *key,
                        const char *name)
{
    g_autofree char *longer = *key ? g_strconcat(key, ".", name, NULL) : g_strdup(name);
    walk(query, member, step + 1, longer);
}

static void walk_array(struct members_walk *query, const json_object *node, gsize step, const char *key)
{
    const char *wanted = query->steps[step];
    guint64 index = 0;
    size_t n = json_object_array_length(node);
    if (g_str_equal(wanted, "*")) {
        for (size_t i = 0; i < n; i++) {
            g_autofree char *name = g_strdup_printf("%" G_GSIZE_FORMAT, i);
            walk_member(query, json_object_array_get_idx(node, i), step, key, name);
        }
    } else if (value_parse_u64(wanted, G_MAXUINT32, &index) && index < n) {
        walk_member(query, json_object_array_get_idx(node, (size_t)index), step, key, wanted);
    }
}

static void add_found(struct members_walk *query, const json_object *node, const char *key)
{
    struct member_found *found = g_new0(struct member_found, 1);
    found->key = g_strdup(key);
    found->value = node;
    g_ptr_array_add(query->found, found);
}

static void add_unset(struct members_walk *query, gsize step, const char *key)
{
    g_autofree char *rest = g_strjoinv(".", query->steps + step);
    g_autofree char *longer = *key ? g_strconcat(key, ".", rest, NULL) : g_strdup(rest);
    add_found(query, query->unset, longer);
}

static void walk(struct members_walk *query, const json_object *node, gsize step, const char *key)
{
    if (step == query->step_count) {
        add_found(query, node, key);
        return;
    }
    if (json_object_is_type(node, json_type_array)) {
        walk_array(query, node, step, key);
        return;
    }
    if (!json_object_is_type(node, json_type_object))
        return;
    if (g_str_equal(query->steps[step], "*")) {
        json_object_object_foreach (node, name, member)
            walk_member(query, member, step, key, name);
        return;
    }
    const char *wanted = g_str_equal(query->steps[step], "\\*") ? "*" : query->steps[step];
    json_object *member = NULL;
    if (json_object_object_get_ex(node, wanted, &member))
        walk_member(query, member, step, key, wanted);
    else if (query->unset)
        add_unset(query, step, key);
}

GPtrArray *members_find(const json_object *root, const char *path)
{
    return members_find_or(root, path, NULL);
}

GPtrArray *members_find_or(const json_object *root, const char *path, const json_object *unset)
{
    g_auto(GStrv) steps = split_key(path);
    struct members_walk query = {g_ptr_array_new_with_free_func(found_free), steps, g_strv_length(steps), unset};
    walk(&query, root, 0, "");
    return query.found;
}
