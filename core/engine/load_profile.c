/* Profiles and benchmarks: small files beside the rules. */
#include "engine/load.h"
#include "engine/members.h"
#include "model/tree.h"

static char *load_name(const json_object *tree, const char *name, struct complaints *to)
{
    const char *id = member_text(to, tree, "id", true);
    if (id && !g_str_equal(id, name))
        complain(to, tree_member(tree, "id"), "the id is \"%s\", but the file is called %s.yaml", id, name);
    return g_strdup(name);
}

struct profile *load_profile(const json_object *tree, const char *name, struct complaints *to)
{
    if (!members_check(to, tree, "a profile", profile_members) && !json_object_is_type(tree, json_type_object))
        return NULL;
    pl_auto(profile) profile = g_new0(struct profile, 1);
    json_object *values = NULL;
    to->near = tree;
    profile->at = complaints_position(to, tree);
    profile->id = load_name(tree, name, to);
    profile->title = g_strdup(member_text(to, tree, "title", true));
    profile->description = g_strdup(member_text(to, tree, "description", false));
    profile->include = member_texts(to, tree, "include");
    profile->exclude = member_texts(to, tree, "exclude");
    if (profile->include->len == 0 && !to->errors)
        complain(to, tree, "the profile includes nothing: \"include\" lists patterns, [\"*\"] is every rule");
    json_object_object_get_ex(tree, "values", &values);
    if (values && !json_object_is_type(values, json_type_object))
        complain(to, values, "\"values\" must map names to values");
    profile->values = values ? tree_copy(values) : json_object_new_object();
    return to->errors ? NULL : g_steal_pointer(&profile);
}

static void load_kind(struct control *control, const json_object *tree, struct complaints *to)
{
    const char *kind = member_text(to, tree, "kind", false);
    control->manual = kind && g_str_equal(kind, "manual");
    if (kind && !control->manual && !g_str_equal(kind, "automated"))
        complain(to, tree_member(tree, "kind"), "kind is automated or manual, not \"%s\"", kind);
}

static void load_control(struct benchmark *benchmark, const json_object *tree, struct complaints *to)
{
    if (!members_check(to, tree, "a control", control_members))
        return;
    to->near = tree;
    const json_object *level = tree_member(tree, "level");
    struct control *control = g_new0(struct control, 1);
    g_ptr_array_add(benchmark->controls, control);
    control->id = g_strdup(member_text(to, tree, "id", true));
    control->title = g_strdup(member_text(to, tree, "title", false));
    if (level && !json_object_is_type(level, json_type_int))
        complain(to, level, "level must be a number");
    control->level = level ? json_object_get_int(level) : 0;
    control->met = g_strdup(member_text(to, tree, "met", false));
    control->as = g_strdup(member_text(to, tree, "as", false));
    load_kind(control, tree, to);
}

/* Ids are unique, and what is judged in a control's place exists and is no such control itself. */
static void check_controls(const struct benchmark *benchmark, struct complaints *to)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < benchmark->controls->len && !to->errors; i++) {
        struct control *control = g_ptr_array_index(benchmark->controls, i);
        if (!g_hash_table_insert(ids, control->id, control))
            complain_at(to, benchmark->at, DIAGNOSTIC_ERROR, "control %s is listed twice", control->id);
    }
    for (guint i = 0; i < benchmark->controls->len && !to->errors; i++) {
        const struct control *control = g_ptr_array_index(benchmark->controls, i);
        const struct control *other = control->as ? g_hash_table_lookup(ids, control->as) : NULL;
        if (control->as && (!other || other->as))
            complain_at(to, benchmark->at, DIAGNOSTIC_ERROR, "control %s is judged as %s, which is no control here%s",
                        control->id, control->as, other ? " with rules of its own" : "");
    }
}

struct benchmark *load_benchmark(const json_object *tree, const char *name, struct complaints *to)
{
    if (!members_check(to, tree, "a benchmark", benchmark_members) && !json_object_is_type(tree, json_type_object))
        return NULL;
    pl_auto(benchmark) benchmark = g_new0(struct benchmark, 1);
    const json_object *controls = tree_member(tree, "controls");
    to->near = tree;
    benchmark->at = complaints_position(to, tree);
    benchmark->id = load_name(tree, name, to);
    benchmark->title = g_strdup(member_text(to, tree, "title", true));
    benchmark->controls = g_ptr_array_new_with_free_func(control_free);
    if (!json_object_is_type(controls, json_type_array))
        complain(to, controls ? controls : tree, "\"controls\" must be a list of {id, title, level, kind}");
    else
        for (size_t i = 0; i < json_object_array_length(controls); i++)
            load_control(benchmark, json_object_array_get_idx(controls, i), to);
    check_controls(benchmark, to);
    return to->errors ? NULL : g_steal_pointer(&benchmark);
}
