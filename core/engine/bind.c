/* Puts values into checks. Knows which object a probe takes. */
#include "engine/matcher.h"
#include "engine/plan.h"
#include "engine/values.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

static void bound_test_free(struct bound_test *test)
{
    g_ptr_array_unref(test->objects);
    g_ptr_array_unref(test->expectations);
    g_ptr_array_unref(test->collected);
    g_clear_pointer(&test->fixes, g_ptr_array_unref);
    g_free(test->finding);
    g_free(test->missing);
    g_free(test);
}

void bound_check_free(gpointer data)
{
    struct bound_check *check = data;
    if (!check)
        return;
    if (check->children)
        g_ptr_array_unref(check->children);
    if (check->test)
        bound_test_free(check->test);
    g_free(check);
}

static bool is_text(const json_object *node)
{
    return json_object_is_type(node, json_type_string);
}

static bool texts_only(const json_object *node)
{
    if (!json_object_is_type(node, json_type_array))
        return is_text(node);
    for (size_t i = 0; i < json_object_array_length(node); i++)
        if (!is_text(json_object_array_get_idx(node, i)))
            return false;
    return json_object_array_length(node) > 0;
}

/* Does the value have the type that a parameter declares? */
static bool param_fits(enum value_type type, const json_object *node)
{
    switch (type) {
    case VALUE_BOOL:
        return json_object_is_type(node, json_type_boolean);
    case VALUE_NUMBER:
        return json_object_is_type(node, json_type_int);
    case VALUE_SIZE:
    case VALUE_DURATION:
        return tree_is_number(node) || is_text(node);
    case VALUE_SET:
        return texts_only(node);
    case VALUE_LIST:
        return json_object_is_type(node, json_type_array);
    case VALUE_MAP:
        return json_object_is_type(node, json_type_object);
    case VALUE_STRING:
    case VALUE_MODE:
    case VALUE_VERSION:
        return is_text(node);
    case VALUE_ANY:
    case VALUE_TYPE_COUNT:
        break;
    }
    return node != NULL;
}

static const char *param_wants(enum value_type type)
{
    static const char *const names[VALUE_TYPE_COUNT] = {
        [VALUE_ANY] = "a value",
        [VALUE_STRING] = "text: quote it",
        [VALUE_BOOL] = "true or false",
        [VALUE_NUMBER] = "a whole number",
        [VALUE_SIZE] = "a size",
        [VALUE_DURATION] = "a length of time",
        [VALUE_MODE] = "octal text",
        [VALUE_VERSION] = "a version as text",
        [VALUE_SET] = "a text or a list of texts",
        [VALUE_LIST] = "a list",
        [VALUE_MAP] = "a mapping",
    };
    return type < VALUE_TYPE_COUNT ? names[type] : "a value";
}

static void check_choice(const struct probe_param *param, const json_object *value, struct complaints *to)
{
    g_autofree char *text = tree_text(value);
    g_auto(GStrv) choices = g_strsplit(param->choices, " ", -1);
    if (g_strv_contains((const char *const *)choices, text))
        return;
    g_autofree char *clause = suggest_clause(text, (const char *const *)choices);
    complain(to, value, "%s must be one of: %s, not \"%s\"%s", param->name, param->choices, text, clause);
}

static void check_param(const struct probe *probe, const char *name, const json_object *value, struct complaints *to)
{
    const struct probe_param *param = probe_param_find(probe, name);
    if (!param) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (param = probe->params; param->name; param++)
            g_ptr_array_add(names, (gpointer)(uintptr_t)param->name);
        g_autofree char *clause = suggest_clause_in(name, names);
        complain_key(to, value, "probe %s takes no \"%s\"%s", probe->name, name, clause);
    } else if (!param_fits(param->type, value)) {
        complain(to, value, "%s of %s must be %s", name, probe->name, param_wants(param->type));
    } else if (param->choices && json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            check_choice(param, json_object_array_get_idx(value, i), to);
    } else if (param->choices) {
        check_choice(param, value, to);
    }
}

static void check_required(const struct probe *probe, const json_object *object, struct complaints *to)
{
    for (const struct probe_param *param = probe->params; param->name; param++)
        if (param->required && !json_object_object_get_ex(object, param->name, NULL))
            complain(to, object, "probe %s needs \"%s\": %s", probe->name, param->name, param->text);
}

/* Everything a declaration and the probe itself can say about an object. */
static void check_object(const struct probe *probe, const json_object *object, const struct daemons *daemons,
                         struct complaints *to)
{
    unsigned before = to->errors;
    if (!json_object_is_type(object, json_type_object)) {
        complain(to, object, "probe %s wants a mapping of its parameters", probe->name);
        return;
    }
    to->near = object;
    json_object_object_foreach (object, name, value)
        check_param(probe, name, value, to);
    check_required(probe, object, to);
    g_autoptr(GError) error = NULL;
    if (to->errors == before && daemons && probe->check && !probe->check(object, daemons, &error))
        complain(to, object, "%s", error ? error->message : "the probe refuses this object");
}

/* The parameter that lists what to look at: the first declared one that the object gives as a list. */
static const char *listed_param(const struct probe *probe, const json_object *object)
{
    for (const struct probe_param *param = probe->params; param->name; param++)
        if (param->type == VALUE_SET && json_object_is_type(tree_member(object, param->name), json_type_array))
            return param->name;
    return NULL;
}

/* `existence: all` asks each listed value by itself, so that "every one of them exists" is no guess. */
static GPtrArray *split_object(const struct test *test, json_object *object)
{
    GPtrArray *objects = g_ptr_array_new_with_free_func(value_free);
    const char *param = test->existence == EXISTENCE_ALL ? listed_param(test->probe, object) : NULL;
    if (!param) {
        g_ptr_array_add(objects, object);
        return objects;
    }
    const json_object *list = tree_member(object, param);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = tree_copy(object);
        json_object_object_add(one, param, tree_copy(json_object_array_get_idx(list, i)));
        g_ptr_array_add(objects, one);
    }
    json_object_put(object);
    return objects;
}

static struct bound_test *bind_test(const struct test *test, const json_object *environment,
                                    const struct daemons *daemons, GHashTable *used, struct complaints *to)
{
    struct bound_test *bound = g_new0(struct bound_test, 1);
    const json_object *before = to->near;
    bound->test = test;
    bound->collected = g_ptr_array_new();
    json_object *object = values_put_in(test->object, environment, used, to);
    check_object(test->probe, object, daemons, to);
    bound->objects = split_object(test, object);
    pl_autojson json_object *expect = test->expect ? values_put_in(test->expect, environment, used, to) : NULL;
    to->near = test->object;
    bound->expectations = expectations_compile(test->probe, expect, to);
    to->near = before;
    return bound;
}

struct bound_check *check_bind(const struct check *check, const json_object *environment, const struct daemons *daemons,
                               GHashTable *used, struct complaints *to)
{
    struct bound_check *bound = g_new0(struct bound_check, 1);
    bound->kind = check->kind;
    if (check->kind == CHECK_TEST) {
        bound->test = bind_test(check->test, environment, daemons, used, to);
        return bound;
    }
    bound->children = g_ptr_array_new_with_free_func(bound_check_free);
    for (guint i = 0; i < check->children->len; i++)
        g_ptr_array_add(bound->children,
                        check_bind(g_ptr_array_index(check->children, i), environment, daemons, used, to));
    return bound;
}
