/* A module: its header, its values, its rules; refused whole when anything in it is wrong. */
#include "engine/load.h"

#include "engine/members.h"
#include "engine/plan.h"
#include "engine/values.h"
#include "model/tree.h"

static void expect_text(struct complaints *to, const json_object *tree, const char *key, const char *wanted)
{
    const char *text = member_text(to, tree, key, true);
    if (text && !g_str_equal(text, wanted))
        complain(to, tree_member(tree, key), "\"%s\" is \"%s\", but the file lies in the place of \"%s\"", key, text,
                 wanted);
}

static void load_value(struct module *module, const char *name, const json_object *tree, struct complaints *to)
{
    bool good = g_ascii_islower(*name) || *name == '_';
    for (const char *p = name; *p; p++)
        good = good && (g_ascii_islower(*p) || g_ascii_isdigit(*p) || *p == '_');
    if (!good)
        complain_key(to, tree, "\"%s\" is no name for a value: lower case letters, digits and _ only", name);
    g_autofree char *what = g_strdup_printf("the value \"%s\"", name);
    if (!members_check(to, tree, what, value_members))
        return;
    const json_object *fallback = tree_member(tree, "default");
    if (!fallback) {
        complain(to, tree, "the value \"%s\" has no default", name);
        return;
    }
    struct value_declaration *declaration = g_new0(struct value_declaration, 1);
    declaration->name = g_strdup(name);
    declaration->title = g_strdup(member_text(to, tree, "title", true));
    declaration->fallback = tree_copy(fallback);
    g_ptr_array_add(module->values, declaration);
}

static void load_values(struct module *module, const json_object *tree, struct complaints *to)
{
    json_object *values = NULL;
    if (!json_object_object_get_ex(tree, "values", &values))
        return;
    if (!json_object_is_type(values, json_type_object)) {
        complain(to, values ? values : tree, "\"values\" must map names to {default, title}");
        return;
    }
    json_object_object_foreach (values, name, value)
        load_value(module, name, value, to);
}

/* The list of a member; NULL when it is absent, with a complaint when it is none. */
static const json_object *list_of(const json_object *tree, const char *key, struct complaints *to)
{
    json_object *list = NULL;
    if (!json_object_object_get_ex(tree, key, &list))
        return NULL;
    if (json_object_is_type(list, json_type_array))
        return list;
    complain(to, list ? list : tree, "\"%s\" must be a list", key);
    return NULL;
}

static void load_rules(struct module *module, const json_object *tree, struct complaints *to)
{
    const json_object *applies = tree_member(tree, "applies");
    const json_object *rules = list_of(tree, "rules", to), *families = list_of(tree, "families", to);
    pl_auto(check) common = applies ? load_check(applies, to) : NULL;
    for (size_t i = 0; rules && i < json_object_array_length(rules); i++) {
        struct rule *rule = load_rule(module, json_object_array_get_idx(rules, i), common, to);
        if (rule)
            g_ptr_array_add(module->rules, rule);
    }
    for (size_t i = 0; families && i < json_object_array_length(families); i++)
        load_family(module, json_object_array_get_idx(families, i), common, to);
    if (module->rules->len == 0 && !to->errors)
        complain(to, tree, "the module has no rules");
}

static char *about_variant(const struct rule *rule)
{
    return rule->family ? g_strdup_printf("rule %s of family %s", rule->id, rule->family) : NULL;
}

/* A value that no rule and no other value's default names. */
static void warn_unused(const struct module *module, GHashTable *used, struct complaints *to)
{
    for (guint i = 0; i < module->values->len; i++) {
        const char *name =
            value_reference(((struct value_declaration *)g_ptr_array_index(module->values, i))->fallback);
        if (name)
            g_hash_table_add(used, g_strdup(name));
    }
    for (guint i = 0; i < module->values->len; i++) {
        const struct value_declaration *value = g_ptr_array_index(module->values, i);
        if (!g_hash_table_contains(used, value->name))
            complain_at(to, complaints_position(to, value->fallback), DIAGNOSTIC_WARNING,
                        "no rule uses the value \"%s\"", value->name);
    }
}

/* Binds every check at the default values: that finds wrong objects, fields, operators, operands and names. */
static void try_rules(const struct module *module, const struct daemons *daemons, struct complaints *to)
{
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned before = to->errors;
    pl_autojson json_object *environment = values_environment(module->values, NULL, to);
    if (before != to->errors)
        return;
    for (guint i = 0; to->errors < COMPLAINTS_MAX && i < module->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(module->rules, i);
        g_autofree char *about = about_variant(rule);
        to->about = about;
        if (rule_applies(rule))
            bound_check_free(check_bind(rule_applies(rule), environment, daemons, used, to));
        bound_check_free(check_bind(rule_check(rule), environment, daemons, used, to));
        to->about = NULL;
    }
    if (!to->errors)
        warn_unused(module, used, to);
}

static struct module *module_new(const char *name, enum layer layer, const char *file)
{
    struct module *module = g_new0(struct module, 1);
    module->name = g_strdup(name);
    module->layer = layer;
    module->file = file;
    module->values = g_ptr_array_new_with_free_func(value_declaration_free);
    module->rules = g_ptr_array_new_with_free_func(rule_free);
    module->implications = g_ptr_array_new_with_free_func(implication_free);
    return module;
}

struct module *load_module(const json_object *tree, enum layer layer, const char *name, const struct daemons *daemons,
                           struct complaints *to)
{
    pl_auto(module) module = module_new(name, layer, to->file);
    members_check(to, tree, "a module", module_members);
    if (!json_object_is_type(tree, json_type_object))
        return NULL;
    to->near = tree;
    expect_text(to, tree, "module", name);
    expect_text(to, tree, "layer", layer_name(layer));
    module->title = g_strdup(member_text(to, tree, "title", true));
    load_values(module, tree, to);
    load_implications(module, tree, to);
    load_rules(module, tree, to);
    try_rules(module, daemons, to);
    return to->errors ? NULL : g_steal_pointer(&module);
}
