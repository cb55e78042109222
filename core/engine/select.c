/* Chooses rules: profiles first, then what the command line narrows. Knows names and patterns, nothing of checks. */
#include "engine/select.h"

#include "engine/select_check.h"
#include "engine/select_match.h"
#include "engine/values.h"
#include "model/audit.h"
#include "model/error.h"
#include "model/suggest.h"
#include "model/tree.h"
#include "probes/probe.h"

#include <string.h>

#define DEFAULT_PROFILE "auto"

void chosen_free(struct chosen *chosen)
{
    if (!chosen)
        return;
    g_ptr_array_unref(chosen->rules);
    g_ptr_array_unref(chosen->profiles);
    json_object_put(chosen->values);
    g_free(chosen);
}

static bool any_covers(const GPtrArray *patterns, const struct rule *rule)
{
    for (guint i = 0; i < patterns->len; i++)
        if (select_pattern_covers(g_ptr_array_index(patterns, i), rule))
            return true;
    return false;
}

/* No vector: everything. */
static bool any_of(const char *const *patterns, rule_test test, const struct rule *rule)
{
    if (!patterns || !*patterns)
        return true;
    for (; *patterns; patterns++)
        if (test(rule, *patterns))
            return true;
    return false;
}

/* Profiles in the order given; later values win. Where none is asked for and the stock ones are left out, every rule is
 * chosen. */
static bool take_profiles(struct chosen *chosen, const struct content *content, const char *const *ids,
                          GPtrArray *profiles, GError **error)
{
    static const char *const fallback[] = {DEFAULT_PROFILE, NULL};
    bool asked = ids && *ids;
    if (!asked && !content_profile(content, DEFAULT_PROFILE))
        return true;
    for (ids = asked ? ids : fallback; *ids; ids++) {
        const struct profile *profile = select_profile(content, *ids, error);
        if (!profile)
            return false;
        g_ptr_array_add(profiles, (gpointer)(uintptr_t)profile);
        g_ptr_array_add(chosen->profiles, g_strdup(profile->id));
        json_object_object_foreach (profile->values, name, value) {
            if (content_value(content, name))
                json_object_object_add(chosen->values, name, tree_copy(value));
        }
    }
    return true;
}

static char *suggest_value(const struct content *content, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < content->modules->len; i++) {
        const struct module *module = g_ptr_array_index(content->modules, i);
        for (guint j = 0; j < module->values->len; j++)
            g_ptr_array_add(names, ((struct value_declaration *)g_ptr_array_index(module->values, j))->name);
    }
    return suggest_clause_in(name, names);
}

static bool take_set(struct chosen *chosen, const struct content *content, const char *set, GError **error)
{
    const char *equals = strchr(set, '=');
    if (!equals || equals == set) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--set %s: want NAME=VALUE", set);
        return false;
    }
    g_autofree char *name = g_strndup(set, (gsize)(equals - set));
    const struct value_declaration *declaration = content_value(content, name);
    if (!declaration) {
        g_autofree char *clause = suggest_value(content, name);
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "--set %s: no rule has a value of that name%s", name, clause);
        return false;
    }
    json_object *value = values_parse_like(declaration->fallback, name, equals + 1, error);
    if (value)
        json_object_object_add(chosen->values, name, value);
    return value != NULL;
}

static bool in_profiles(const GPtrArray *profiles, const struct rule *rule)
{
    if (!profiles->len)
        return true;
    for (guint i = 0; i < profiles->len; i++) {
        const struct profile *profile = g_ptr_array_index(profiles, i);
        if (any_covers(profile->include, rule) && !any_covers(profile->exclude, rule))
            return true;
    }
    return false;
}

/* Do all tests of a check use one of these probes? */
static bool uses_only(const struct check *check, const char *const *probes)
{
    if (!check)
        return true;
    if (check->kind == CHECK_TEST)
        return g_strv_contains(probes, check->test->probe->name);
    for (guint i = 0; i < check->children->len; i++)
        if (!uses_only(check->children->pdata[i], probes))
            return false;
    return true;
}

static bool is_left_out(const struct selection *selection, const struct rule *rule)
{
    const char *const *probes = selection->probes;
    if (probes && (!uses_only(rule_applies(rule), probes) || !uses_only(rule_check(rule), probes)))
        return true;
    return selection->skip && *selection->skip && any_of(selection->skip, select_by_id, rule);
}

static bool is_chosen(const struct selection *selection, const GPtrArray *profiles, const struct rule *rule)
{
    return !is_left_out(selection, rule) && in_profiles(profiles, rule) &&
           any_of(selection->layers, select_by_layer, rule) && any_of(selection->modules, select_by_module, rule) &&
           any_of(selection->rules, select_by_id, rule) && any_of(selection->references, select_by_reference, rule) &&
           any_of(selection->tags, select_by_tag, rule) &&
           (!selection->severity || select_by_severity(rule, selection->severity));
}

struct chosen *select_rules(const struct content *content, const struct selection *selection, GError **error)
{
    static const struct selection everything = {0};
    pl_auto(chosen) chosen = g_new0(struct chosen, 1);
    g_autoptr(GPtrArray) profiles = g_ptr_array_new();
    chosen->rules = g_ptr_array_new();
    chosen->profiles = g_ptr_array_new_with_free_func(g_free);
    chosen->values = json_object_new_object();
    struct selection whole = selection ? *selection : everything;
    g_auto(GStrv) references = select_references(content, whole.references);
    whole.references = (const char *const *)references;
    selection = &whole;
    if (!take_profiles(chosen, content, selection->profiles, profiles, error) ||
        !select_check(content, selection, error))
        return NULL;
    for (const char *const *set = selection->sets; set && *set; set++)
        if (!take_set(chosen, content, *set, error))
            return NULL;
    for (guint i = 0; i < content->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(content->rules, i);
        if (is_chosen(selection, profiles, rule))
            g_ptr_array_add(chosen->rules, rule);
        else if (any_of(selection->layers, select_by_layer, rule))
            chosen->left_out++;
    }
    return g_steal_pointer(&chosen);
}
