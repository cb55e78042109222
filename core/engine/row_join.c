/* What several tests show of one object, in one piece. */
#include "engine/row.h"

#include <string.h>

/* Two trees and what they are together: most rows of a rule show the same. */
struct row_joint {
    json_object *left, *right, *both; /* owned; both NULL: they contradict each other */
};

static void joint_free(gpointer data)
{
    struct row_joint *joint = data;
    json_object_put(joint->left);
    json_object_put(joint->right);
    json_object_put(joint->both);
    g_free(joint);
}

static guint joint_hash(gconstpointer data)
{
    const struct row_joint *joint = data;
    return g_direct_hash(joint->left) * 31 + g_direct_hash(joint->right);
}

static gboolean joint_equal(gconstpointer a, gconstpointer b)
{
    const struct row_joint *left = a, *right = b;
    return left->left == right->left && left->right == right->right;
}

GHashTable *row_joints_new(void)
{
    return g_hash_table_new_full(joint_hash, joint_equal, NULL, joint_free);
}

/* The members of both; NULL when one is not the same in both. */
static json_object *join_trees(json_object *left, json_object *right)
{
    json_object *both = json_object_new_object();
    json_object_object_foreach (left, name, value)
        json_object_object_add(both, name, json_object_get(value));
    json_object_object_foreach (right, field, other) {
        json_object *first = NULL;
        if (!json_object_object_get_ex(both, field, &first)) {
            json_object_object_add(both, field, json_object_get(other));
        } else if (!first || !other ? first != other : !json_object_equal(first, other)) {
            json_object_put(both);
            return NULL;
        }
    }
    return both;
}

/* Borrowed. */
static json_object *joined(GHashTable *joints, json_object *left, json_object *right)
{
    const struct row_joint asked = {left, right, NULL};
    const struct row_joint *known = g_hash_table_lookup(joints, &asked);
    if (known)
        return known->both;
    struct row_joint *joint = g_new0(struct row_joint, 1);
    *joint = (struct row_joint){json_object_get(left), json_object_get(right), join_trees(left, right)};
    g_hash_table_add(joints, joint);
    return joint->both;
}

static bool same_source(const struct source *a, const struct source *b)
{
    return a->line == b->line && g_strcmp0(a->path, b->path) == 0 && g_strcmp0(a->process, b->process) == 0 &&
           g_strcmp0(a->api, b->api) == 0;
}

static void join_expected(struct item_result *to, const struct item_result *from)
{
    if (!from->expected || g_strcmp0(to->expected, from->expected) == 0)
        return;
    char *both = to->expected ? g_strdup_printf("%s; %s", to->expected, from->expected) : g_strdup(from->expected);
    g_free(to->expected);
    to->expected = both;
}

static bool join(struct item_result *to, const struct item_result *from, GHashTable *joints)
{
    if (to->verdict != from->verdict || g_strcmp0(to->reason, from->reason) != 0 ||
        g_strcmp0(to->finding, from->finding) != 0 || !same_source(&to->source, &from->source))
        return false;
    json_object *both = joined(joints, to->observed, from->observed);
    if (!both)
        return false;
    json_object_get(both);
    json_object_put(to->observed);
    to->observed = both;
    join_expected(to, from);
    return true;
}

/* What further tests find wrong with the object is wrong with it as well; once each. */
static void join_findings(struct item_result *item)
{
    for (guint i = 0; item->also && i < item->also->len; i++) {
        const struct item_result *other = g_ptr_array_index(item->also, i);
        if (!other->finding || other->verdict != item->verdict)
            continue;
        if (item->finding && strstr(item->finding, other->finding))
            continue;
        char *both =
            item->finding ? g_strdup_printf("%s; %s", item->finding, other->finding) : g_strdup(other->finding);
        g_free(item->finding);
        item->finding = both;
    }
}

void row_join(struct row *row, GHashTable *joints)
{
    struct item_result *item = &row->base;
    for (guint i = 0; item->also && i < item->also->len;) {
        if (join(item, g_ptr_array_index(item->also, i), joints))
            g_ptr_array_remove_index(item->also, i);
        else
            i++;
    }
    join_findings(item);
    if (item->also && !item->also->len)
        g_clear_pointer(&item->also, g_ptr_array_unref);
}
