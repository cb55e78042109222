/* Which items belong to which running instance of a daemon: they carry its process. */
#include "engine/outcome.h"
#include "model/tree.h"
#include "probes/probe.h"

static bool has_pid(const GArray *all, int64_t pid)
{
    for (guint i = 0; i < all->len; i++)
        if (g_array_index(all, int64_t, i) == pid)
            return true;
    return false;
}

bool judge_process_of(const struct probe *probe, const struct item *item, int64_t *pid)
{
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        const json_object *node = field->traits & FIELD_PROCESS ? tree_member(item->fields, field->name) : NULL;
        if (!json_object_is_type(node, json_type_int))
            continue;
        *pid = json_object_get_int64(node);
        return true;
    }
    return false;
}

bool judge_is_of_another(const struct judge_instance *instance, const struct probe *probe, const struct item *item)
{
    int64_t pid = 0;
    return instance && judge_process_of(probe, item, &pid) && pid != instance->pid && has_pid(instance->all, pid);
}

static void add_instances(GArray *all, const struct collected *collected)
{
    for (guint i = 0; collected->items && i < collected->items->list->len; i++) {
        int64_t pid = 0;
        if (judge_process_of(collected->probe, g_ptr_array_index(collected->items->list, i), &pid) &&
            !has_pid(all, pid))
            g_array_append_val(all, pid);
    }
}

static bool asks_for(const struct collected *collected, const char *daemon)
{
    for (const struct probe_param *param = collected->probe->params; param->name; param++)
        if (param->daemon && g_strcmp0(tree_string(collected->object, param->name), daemon) == 0)
            return true;
    return false;
}

static void look_into(const struct bound_check *check, const char *daemon, GArray *all)
{
    for (guint i = 0; check && check->children && i < check->children->len; i++)
        look_into(g_ptr_array_index(check->children, i), daemon, all);
    for (guint i = 0; check && check->test && i < check->test->collected->len; i++) {
        const struct collected *collected = g_ptr_array_index(check->test->collected, i);
        if (asks_for(collected, daemon))
            add_instances(all, collected);
    }
}

GArray *judge_instances(const struct bound_rule *rule, const char *daemon)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(int64_t));
    look_into(rule->applies, daemon, all);
    look_into(rule->check, daemon, all);
    return all;
}
