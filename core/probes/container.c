/* Containers as items: what the kernel lets their processes do, judged over all of them, because a process that was
 * started inside later may have more rights than the first. */
#include "model/name_glob.h"
#include "probes/probe.h"

#include "facts/container/record.h"
#include "model/tree.h"
#include "probes/common/object.h"
#include "probes/container/fields.h"
#include "probes/container/item.h"
#include "probes/container/listed.h"
#include "probes/container/observed.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on the container's name or id"},
    {.name = "runtime", .type = VALUE_STRING, .text = "only containers of this runtime"},
    {.name = "record",
     .type = VALUE_SET,
     .text =
         "only containers whose record was found there (api, files, storage, bundle), and those whose record is there "
         "and could not be read"},
    {.name = "stopped",
     .type = VALUE_BOOL,
     .dormant = true,
     .text =
         "true: those too that do not run, as their records would start them; a rule may then ask for nothing that is "
         "known only of what runs; those that their engine says to run and that have no process are always there"},
    {.name = "processes",
     .type = VALUE_BOOL,
     .text = "false (default): one item a container; true: one item a process inside a container"},
    {.name = NULL},
};

static bool selects_record(const json_object *sources, const struct container_record *record)
{
    if (!sources || record->problem)
        return true;
    size_t n = json_object_is_type(sources, json_type_array) ? json_object_array_length(sources) : 0;
    for (size_t i = 0; i < n; i++) {
        g_autofree char *source = tree_text(json_object_array_get_idx(sources, i));
        if (g_strcmp0(source, record->from) == 0)
            return true;
    }
    return false;
}

static bool selects(const json_object *object, const struct container *container)
{
    const char *name = object_string(object, "name", NULL), *runtime = object_string(object, "runtime", NULL);
    if (runtime && !g_str_equal(runtime, container->runtime))
        return false;
    if (!selects_record(tree_member(object, "record"), container->record))
        return false;
    return !name || name_matches(name, container->name) || name_matches(name, container->id);
}

static void collect_processes(struct host *host, const struct containers *containers, const json_object *object,
                              struct items *items)
{
    GHashTable *usual = NULL;
    for (guint i = 0; i < containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(containers->list, i);
        if (selects(object, container)) {
            struct view view = {host, containers, container, container->first, container->processes, NULL};
            container_add_processes(&view, items, &usual);
        }
    }
    g_clear_pointer(&usual, g_hash_table_unref);
}

static void collect_containers(const struct fact_context *context, const struct containers *containers,
                               const json_object *object, struct items *items)
{
    const struct containers_observed *observed = containers_observe(context, containers);
    items_copy_problems(items, observed->items);
    for (guint i = 0; i < observed->of->len; i++)
        if (selects(object, g_ptr_array_index(observed->of, i)))
            items_add_shared(items, g_ptr_array_index(observed->items->list, i));
}

/* What engines list and the kernel does not show. */
static void collect_listed(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct containers_listed *listed = containers_listed(context);
    const struct containers_listed_items *made = container_listed_items(context);
    bool stopped = object_bool(object, "stopped", false);
    /* What runs is what the kernel shows, whatever engines say. */
    for (guint i = 0; stopped && i < listed->problems->len; i++)
        problems_take(items->problems, problem_copy(g_ptr_array_index(listed->problems, i)));
    for (guint i = 0; i < made->of->len; i++) {
        const struct container_listed *one = g_ptr_array_index(made->of, i);
        if ((stopped || one->container.state == CONTAINER_UNSEEN) && selects(object, &one->container))
            items_add_shared(items, g_ptr_array_index(made->items->list, i));
    }
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    struct host *host = context->host;
    const struct containers *containers = containers_find(context);
    if (containers->error) {
        problems_take(items->problems,
                      problem_of(problem_of_error(containers->error), "the process table could not be read"));
        return;
    }
    if (containers->unread)
        problems_take(items->problems,
                      problem_of(problem_of_error(containers->unread_first),
                                 "%u processes could not be told from processes of the host, the first",
                                 containers->unread));
    if (containers->contested)
        items_add_problem(items, containers->contested);
    if (object_bool(object, "processes", false))
        collect_processes(host, containers, object, items);
    else
        collect_containers(context, containers, object, items);
    collect_listed(context, object, items);
}

const struct probe probe_container = {
    .name = "container",
    .summary =
        "Containers, whatever started them, as the kernel shows them; stopped ones as their records would start them",
    .object = {"container", "containers"},
    .params = params,
    .fields = container_fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
