/* Walks into maps and lists that a setting holds. */
#include "probes/setting_member.h"

#include "model/tree.h"
#include "model/value.h"

#include <string.h>

struct walk {
    const json_object *unset; /* stands for what a map lacks on the way; NULL: nothing does */
    member_visitor visit;
    gpointer data;
};

static void walk_down(const struct walk *walk, const json_object *node, const char *rest, const char *path);

static void walk_into(const struct walk *walk, const json_object *member, const char *rest, const char *path,
                      const char *name)
{
    g_autofree char *longer = *path ? g_strconcat(path, ".", name, NULL) : g_strdup(name);
    walk_down(walk, member, rest, longer);
}

static void walk_list(const struct walk *walk, const json_object *node, const char *step, const char *rest,
                      const char *path)
{
    size_t n = json_object_array_length(node);
    bool all = g_str_equal(step, "*");
    uint64_t wanted = 0;
    if (!all && !value_parse_u64(step, G_MAXUINT32, &wanted))
        return;
    for (size_t i = all ? 0 : (size_t)wanted; i < n && (all || i == wanted); i++) {
        g_autofree char *name = g_strdup_printf("%zu", i);
        walk_into(walk, json_object_array_get_idx(node, i), rest, path, name);
    }
}

/* The first step of `member` without its backslashes; *rest is what follows. */
static char *first_step(const char *member, const char **rest)
{
    g_autoptr(GString) step = g_string_new(NULL);
    const char *p = member;
    for (; *p && *p != '.'; p++) {
        if (*p == '\\' && p[1])
            p++;
        g_string_append_c(step, *p);
    }
    *rest = *p ? p + 1 : p;
    return g_strdup(step->str);
}

static void walk_down(const struct walk *walk, const json_object *node, const char *rest, const char *path)
{
    if (!*rest) {
        if (node)
            walk->visit(path, node, walk->data);
        return;
    }
    const char *after = NULL;
    g_autofree char *step = first_step(rest, &after);
    if (json_object_is_type(node, json_type_array)) {
        walk_list(walk, node, step, after, path);
        return;
    }
    if (!json_object_is_type(node, json_type_object))
        return;
    json_object *member = NULL;
    if (!g_str_equal(step, "*")) {
        bool there = json_object_object_get_ex(node, step, &member);
        if (there || walk->unset)
            walk_into(walk, there ? member : walk->unset, there ? after : "", path, step);
        return;
    }
    json_object_object_foreach (node, name, each)
        walk_into(walk, each, after, path, name);
}

void setting_member_visit(const json_object *value, const char *member, const json_object *unset, member_visitor visit,
                          gpointer data)
{
    const struct walk walk = {unset, visit, data};
    walk_down(&walk, value, member ? member : "", "");
}

/* ---- items ---- */

struct spread {
    const struct item *item;
    struct items *to;
};

static void copy_unread(const struct item *from, struct item *to)
{
    if (!from->unread)
        return;
    GHashTableIter iter;
    gpointer field = NULL, reason = NULL;
    g_hash_table_iter_init(&iter, from->unread);
    while (g_hash_table_iter_next(&iter, &field, &reason))
        item_unread(to, field, "%s", (const char *)reason);
}

static struct item *copy_item(const struct item *from, const char *subject, struct items *to)
{
    struct item *item = items_add(to, subject);
    source_copy(&item->source, &from->source);
    json_object_object_foreach (from->fields, name, value)
        item_set(item, name, tree_copy(value));
    copy_unread(from, item);
    return item;
}

static void add_member(const char *path, const json_object *value, gpointer data)
{
    const struct spread *spread = data;
    if (spread->to->list->len >= ITEMS_MAX)
        return;
    g_autofree char *subject = g_strdup_printf("%s: %s", spread->item->subject, path);
    struct item *item = copy_item(spread->item, subject, spread->to);
    struct tree_mark mark = tree_mark(value);
    item_set(item, "value", tree_copy(value));
    item_set_string(item, "member", path);
    unsigned line = mark.key_line ? mark.key_line : mark.line;
    if (item->source.path && line)
        item->source.line = line;
}

void setting_member_spread(const struct items *from, const char *member, const json_object *unset, struct items *to)
{
    setting_problems_copy(from, to);
    for (guint i = 0; i < from->list->len; i++) {
        const struct item *item = g_ptr_array_index(from->list, i);
        struct spread spread = {item, to};
        if (item->unread && g_hash_table_contains(item->unread, "value"))
            copy_item(item, item->subject, to);
        else
            setting_member_visit(tree_member(item->fields, "value"), member, unset, add_member, &spread);
    }
}

void setting_problems_copy(const struct items *from, struct items *to)
{
    for (guint i = 0; i < from->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(from->problems, i);
        items_problem(to, problem->kind, problem->cure, "%s", problem->reason);
    }
}
