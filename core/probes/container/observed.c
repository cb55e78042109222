/* What could not be read of a container is unread only while it runs. */
#include "probes/container/observed.h"

#include "facts/container/record.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/jobs.h"
#include "probes/container/item.h"
#include "probes/container/programs.h"

/* Threads that look at containers, each at no fewer than so many. */
#define OBSERVERS_MAX   8U
#define CONTAINERS_EACH 4U

static void observed_free(gpointer data)
{
    struct containers_observed *observed = data;
    items_free(observed->items);
    g_ptr_array_unref(observed->of);
    g_free(observed);
}

/* One container of all, looked at by one of several threads. */
struct container_observed_sight {
    struct container *container;
    struct items *items; /* the one of it */
    struct host_notes *notes;
    bool ended;
};

struct watch {
    const struct fact_context *context;
    struct host *host;
    const struct containers *containers;
    struct container_observed_sight *sights;
    guint n;
};

static void observe_one(gpointer data, gpointer user)
{
    struct container_observed_sight *sight = data;
    const struct watch *watch = user;
    const struct container *container = sight->container;
    struct container_gain gain = {0};
    struct view view = {watch->host, watch->containers, container, container->first, container->processes, &gain};
    sight->items = items_new();
    sight->notes = host_notes_new();
    struct host_notes *before = host_notes_swap(sight->notes);
    container_programs_look(watch->context, &view, &gain);
    container_add_whole(&view, sight->items);
    host_notes_swap(before);
    container_gain_clear(&gain);
}

static void observe_all(struct watch *watch)
{
    guint threads = MIN(MIN(g_get_num_processors(), OBSERVERS_MAX), watch->n / CONTAINERS_EACH);
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    for (guint i = 0; i < watch->n; i++)
        g_ptr_array_add(jobs, &watch->sights[i]);
    jobs_run(jobs, threads, observe_one, watch);
}

static bool all_ended(struct host *host, const struct container *container)
{
    for (guint i = 0; i < container->processes->len; i++)
        if (!host_process_ended(host, g_ptr_array_index(container->processes, i)))
            return false;
    return true;
}

/* Those that ended while they were looked at: what could not be read of them is no lack of knowledge. */
static void look_for_ended(const struct watch *watch)
{
    for (guint i = 0; i < watch->n; i++) {
        struct container_observed_sight *sight = &watch->sights[i];
        const struct item *item = g_ptr_array_index(sight->items->list, 0);
        const struct container_record *record = sight->container->record;
        if (!item->unread && (record->from || record->problem) && !host_notes_list(sight->notes)->len)
            continue;
        sight->ended = all_ended(watch->host, sight->container);
    }
}

/* What failed while this container was looked at says nothing about the others; of it nothing is known for sure. What
 * was seen stays, as of a field that is not known whole. */
static void doubt(struct item *item, const struct host_notes *notes)
{
    g_autoptr(GError) error = host_notes_error(notes);
    json_object_object_foreach (item->fields, field, value) {
        (void)value;
        if (error && !(item->unread && g_hash_table_contains(item->unread, field)))
            item_unread_error(item, field, error);
    }
}

struct observing {
    const struct fact_context *context;
    const struct containers *containers;
};

static gpointer observe(struct host *host, gpointer data)
{
    const struct observing *observing = data;
    const struct containers *containers = observing->containers;
    struct containers_observed *observed = g_new0(struct containers_observed, 1);
    observed->items = items_new();
    observed->of = g_ptr_array_new();
    guint n = items_room(observed->items, containers->list->len, "containers");
    g_autofree struct container_observed_sight *sights = g_new0(struct container_observed_sight, n);
    struct watch watch = {observing->context, host, containers, sights, n};
    for (guint i = 0; i < n; i++)
        sights[i].container = g_ptr_array_index(containers->list, i);
    observe_all(&watch);
    look_for_ended(&watch);
    for (guint i = 0; i < n; i++) {
        if (!sights[i].ended) {
            struct item *item = g_ptr_array_steal_index(sights[i].items->list, 0);
            doubt(item, sights[i].notes);
            g_ptr_array_add(observed->items->list, item);
            g_ptr_array_add(observed->of, sights[i].container);
        }
        host_notes_unref(sights[i].notes);
        items_free(sights[i].items);
    }
    return observed;
}

const struct containers_observed *containers_observe(const struct fact_context *context,
                                                     const struct containers *containers)
{
    struct observing observing = {context, containers};
    return host_memo(context->host, "probes:container-items", observe, &observing, observed_free);
}
