/* What a running Docker Engine says through its API. One item an engine for what it says about itself, one an element
 * for lists. Passwords in addresses and the values of environment variables are not taken along.
 *
 * Each call is made once a host and engine; what the engine answers is data of somebody who may lie, never trusted to
 * be of the type that the API documents. */
#include "facts/docker/engines.h"

#include "model/error.h"
#include "model/tree.h"
#include "probes/common/object.h"
#include "probes/docker/clean.h"
#include "probes/docker/list.h"
#include "probes/docker/machine.h"
#include "probes/docker/runtime.h"
#include "probes/probe.h"

#include <string.h>

/* Of one list; an engine may say as many as it likes. */
#define OBJECTS_MAX 5000

static const struct probe_param params[] = {
    {.name = "list",
     .type = VALUE_STRING,
     .required = true,
     .text = "what to ask for; runtimes are a part of info, and data-root, access, proxies, conflicts, command and "
             "seccomp-profile say what "
             "the machine shows of the engine",
     .choices = "info version networks volumes plugins swarm nodes services secrets runtimes data-root "
                "access proxies conflicts command seccomp-profile"},
    {.name = "key",
     .type = VALUE_STRING,
     .text = "dotted path into the answer, or into each element of a list; * in info: one item for every member"},
    {.name = "optional",
     .type = VALUE_BOOL,
     .text = "an engine that does not answer is left out when its configuration file is not newer than its process: "
             "for rules that judge the configuration too"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"value", VALUE_ANY, "the answer or element, or what key leads to; null when it leads nowhere",
     FIELD_TOLD | FIELD_VALUE},
    {"engine", VALUE_STRING, "its socket"},
    {"pid", VALUE_NUMBER, "its process", FIELD_PROCESS},
    {"name", VALUE_STRING, "of the element of a list, or of the member that * stands for; null for the others",
     FIELD_NAMES},
    {"manager", VALUE_BOOL, "it manages a swarm; unread when it does not say"},
    {"api", VALUE_VERSION, "version of its API; null when it did not say"},
    {"driver", VALUE_STRING, "networks and volumes only: its driver"},
    {"ingress", VALUE_BOOL, "networks only: the one that swarm publishes ports by"},
    {"separate", VALUE_BOOL, "data-root only: a file system of its own"},
    {"swarm", VALUE_BOOL, "data-root only: the state of a swarm is kept there, which it is in or was locked out of"},
    {"group", VALUE_STRING, "access only: the group that may use the socket"},
    {"users", VALUE_SET, "access only: users in that group"},
    {"as_unit", VALUE_BOOL, "command only: the same as its systemd unit's; null without a unit"},
    {"path", VALUE_STRING, "runtimes only: its program; null when it was not found"},
    {"root_only", VALUE_BOOL,
     "runtimes and seccomp-profile only: nobody but root could replace the file; null without a file"},
    {.name = NULL},
};

/* ---- answers ---- */

struct docker_answer {
    json_object *tree;
    GError *error;
};

struct docker_question {
    const struct docker_engine *engine;
    const struct docker_list *list;
};

static void answer_free(gpointer data)
{
    struct docker_answer *answer = data;
    json_object_put(answer->tree);
    g_clear_error(&answer->error);
    g_free(answer);
}

static gpointer make_answer(struct host *host, gpointer data)
{
    const struct docker_question *question = data;
    struct docker_answer *answer = g_new0(struct docker_answer, 1);
    answer->tree = docker_get(host, question->engine, question->list->path, &answer->error);
    return answer;
}

/* The whole answer, read only; NULL with error. */
static const json_object *answer_of(struct host *host, const struct docker_engine *engine,
                                    const struct docker_list *list, const GError **error)
{
    if (g_str_equal(list->path, "/info")) {
        *error = engine->info_error;
        return engine->info;
    }
    struct docker_question question = {engine, list};
    g_autofree char *key = g_strdup_printf("docker:%s:%d", list->name, (int)engine->pid);
    const struct docker_answer *answer = host_memo(host, key, make_answer, &question, answer_free);
    *error = answer->error;
    return answer->tree;
}

/* ---- values ---- */

static const char *last_name(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot ? dot + 1 : key;
}

static void set_value(struct item *item, const struct docker_list *list, const char *key, const json_object *element)
{
    json_object *node = NULL;
    if (!tree_get(element, key, &node) || !node) {
        item_set(item, "value", NULL);
        return;
    }
    if (docker_list_accepts(list, key, node))
        item_set(item, "value", docker_clean(node, last_name(key)));
    else
        item_damaged(item, "value", "the engine answers %s of another type than its API documents", key);
}

/* ---- items ---- */

/* Whether the engine manages a swarm; *error when it does not say. */
static bool is_manager(const struct docker_engine *engine, const GError **error)
{
    json_object *node = NULL;
    *error = engine->info_error;
    return tree_get(engine->info, "Swarm.ControlAvailable", &node) && json_object_get_boolean(node);
}

static void set_manager(struct item *item, const struct docker_engine *engine)
{
    const GError *failed = NULL;
    bool manager = is_manager(engine, &failed);
    if (failed)
        item_unread_error(item, "manager", failed);
    else
        item_set_bool(item, "manager", manager);
}

static struct item *add_item(const struct docker_engine *engine, const struct docker_list *list, const char *subject,
                             struct items *items)
{
    struct item *item = items_add(items, subject);
    item_set_string(item, "engine", engine->socket);
    item_set_int(item, "pid", engine->pid);
    item_set_string(item, "api", engine->api_version);
    set_manager(item, engine);
    item_source_api(item, "GET %s on %s", list->path, engine->socket);
    return item;
}

/* One member of an object of the answer: a runtime, a registry. */
static struct item *add_member(const struct docker_engine *engine, const struct docker_list *list, const char *name,
                               struct items *items)
{
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    g_autofree char *subject = engine->alone ? g_strdup(shown) : g_strdup_printf("%s (%s)", shown, engine->socket);
    struct item *item = add_item(engine, list, *subject ? subject : "-", items);
    item_set_string(item, "name", name);
    return item;
}

/* The object that the part of `key` before "*" leads to; NULL when there is none. */
static json_object *object_at(const json_object *tree, const char *key, size_t n)
{
    g_autofree char *path = g_strndup(key, n && key[n - 1] == '.' ? n - 1 : n);
    json_object *node = NULL;
    bool found = tree_get(tree, path, &node);
    return found && json_object_is_type(node, json_type_object) ? node : NULL;
}

static void add_members(const struct docker_engine *engine, const struct docker_list *list, const char *key,
                        const json_object *tree, struct items *items)
{
    const char *star = strchr(key, '*');
    json_object *object = object_at(tree, key, (size_t)(star - key));
    if (!object)
        return;
    json_object_object_foreach (object, name, member)
        set_value(add_member(engine, list, name, items), list, star[1] == '.' ? star + 2 : "", member);
}

static void add_runtimes(struct host *host, const struct docker_engine *engine, const struct docker_list *list,
                         const char *key, const json_object *tree, struct items *items)
{
    json_object *object = object_at(tree, list->inside, strlen(list->inside));
    if (!object) {
        items_problem(items, PROBLEM_ERROR, NULL, "unix:%s %s names no runtimes", engine->socket, list->path);
        return;
    }
    json_object_object_foreach (object, name, runtime) {
        struct item *item = add_member(engine, list, name, items);
        set_value(item, list, key, runtime);
        docker_set_runtime(host, engine, runtime, name, item);
    }
}

/* The element's own name; its place in the list where it has none. */
static char *name_of(const struct docker_list *list, const json_object *element, size_t place)
{
    for (size_t i = 0; i < G_N_ELEMENTS(list->names) && list->names[i]; i++) {
        json_object *node = NULL;
        if (!tree_get(element, list->names[i], &node) || !json_object_is_type(node, json_type_string))
            continue;
        const char *name = json_object_get_string(node);
        if (*name)
            return g_strdup(name);
    }
    return g_strdup_printf("%zu", place);
}

static void set_driver(struct item *item, const json_object *element)
{
    const json_object *ingress = tree_member(element, "Ingress");
    const char *driver = tree_string(element, "Driver");
    if (driver)
        item_set_string(item, "driver", driver);
    else
        item_unread(item, "driver", "the engine does not say it");
    item_set_bool(item, "ingress", json_object_is_type(ingress, json_type_boolean) && json_object_get_boolean(ingress));
}

static void add_element(const struct docker_engine *engine, const struct docker_list *list, const char *key,
                        const json_object *element, size_t place, struct items *items)
{
    g_autofree char *name = name_of(list, element, place);
    g_autofree char *subject = engine->alone ? g_strdup_printf("%s %s", list->kind, name)
                                             : g_strdup_printf("%s %s (%s)", list->kind, name, engine->socket);
    struct item *item = add_item(engine, list, subject, items);
    item_set_string(item, "name", name);
    if (list->driven)
        set_driver(item, element);
    if (json_object_is_type(element, json_type_object))
        set_value(item, list, key, element);
    else
        item_damaged(item, "value", "the engine answers something that is no %s", list->kind);
}

static void add_many(const struct docker_engine *engine, const struct docker_list *list, const char *key,
                     const json_object *tree, struct items *items)
{
    const json_object *array = list->inside ? tree_member(tree, list->inside) : tree;
    /* An engine without volumes answers null. */
    if (!array && json_object_is_type(tree, json_type_object))
        return;
    if (!json_object_is_type(array, json_type_array)) {
        items_problem(items, PROBLEM_ERROR, NULL, "unix:%s %s: the answer is no list", engine->socket, list->path);
        return;
    }
    size_t n = json_object_array_length(array);
    for (size_t i = 0; i < MIN(n, OBJECTS_MAX) && items_room(items, 1, "objects"); i++)
        add_element(engine, list, key, json_object_array_get_idx(array, i), i, items);
    /* What was seen until there stays. */
    if (n > OBJECTS_MAX)
        items_problem(items, PROBLEM_ERROR, NULL, "unix:%s %s: %zu objects are more than are looked at (%d)",
                      engine->socket, list->path, n, OBJECTS_MAX);
}

static void add_failure(const struct docker_engine *engine, const GError *failed, bool optional, struct items *items)
{
    if (optional && engine->unchanged)
        return;
    /* The daemon runs: that its socket is not there is no answer. */
    struct problem *problem = problem_of_unanswered(failed);
    problems_take(items->problems, problem->kind == PROBLEM_UNKNOWN && !problem->remediation
                                       ? problem_of(problem, "the Docker Engine could not be asked")
                                       : problem);
}

static void collect_engine(struct host *host, const struct docker_engine *engine, const struct docker_list *list,
                           const json_object *object, struct items *items)
{
    const char *key = object_string(object, "key", "");
    bool optional = object_bool(object, "optional", false);
    const GError *failed = NULL;
    if (list->manager && !is_manager(engine, &failed)) {
        if (failed)
            add_failure(engine, failed, optional, items);
        return;
    }
    const json_object *tree = answer_of(host, engine, list, &failed);
    if (!tree) {
        add_failure(engine, failed, optional, items);
        return;
    }
    if (list->many) {
        add_many(engine, list, key, tree, items);
        return;
    }
    if (!json_object_is_type(tree, json_type_object)) {
        items_problem(items, PROBLEM_ERROR, NULL, "unix:%s %s: the answer is no object", engine->socket, list->path);
        return;
    }
    if (g_strcmp0(list->inside, "Runtimes") == 0) {
        add_runtimes(host, engine, list, key, tree, items);
        return;
    }
    if (strchr(key, '*')) {
        add_members(engine, list, key, tree, items);
        return;
    }
    struct item *item = add_item(engine, list, engine->socket, items);
    item_set(item, "name", NULL);
    set_value(item, list, key, tree);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct docker_list *list = docker_list_find(object_string(object, "list", ""));
    const struct docker_engines *engines = docker_engines_find(context);
    if (engines->unseen)
        items_add_problem(items, engines->unseen);
    for (guint i = 0; i < engines->list->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines->list, i);
        if (list)
            collect_engine(context->host, engine, list, object, items);
        else
            docker_machine_look(context, engine, object_string(object, "list", ""), items);
    }
}

const struct probe probe_docker = {
    .name = "docker",
    .summary = "What running Docker Engines say about themselves, by their API on Unix sockets",
    .object = {"Docker object", "Docker objects"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_LIVE,
    .collect = collect,
};
