/* Makes the plan: binds every chosen rule and finds out which tests look at the same thing. */
#include "engine/plan.h"

#include "engine/fix.h"
#include "engine/sentence.h"
#include "engine/values.h"
#include "model/error.h"
#include "model/tree.h"

static void bound_rule_free(gpointer data)
{
    struct bound_rule *rule = data;
    bound_check_free(rule->applies);
    bound_check_free(rule->check);
    g_free(rule->expected);
    g_free(rule);
}

static void collected_free(gpointer data)
{
    struct collected *collected = data;
    json_object_put(collected->object);
    g_free(collected->key);
    items_free(collected->items);
    g_free(collected);
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->rules);
    g_hash_table_unref(plan->collected);
    g_free(plan);
}

static struct collected *share(struct plan *plan, const struct probe *probe, const json_object *object)
{
    g_autofree char *canonical = tree_canonical(object);
    g_autofree char *key = g_strdup_printf("%s %s", probe->name, canonical);
    struct collected *collected = g_hash_table_lookup(plan->collected, key);
    if (collected)
        return collected;
    collected = g_new0(struct collected, 1);
    collected->probe = probe;
    collected->object = tree_copy(object);
    collected->key = g_steal_pointer(&key);
    g_hash_table_insert(plan->collected, collected->key, collected);
    return collected;
}

static void share_check(struct plan *plan, const struct bound_check *check)
{
    if (check->kind == CHECK_TEST) {
        struct bound_test *test = check->test;
        for (guint i = 0; i < test->objects->len; i++)
            g_ptr_array_add(test->collected, share(plan, test->test->probe, g_ptr_array_index(test->objects, i)));
        return;
    }
    for (guint i = 0; i < check->children->len; i++)
        share_check(plan, g_ptr_array_index(check->children, i));
}

struct plan_making {
    const struct content *content;
    const json_object *values;
    GHashTable *environments; /* module -> json_object */
    struct complaints complaints;
};

/* One environment a module, made when its first rule comes. */
static const json_object *environment_of(struct plan_making *planning, const struct module *module)
{
    json_object *environment = g_hash_table_lookup(planning->environments, module);
    if (environment)
        return environment;
    environment = values_environment(module->values, planning->values, &planning->complaints);
    g_hash_table_insert(planning->environments, (gpointer)(uintptr_t)module, environment);
    return environment;
}

/* What is wrong and what to do, in the words of each test or of its rule. */
static void put_words(const struct bound_check *check, const struct rule *rule, const json_object *environment,
                      struct complaints *to)
{
    for (guint i = 0; check->children && i < check->children->len; i++)
        put_words(g_ptr_array_index(check->children, i), rule, environment, to);
    struct bound_test *bound = check->test;
    if (!bound)
        return;
    const struct test *test = bound->test;
    bound->finding = sentence_put_values(test->finding ? test->finding : rule->finding, environment);
    bound->missing = sentence_put_values(test->missing ? test->missing : rule->missing, environment);
    bound->fixes = fix_bind(rule, test->probe, environment, to);
}

/* Why a rule does not apply, in the words of each test. */
static void put_conditions(const struct bound_check *applies, const json_object *environment)
{
    for (guint i = 0; applies->children && i < applies->children->len; i++)
        put_conditions(g_ptr_array_index(applies->children, i), environment);
    if (applies->test)
        applies->test->missing = sentence_put_values(applies->test->test->missing, environment);
}

static void add_rule(struct plan *plan, struct plan_making *planning, const struct rule *rule)
{
    const json_object *environment = environment_of(planning, rule->module);
    const struct daemons *daemons = planning->content->daemons;
    struct bound_rule *bound = g_new0(struct bound_rule, 1);
    planning->complaints.file = rule->at.file;
    bound->rule = rule;
    if (rule_applies(rule)) {
        bound->applies = check_bind(rule_applies(rule), environment, daemons, NULL, &planning->complaints);
        share_check(plan, bound->applies);
        put_conditions(bound->applies, environment);
    }
    bound->check = check_bind(rule_check(rule), environment, daemons, NULL, &planning->complaints);
    share_check(plan, bound->check);
    put_words(bound->check, rule, environment, &planning->complaints);
    bound->expected = sentence_put_values(rule->expected, environment);
    g_ptr_array_add(plan->rules, bound);
}

struct plan *plan_make(const struct content *content, const GPtrArray *rules, const json_object *values, GError **error)
{
    pl_auto(plan) plan = g_new0(struct plan, 1);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    g_autoptr(GHashTable) environments = g_hash_table_new_full(NULL, NULL, NULL, value_free);
    struct plan_making planning = {.content = content, .values = values, .environments = environments};
    planning.complaints = (struct complaints){.file = g_intern_static_string("values"), .list = list};
    plan->rules = g_ptr_array_new_with_free_func(bound_rule_free);
    plan->collected = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, collected_free);
    for (guint i = 0; i < rules->len; i++)
        add_rule(plan, &planning, g_ptr_array_index(rules, i));
    if (!planning.complaints.errors)
        return g_steal_pointer(&plan);
    g_autofree char *text = diagnostic_text(g_ptr_array_index(list, 0));
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "a changed value does not fit: %s", text);
    return NULL;
}
