/* The list is asked for after the process table was read: what started in between is in the next audit's table, and
 * what ended is stopped by then. */
#include "facts/container/listed_search.h"

#include "facts/container/own_layer.h"
#include "facts/container/record.h"
#include "facts/context.h"
#include "facts/docker/engines.h"
#include "host/notes.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

static void listed_free(gpointer data)
{
    struct container_listed *listed = data;
    container_planned_free(listed->planned);
    /* The container is the first member. */
    container_free(&listed->container);
}

static void all_free(gpointer data)
{
    struct containers_listed *found = data;
    g_ptr_array_unref(found->list);
    g_ptr_array_unref(found->problems);
    g_free(found);
}

/* Started after the table was read, or just then, when its process was still the runtime: it is there now, with mounts
 * that it did not have. */
static bool has_just_started(struct host *host, const struct container_record *record)
{
    const struct process which = {.pid = (pid_t)record->pid};
    const struct process *then = record->pid > 0 ? host_process(host, which.pid) : NULL;
    g_autofree char *path = host_process_file(&which, "ns/mnt");
    /* Unheard: what cannot be seen is not said to have started. */
    g_autofree char *now = record->pid > 0 ? host_readlink(host, path, host_unheard()) : NULL;
    g_autofree char *before = then ? g_strdup_printf("mnt:[%" G_GUINT64_FORMAT "]", then->ns[NS_MNT]) : NULL;
    return now && (!then || (then->ns[NS_MNT] && !g_str_equal(now, before)));
}

/* ---- one ---- */

static void add(const struct container_listed_search *search, const struct docker_engine *engine, const char *root,
                const char *id)
{
    struct host *host = search->context->host;
    if (g_hash_table_contains(search->running, id) || !g_hash_table_add(search->seen, g_strdup(id)))
        return;
    struct container_record *record = container_record_listed(host, engine, root, id);
    bool gone = !record->from && !record->problem && !record->name;
    if (gone || (record->running && has_just_started(host, record))) {
        container_record_free(record);
        return;
    }
    /* What files say of an engine that does not run was true when it ended. */
    bool runs = record->running && engine;
    struct container_listed *listed = listed_new(id, "docker", record, runs ? CONTAINER_UNSEEN : CONTAINER_STOPPED);
    if (!runs && record->tree) {
        listed->planned = container_planned_docker(search->context, engine, root, record->where, record->tree);
        own_layer_of_docker(host, root, id, listed->planned);
    }
    g_clear_pointer(&record->tree, json_object_put);
    g_ptr_array_add(search->found->list, listed);
}

/* ---- all of an engine ---- */

/* Id -> state, of a list. Borrowed from it. */
static GHashTable *states_of(const json_object *list)
{
    GHashTable *states = g_hash_table_new(g_str_hash, g_str_equal);
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *id = tree_string(one, "Id"), *state = tree_string(one, "State");
        if (id)
            g_hash_table_insert(states, (gpointer)(uintptr_t)id, (gpointer)(uintptr_t)(state ? state : ""));
    }
    return states;
}

/* An engine hears a moment later that a container ended: of one that was started just now it is asked again. */
#define JUST_NOW_SECONDS 60
#define SETTLE_LOOKS     12U
#define SETTLE_WAIT_US   250000U

static bool may_settle(const struct container_listed *listed)
{
    gint64 age = g_get_real_time() / G_USEC_PER_SEC - listed->container.record->started;
    return listed->container.state == CONTAINER_UNSEEN && age >= 0 && age < JUST_NOW_SECONDS;
}

/* Those from `first` on that were removed while they were looked at, and those that ended before their processes were
 * looked for, are none. True: what is left may yet be one of them. */
static bool leave_out_ended(const struct container_listed_search *search, const struct docker_engine *engine,
                            guint first)
{
    GPtrArray *found = search->found->list;
    bool unsettled = false;
    /* Unheard: they then stay as they were seen. */
    pl_autojson json_object *list = docker_get(search->context->host, engine, "/containers/json?all=1", host_unheard());
    if (!json_object_is_type(list, json_type_array))
        return false;
    g_autoptr(GHashTable) states = states_of(list);
    for (guint i = found->len; i-- > first;) {
        const struct container_listed *listed = g_ptr_array_index(found, i);
        const char *state = g_hash_table_lookup(states, listed->container.id);
        bool ended = listed->container.state == CONTAINER_UNSEEN && state && *state && !g_str_equal(state, "running");
        if (!state || ended)
            g_ptr_array_remove_index(found, i);
        else
            unsettled |= may_settle(listed);
    }
    return unsettled;
}

static void settle(const struct container_listed_search *search, const struct docker_engine *engine, guint first)
{
    bool unsettled = search->found->list->len > first;
    for (unsigned looks = 0; unsettled && looks < SETTLE_LOOKS; looks++) {
        if (looks)
            g_usleep(SETTLE_WAIT_US);
        unsettled = leave_out_ended(search, engine, first);
    }
}

static void ask(const struct container_listed_search *search, const struct docker_engine *engine)
{
    g_autoptr(GError) error = NULL;
    guint first = search->found->list->len;
    pl_autojson json_object *list = docker_get(search->context->host, engine, "/containers/json?all=1", &error);
    if (list && !json_object_is_type(list, json_type_array))
        g_set_error(&error, PL_ERROR, PL_ERROR_PARSE, "GET /containers/json on %s: not a list", engine->socket);
    if (error)
        listed_problem(search, g_steal_pointer(&error));
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n && !listed_is_full(search, engine->socket); i++) {
        const char *id = tree_string(json_object_array_get_idx(list, i), "Id");
        if (id)
            add(search, engine, engine->data_root, id);
    }
    settle(search, engine, first);
}

static bool is_id(const char *name)
{
    return strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64;
}

/* All that stood in the way: that no socket answers is why files are read, and where they are its settings say. That a
 * folder is absent says nothing more. */
static GError *why_unlisted(const struct docker_engine *engine, const GError *error)
{
    g_autoptr(GError) unsure = engine && engine->root_unsure ? problem_to_error(engine->root_unsure) : NULL;
    const GError *of_engine = engine ? engine->error : NULL;
    bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    GError *why = g_error_copy(absent && of_engine ? of_engine : error);
    if (unsure)
        g_prefix_error(&why, "%s; ", unsure->message);
    if (of_engine && !absent)
        g_prefix_error(&why, "%s; ", of_engine->message);
    return why;
}

static void read_files(const struct container_listed_search *search, const struct docker_engine *engine,
                       const char *root)
{
    g_autofree char *folder = g_build_filename(root, "containers", NULL);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = host_list(search->context->host, folder, &error);
    /* One that runs has the folder: where it is not seen, the place is not known. */
    if (error && (engine || !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT)))
        listed_problem(search, why_unlisted(engine, error));
    for (char **name = names; name && *name && !listed_is_full(search, folder); name++)
        if (is_id(*name))
            add(search, engine, root, *name);
}

/* Of an engine that does not run; one that maps users has a folder below, named by the ids. */
static void read_usual(const struct container_listed_search *search)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) roots = host_glob(search->context->host, DOCKER_ROOT "/[1-9]*.[1-9]*", &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        listed_problem(search, g_steal_pointer(&error));
    read_files(search, NULL, DOCKER_ROOT);
    for (char **root = roots; root && *root; root++)
        read_files(search, NULL, *root);
}

/* ---- all ---- */

static int by_name(const void *a, const void *b)
{
    const struct container_listed *left = *(struct container_listed *const *)a,
                                  *right = *(struct container_listed *const *)b;
    int order = strcmp(left->container.name, right->container.name);
    return order ? order : strcmp(left->container.id, right->container.id);
}

static void add_running(const struct container_listed_search *search)
{
    const struct containers *containers = containers_find(search->context);
    for (guint i = 0; i < containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(containers->list, i);
        if (!container->impostor)
            g_hash_table_add(search->running, container->id);
    }
}

static gpointer make_listed(struct host *host, gpointer data)
{
    (void)host;
    struct containers_listed *found = g_new0(struct containers_listed, 1);
    found->list = g_ptr_array_new_with_free_func(listed_free);
    found->problems = g_ptr_array_new_with_free_func((GDestroyNotify)problem_free);
    g_autoptr(GHashTable) running = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct container_listed_search search = {data, found, running, seen};
    const struct docker_engines *engines = docker_engines_find(data);
    add_running(&search);
    for (guint i = 0; i < engines->list->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines->list, i);
        if (engine->reachable)
            ask(&search, engine);
        else
            read_files(&search, engine, engine->data_root);
    }
    if (!engines->list->len)
        read_usual(&search);
    listed_in_storages(&search);
    listed_in_containerd(&search);
    if (found->list->len)
        qsort(found->list->pdata, found->list->len, sizeof *found->list->pdata, by_name);
    return found;
}

const struct containers_listed *containers_listed(const struct fact_context *context)
{
    return host_memo(context->host, "probes:containers-listed", make_listed, (gpointer)(uintptr_t)context, all_free);
}
