/* A container that is stopped is what its record would make of it; of one that should run and is not seen nothing is
 * known but its record. */
#include "probes/container/listed.h"

#include "facts/container/record.h"
#include "facts/context.h"
#include "model/tree.h"
#include "probes/container/differences.h"
#include "probes/container/fields.h"
#include "probes/container/next_start.h"

#include <string.h>

static void listed_items_free(gpointer data)
{
    struct containers_listed_items *items = data;
    items_free(items->items);
    g_ptr_array_unref(items->of);
    g_free(items);
}

/* Runtimes whose containers are processes of the host; others may keep them in a virtual machine. */
static bool shares_kernel(const char *runtime)
{
    static const char *const names[] = {
        "", "runc", "crun", "youki", "io.containerd.runc.v1", "io.containerd.runc.v2", "nvidia", NULL};
    return g_strv_contains(names, runtime ? runtime : "");
}

static void set_state(const struct container_listed *listed, struct item *item)
{
    static const char *const words[] = {"running", "unseen", "stopped"};
    const struct container_record *record = listed->container.record;
    const char *runtime = tree_string(record->fields, "oci_runtime");
    if (listed->container.state == CONTAINER_UNSEEN && !shares_kernel(runtime))
        item_unread(item, "state", "its runtime %s may keep its processes in a virtual machine", runtime);
    else if (!record->from && record->problem)
        item_unread_problem(item, "state", record->problem);
    else
        item_set_string(item, "state", words[listed->container.state]);
}

static bool is_said(const struct item *item, const char *field)
{
    return json_object_object_get_ex(item->fields, field, NULL) ||
           (item->unread && g_hash_table_contains(item->unread, field));
}

/* What was true of it when it ran is not what would run. */
static void leave_live(const struct container_listed *listed, struct item *item)
{
    for (const struct probe_field *field = container_fields; field->name; field++) {
        if (!(field->traits & FIELD_LIVE))
            continue;
        json_object_object_del(item->fields, field->name);
        if (listed->container.state == CONTAINER_STOPPED)
            item_unread(item, field->name, "it does not run, and only the kernel shows this");
    }
}

static void leave_rest(const struct container_listed *listed, struct item *item)
{
    const struct container_record *record = listed->container.record;
    for (const struct probe_field *field = container_fields; field->name; field++) {
        if (is_said(item, field->name))
            continue;
        if (!record->from && record->problem)
            item_unread_problem(item, field->name, record->problem);
        else if (listed->container.state == CONTAINER_UNSEEN)
            item_unread(item, field->name, "its engine says that it runs, and no process of it was found");
        else if (!listed->planned && record->wanted_problem)
            item_unread_problem(item, field->name, record->wanted_problem);
        else
            item_unread(item, field->name, "it does not run, and its record does not decide it");
    }
}

static void add_item(const struct fact_context *context, struct container_listed *listed, struct items *items)
{
    const struct container *container = &listed->container;
    const struct container_record *record = container->record;
    g_autofree char *subject = g_strdup_printf("%s (%s)", container->name,
                                               container->state == CONTAINER_STOPPED ? "stopped" : "no process found");
    struct item *item = items_add(items, subject);
    item->stopped = container->state == CONTAINER_STOPPED;
    item_expect_fields(item, container_fields_count);
    if (record->where)
        item_source_api(item, "%s", record->where);
    item_set_string(item, "id", container->id);
    item_set_string(item, "name", container->name);
    item_set_string(item, "runtime", container->runtime);
    set_state(listed, item);
    container_set_record_fields(container, item);
    if (listed->planned)
        container_set_next_start(context, listed, item);
    leave_live(listed, item);
    leave_rest(listed, item);
}

static gpointer make_items(struct host *host, gpointer data)
{
    (void)host;
    struct containers_listed_items *made = g_new0(struct containers_listed_items, 1);
    const struct containers_listed *found = containers_listed(data);
    made->items = items_new();
    made->of = g_ptr_array_new();
    for (guint i = 0; i < found->list->len; i++) {
        struct container_listed *listed = g_ptr_array_index(found->list, i);
        add_item(data, listed, made->items);
        g_ptr_array_add(made->of, listed);
    }
    return made;
}

const struct containers_listed_items *container_listed_items(const struct fact_context *context)
{
    return host_memo(context->host, "probes:container-listed-items", make_items, (gpointer)(uintptr_t)context,
                     listed_items_free);
}
