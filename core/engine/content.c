/* What was loaded: how it is found again and how it is freed. */
#include "engine/content.h"

void check_free(gpointer data)
{
    struct check *check = data;
    if (!check)
        return;
    if (check->children)
        g_ptr_array_unref(check->children);
    if (check->test) {
        json_object_put(check->test->object);
        json_object_put(check->test->expect);
        g_free(check->test->finding);
        g_free(check->test->missing);
        g_free(check->test);
    }
    g_free(check);
}

void value_declaration_free(gpointer data)
{
    struct value_declaration *declaration = data;
    g_free(declaration->name);
    g_free(declaration->title);
    json_object_put(declaration->fallback);
    g_free(declaration);
}

void diagnostic_free(gpointer data)
{
    struct diagnostic *diagnostic = data;
    g_free(diagnostic->message);
    g_free(diagnostic);
}

void rule_free(gpointer data)
{
    struct rule *rule = data;
    g_free(rule->id);
    g_free(rule->title);
    g_free(rule->rationale);
    g_free(rule->family);
    json_object_put(rule->variant);
    g_ptr_array_unref(rule->references);
    g_ptr_array_unref(rule->tags);
    g_clear_pointer(&rule->fixes, g_ptr_array_unref);
    g_free(rule->manual);
    g_free(rule->each);
    g_free(rule->ability);
    g_free(rule->finding);
    g_free(rule->missing);
    g_free(rule->expected);
    g_clear_pointer(&rule->because, g_ptr_array_unref);
    g_free(rule->acts_as);
    if (rule->implies)
        g_ptr_array_unref(rule->implies);
    check_free(rule->applies);
    check_free(rule->check);
    g_free(rule);
}

void module_free(gpointer data)
{
    struct module *module = data;
    g_free(module->name);
    g_free(module->title);
    g_ptr_array_unref(module->rules);
    g_ptr_array_unref(module->values);
    g_ptr_array_unref(module->implications);
    g_free(module);
}

void profile_free(gpointer data)
{
    struct profile *profile = data;
    g_free(profile->id);
    g_free(profile->title);
    g_free(profile->description);
    g_ptr_array_unref(profile->include);
    g_ptr_array_unref(profile->exclude);
    json_object_put(profile->values);
    g_free(profile);
}

void control_free(gpointer data)
{
    struct control *control = data;
    g_free(control->id);
    g_free(control->title);
    g_free(control->met);
    g_free(control->as);
    g_free(control);
}

void benchmark_free(gpointer data)
{
    struct benchmark *benchmark = data;
    g_free(benchmark->id);
    g_free(benchmark->title);
    g_ptr_array_unref(benchmark->controls);
    g_free(benchmark);
}

struct content *content_new(void)
{
    struct content *content = g_new0(struct content, 1);
    content->modules = g_ptr_array_new_with_free_func(module_free);
    content->benchmarks = g_ptr_array_new_with_free_func(benchmark_free);
    content->rules = g_ptr_array_new();
    content->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    content->profiles = g_ptr_array_new_with_free_func(profile_free);
    content->daemons = daemons_new();
    content->compiled = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    content->diagnostics = g_ptr_array_new_with_free_func(diagnostic_free);
    return content;
}

void content_free(struct content *content)
{
    if (!content)
        return;
    g_ptr_array_unref(content->rules);
    g_hash_table_unref(content->by_id);
    g_ptr_array_unref(content->profiles);
    g_ptr_array_unref(content->modules);
    g_ptr_array_unref(content->benchmarks);
    daemons_free(content->daemons);
    g_ptr_array_unref(content->compiled);
    g_ptr_array_unref(content->diagnostics);
    g_free(content);
}

const GPtrArray *content_diagnostics(const struct content *content)
{
    return content->diagnostics;
}

const struct rule *content_rule(const struct content *content, const char *id)
{
    return g_hash_table_lookup(content->by_id, id);
}

const struct profile *content_profile(const struct content *content, const char *id)
{
    for (guint i = 0; i < content->profiles->len; i++) {
        const struct profile *profile = g_ptr_array_index(content->profiles, i);
        if (g_str_equal(profile->id, id))
            return profile;
    }
    return NULL;
}

const struct module *content_module(const struct content *content, const char *name)
{
    for (guint i = 0; i < content->modules->len; i++) {
        const struct module *module = g_ptr_array_index(content->modules, i);
        if (g_str_equal(module->name, name))
            return module;
    }
    return NULL;
}

const struct benchmark *content_benchmark(const struct content *content, const char *id)
{
    for (guint i = 0; i < content->benchmarks->len; i++) {
        const struct benchmark *benchmark = g_ptr_array_index(content->benchmarks, i);
        if (g_str_equal(benchmark->id, id))
            return benchmark;
    }
    return NULL;
}

const struct control *benchmark_control(const struct benchmark *benchmark, const char *id)
{
    for (guint i = 0; i < benchmark->controls->len; i++) {
        const struct control *control = g_ptr_array_index(benchmark->controls, i);
        if (g_str_equal(control->id, id))
            return control;
    }
    return NULL;
}

static const struct value_declaration *find_value(const GPtrArray *values, const char *name)
{
    for (guint i = 0; i < values->len; i++) {
        const struct value_declaration *value = g_ptr_array_index(values, i);
        if (g_str_equal(value->name, name))
            return value;
    }
    return NULL;
}

const struct value_declaration *content_value(const struct content *content, const char *name)
{
    for (guint i = 0; i < content->modules->len; i++) {
        const struct module *module = g_ptr_array_index(content->modules, i);
        const struct value_declaration *value = find_value(module->values, name);
        if (value)
            return value;
    }
    return NULL;
}

unsigned content_count(const struct content *content, enum diagnostic_level level)
{
    unsigned count = 0;
    for (guint i = 0; i < content->diagnostics->len; i++)
        count += ((struct diagnostic *)g_ptr_array_index(content->diagnostics, i))->level == level;
    return count;
}

char *diagnostic_text(const struct diagnostic *diagnostic)
{
    static const char *const prefixes[] = {
        [DIAGNOSTIC_ERROR] = "", [DIAGNOSTIC_WARNING] = "warning: ", [DIAGNOSTIC_NOTE] = "note: "};
    const char *prefix = prefixes[diagnostic->level];
    if (!diagnostic->at.line)
        return g_strdup_printf("%s: %s%s", diagnostic->at.file, prefix, diagnostic->message);
    return g_strdup_printf("%s:%u:%u: %s%s", diagnostic->at.file, diagnostic->at.line, diagnostic->at.column, prefix,
                           diagnostic->message);
}
