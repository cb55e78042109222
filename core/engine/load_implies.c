/* What follows from an ability: said by a module of its abilities, and by a rule of a failure of its own. */
#include "engine/load.h"

#include "model/suggest.h"
#include "model/tree.h"

void implication_free(gpointer data)
{
    struct implication *implication = data;
    g_free(implication->ability);
    g_ptr_array_unref(implication->implied);
    g_free(implication);
}

void load_implications(struct module *module, const json_object *tree, struct complaints *to)
{
    json_object *map = NULL;
    if (!json_object_object_get_ex(tree, "implies", &map))
        return;
    if (!json_object_is_type(map, json_type_object)) {
        complain(to, map ? map : tree, "\"implies\" must map abilities to lists of abilities");
        return;
    }
    json_object_object_foreach (map, ability, value) {
        struct implication *implication = g_new0(struct implication, 1);
        implication->ability = g_strdup(ability);
        implication->implied = member_texts(to, map, ability);
        implication->at = complaints_position(to, value ? value : map);
        g_ptr_array_add(module->implications, implication);
    }
}

GPtrArray *load_implied(const struct rule *rule, const json_object *tree, struct complaints *to)
{
    GPtrArray *implied = member_texts(to, tree, "implies");
    if (implied->len && !rule->ability)
        complain(to, tree_member(tree, "implies"), "a rule without \"ability\" can have no \"implies\"");
    return implied;
}

/* ---- what all files together show ---- */

struct implied_check {
    const struct content *content;
    GHashTable *known; /* abilities that some rule has, borrowed */
    struct complaints to;
};

static void check_name(struct implied_check *check, const char *ability, struct position at)
{
    /* Rules of other layers may have it. */
    if (check->content->partial || g_hash_table_contains(check->known, ability))
        return;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key = NULL;
    g_hash_table_iter_init(&iter, check->known);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(names, key);
    g_autofree char *clause = suggest_clause_in(ability, names);
    complain_at(&check->to, at, DIAGNOSTIC_WARNING, "no rule has the ability \"%s\"%s", ability, clause);
}

static void check_list(struct implied_check *check, const char *ability, const GPtrArray *implied, struct position at)
{
    for (guint i = 0; i < implied->len; i++) {
        const char *name = g_ptr_array_index(implied, i);
        if (g_str_equal(name, ability))
            complain_at(&check->to, at, DIAGNOSTIC_WARNING, "\"%s\" implies itself", ability);
        else if (!g_str_equal(name, IMPLIES_ALL))
            check_name(check, name, at);
    }
}

/* Whether `goal` follows from `ability`. What implies all is above every other one, and in no circle. */
static bool leads_to(const struct content *content, const char *ability, const char *goal, GHashTable *seen)
{
    if (!g_hash_table_add(seen, (gpointer)(uintptr_t)ability))
        return false;
    for (guint m = 0; m < content->modules->len; m++) {
        const struct module *module = g_ptr_array_index(content->modules, m);
        for (guint i = 0; i < module->implications->len; i++) {
            const struct implication *one = g_ptr_array_index(module->implications, i);
            for (guint k = 0; g_str_equal(one->ability, ability) && k < one->implied->len; k++) {
                const char *next = g_ptr_array_index(one->implied, k);
                if (g_str_equal(next, goal) || leads_to(content, next, goal, seen))
                    return true;
            }
        }
    }
    return false;
}

static void check_circle(struct implied_check *check, const struct implication *one)
{
    for (guint k = 0; k < one->implied->len; k++) {
        const char *next = g_ptr_array_index(one->implied, k);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        if (!g_str_equal(next, one->ability) && leads_to(check->content, next, one->ability, seen))
            complain_at(&check->to, one->at, DIAGNOSTIC_WARNING, "\"%s\" implies \"%s\", which implies it: a circle",
                        one->ability, next);
    }
}

static void check_rules(struct implied_check *check)
{
    for (guint i = 0; i < check->content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(check->content->rules, i);
        check->to.file = rule->at.file;
        if (rule->ability)
            check_list(check, rule->ability, rule->implies, rule->at);
        for (guint k = 0; k < rule->implies->len; k++)
            if (g_str_equal(g_ptr_array_index(rule->implies, k), IMPLIES_ALL))
                complain_at(&check->to, rule->at, DIAGNOSTIC_WARNING, "rule %s: only an ability implies \"%s\"",
                            rule->id, IMPLIES_ALL);
    }
}

void load_check_implied(struct content *content)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    struct implied_check check = {.content = content, .known = known, .to = {.list = content->diagnostics}};
    for (guint i = 0; i < content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(content->rules, i);
        if (rule->ability)
            g_hash_table_add(known, rule->ability);
    }
    check_rules(&check);
    for (guint m = 0; m < content->modules->len; m++) {
        const struct module *module = g_ptr_array_index(content->modules, m);
        check.to.file = module->file;
        for (guint i = 0; i < module->implications->len; i++) {
            const struct implication *one = g_ptr_array_index(module->implications, i);
            check_name(&check, one->ability, one->at);
            check_list(&check, one->ability, one->implied, one->at);
            check_circle(&check, one);
        }
    }
}
