/* Greeting Docker Engines and asking them.
 *
 * The calls of host/engine_calls.h are all that plumbline ever makes. An engine may be anything that calls itself
 * dockerd: after the first call that failed, or too much time altogether, it is not asked again. */
#include "facts/docker/place.h"

#include "facts/context.h"
#include "formats/format.h"
#include "host/engine_calls.h"
#include "host/http.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/problem.h"
#include "model/tree.h"

#include <string.h>

#define ENGINES_MAX   16
#define ANSWER_MAX    ((gsize)16 << 20)
#define GREETING_MS   2000U
#define CALL_MS       5000U
#define ALL_CALLS_MAX (30 * G_USEC_PER_SEC) /* waiting for one engine, all calls together */

/* The public part comes first. */
struct engine {
    struct docker_engine shown;
    GMutex lock;
    GError *broken; /* set once: nothing is asked any more */
    gint64 spent;   /* microseconds that its answers took */
};

static void engine_free(gpointer data)
{
    struct engine *engine = data;
    g_free(engine->shown.socket);
    g_free(engine->shown.base);
    g_free(engine->shown.api_version);
    g_free(engine->shown.data_root);
    g_free(engine->shown.space);
    problem_free(engine->shown.root_unsure);
    g_clear_error(&engine->shown.error);
    g_clear_error(&engine->shown.info_error);
    json_object_put((json_object *)(uintptr_t)engine->shown.info);
    g_clear_error(&engine->broken);
    g_mutex_clear(&engine->lock);
    g_free(engine);
}

/* ---- one call ---- */

/* False with a copy of why, when the engine was given up. */
static bool may_ask(struct engine *engine, GError **error)
{
    g_mutex_lock(&engine->lock);
    bool ok = !engine->broken;
    if (!ok)
        g_propagate_error(error, g_error_copy(engine->broken));
    g_mutex_unlock(&engine->lock);
    return ok;
}

/* A status, a parse error and the like are one answer's; no answer at all and one without end are the engine's. */
static bool is_fatal(const GError *failed)
{
    return g_error_matches(failed, PL_ERROR, PL_ERROR_READ) || g_error_matches(failed, PL_ERROR, PL_ERROR_DENIED) ||
           g_error_matches(failed, PL_ERROR, PL_ERROR_LIMIT) || g_error_matches(failed, PL_ERROR, PL_ERROR_KIND);
}

static void account(struct engine *engine, gint64 before, const GError *failed)
{
    g_mutex_lock(&engine->lock);
    engine->spent += g_get_monotonic_time() - before;
    if (!engine->broken && failed && is_fatal(failed))
        engine->broken = g_error_copy(failed);
    if (!engine->broken && engine->spent > ALL_CALLS_MAX)
        g_set_error(&engine->broken, PL_ERROR, PL_ERROR_LIMIT, "unix:%s: its answers take too long altogether",
                    engine->shown.socket);
    g_mutex_unlock(&engine->lock);
}

/* "HTTP 500", and what the engine says about it; some say it with much text. */
static bool status_error(const char *name, const struct http_answer *answer, GError **error)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(answer->body, &n);
    /* Unheard: the status is the error. */
    pl_autojson json_object *tree = n && n < 65536 ? format_find("json")->parse(name, text, n, NULL) : NULL;
    const char *message = tree_string(tree, "message");
    g_autofree char *said = message ? g_strndup(message, 200) : NULL;
    g_autofree char *valid = said ? g_utf8_make_valid(said, -1) : NULL;
    g_set_error(error, PL_ERROR, answer->status == 404 ? PL_ERROR_ABSENT : PL_ERROR_PARSE, "%s: HTTP status %ld%s%s",
                name, answer->status, valid ? ": " : "", valid ? valid : "");
    return false;
}

static json_object *parse_answer(const char *name, const struct http_answer *answer, GError **error)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(answer->body, &n);
    if (answer->status != 200) {
        status_error(name, answer, error);
        return NULL;
    }
    json_object *tree = format_find("json")->parse(name, n ? text : "", n, error);
    if (json_object_is_type(tree, json_type_object) || json_object_is_type(tree, json_type_array))
        return tree;
    if (error && !*error)
        g_set_error(error, PL_ERROR, PL_ERROR_PARSE, "%s: the answer is no JSON object or array", name);
    json_object_put(tree);
    return NULL;
}

static bool get(struct host *host, const struct docker_engine *engine, const char *path, unsigned timeout,
                struct http_answer *answer, GError **error)
{
    g_autofree char *url = g_strconcat(engine->base, path, NULL);
    const struct http_request request = {
        .socket = engine->socket, .owner = engine->owner, .url = url, .max = ANSWER_MAX, .timeout_ms = timeout};
    return host_http_get(host, &request, answer, error);
}

static json_object *ask(struct host *host, struct engine *engine, const char *path, GError **error)
{
    struct http_answer answer = {0};
    g_autoptr(GError) failed = NULL;
    json_object *tree = NULL;
    if (!may_ask(engine, error))
        return NULL;
    g_autofree char *name = g_strdup_printf("unix:%s %s", engine->shown.socket, path);
    gint64 before = g_get_monotonic_time();
    if (get(host, &engine->shown, path, CALL_MS, &answer, &failed))
        tree = parse_answer(name, &answer, &failed);
    account(engine, before, failed);
    http_answer_clear(&answer);
    if (failed)
        g_propagate_error(error, g_steal_pointer(&failed));
    return tree;
}

json_object *docker_get(struct host *host, const struct docker_engine *engine, const char *path, GError **error)
{
    if (!engine_is_call(path)) {
        g_set_error(error, PL_ERROR, PL_ERROR_USAGE, "%s is not among the calls to a Docker Engine", path);
        return NULL;
    }
    if (!engine->reachable) {
        g_propagate_error(error, g_error_copy(engine->error));
        return NULL;
    }
    return ask(host, (struct engine *)(uintptr_t)engine, path, error);
}

/* ---- greeting ---- */

/* Takes `path`. */
static bool greet_at(struct host *host, struct docker_engine *engine, char *path, GError **error)
{
    struct http_answer answer = {0};
    g_free(engine->socket);
    engine->socket = path;
    if (!get(host, engine, "/_ping", GREETING_MS, &answer, error))
        return false;
    engine->reachable = answer.status == 200;
    if (!engine->reachable) {
        g_autofree char *name = g_strdup_printf("unix:%s /_ping", path);
        status_error(name, &answer, error);
    } else if (answer.server_version && engine_is_version(answer.server_version)) {
        engine->api_version = g_strdup(answer.server_version);
        g_free(engine->base);
        engine->base = g_strdup_printf("http://localhost/v%s", engine->api_version);
    }
    http_answer_clear(&answer);
    return engine->reachable;
}

/* The first socket that answers; without one, the first is kept with its failure. */
static void greet(struct host *host, struct docker_engine *engine, char **sockets)
{
    for (char **path = sockets; *path && !engine->reachable; path++) {
        g_autoptr(GError) failed = NULL;
        g_autofree char *before = path == sockets ? NULL : g_strdup(engine->socket);
        if (greet_at(host, engine, g_strdup(*path), &failed)) {
            g_clear_error(&engine->error);
            return;
        }
        if (!engine->error) {
            engine->error = g_steal_pointer(&failed);
            continue;
        }
        g_free(engine->socket);
        engine->socket = g_steal_pointer(&before);
    }
    if (!engine->error)
        g_set_error(&engine->error, PL_ERROR, PL_ERROR_READ,
                    "dockerd (pid %d) listens on no Unix socket, and its API is asked through nothing else",
                    (int)engine->pid);
}

static void read_info(struct host *host, struct engine *engine)
{
    struct docker_engine *shown = &engine->shown;
    json_object *info = shown->reachable ? ask(host, engine, "/info", &shown->info_error) : NULL;
    if (info && !json_object_is_type(info, json_type_object)) {
        g_set_error(&shown->info_error, PL_ERROR, PL_ERROR_PARSE, "unix:%s /info: the answer is no JSON object",
                    shown->socket);
        json_object_put(info);
        info = NULL;
    }
    if (!info && !shown->info_error)
        shown->info_error = g_error_copy(shown->error);
    shown->info = info;
    const char *root = tree_string(info, "DockerRootDir");
    if (!root || *root != '/')
        return;
    g_free(shown->data_root);
    shown->data_root = g_strdup(root);
    g_clear_pointer(&shown->root_unsure, problem_free);
}

struct greeting {
    struct host *host;
    struct engine *engine;
    const struct daemon_instance *instance;
    struct host_notes *notes; /* of the thread that waits */
};

static gpointer meet(gpointer data)
{
    const struct greeting *greeting = data;
    struct docker_engine *shown = &greeting->engine->shown;
    struct docker_place place = {NULL};
    struct host_notes *before = host_notes_swap(greeting->notes);
    docker_place_find(greeting->host, greeting->instance, &place);
    shown->data_root = g_steal_pointer(&place.data_root);
    shown->root_unsure = g_steal_pointer(&place.root_unsure);
    shown->space = g_steal_pointer(&place.space);
    shown->unchanged = place.unchanged;
    greet(greeting->host, shown, place.sockets);
    read_info(greeting->host, greeting->engine);
    docker_place_clear(&place);
    host_notes_swap(before);
    return NULL;
}

static struct engine *engine_new(const struct daemon_instance *instance)
{
    struct engine *engine = g_new0(struct engine, 1);
    g_mutex_init(&engine->lock);
    engine->shown.process = instance->process;
    engine->shown.pid = instance->process->pid;
    engine->shown.owner = instance->process->uid[1];
    engine->shown.base = g_strdup("http://localhost");
    return engine;
}

/* Each in a thread of its own, so that sixteen that hang take no longer than one. */
static void meet_all(struct greeting *greetings, guint n)
{
    GThread *threads[ENGINES_MAX] = {NULL};
    for (guint i = 1; i < n; i++)
        threads[i] = g_thread_try_new("engine", meet, &greetings[i], NULL);
    for (guint i = 0; i < n; i++)
        if (!threads[i] && greetings[i].engine)
            meet(&greetings[i]);
    for (guint i = 1; i < n; i++)
        if (threads[i])
            g_thread_join(threads[i]);
}

/* At most ENGINES_MAX of them, the host's first; `greetings` has room for as many. */
static void add_engines(const struct fact_context *context, const struct daemon_instances *instances,
                        struct docker_engines *engines, struct greeting *greetings)
{
    for (guint i = 0; i < instances->list->len; i++) {
        const struct daemon_instance *instance = g_ptr_array_index(instances->list, i);
        if (!instance->process)
            continue;
        if (engines->list->len == ENGINES_MAX) {
            engines->unseen = problem_damaged("more than %d processes run dockerd", ENGINES_MAX);
            break;
        }
        struct engine *engine = engine_new(instance);
        greetings[engines->list->len] = (struct greeting){context->host, engine, instance, host_notes_current()};
        g_ptr_array_add(engines->list, engine);
    }
    for (guint i = 0; i < engines->list->len; i++)
        ((struct engine *)g_ptr_array_index(engines->list, i))->shown.alone = engines->list->len == 1;
    if (engines->unseen)
        return;
    if (instances->hidden)
        engines->unseen = problem_new(PROBLEM_UNKNOWN, RUN_AS_ROOT, "the processes of other users are hidden");
    else if (instances->error)
        engines->unseen = problem_of_error(instances->error);
}

/* Where it keeps its data is then not known; what a user's own engine hides is no matter of the host's. */
static void tell_blind(struct docker_engines *engines, const struct greeting *greeting)
{
    const struct daemon_instance *instance = greeting->instance;
    if (!greeting->engine->shown.info && instance->blind && !instance->user)
        engines->unseen = problem_copy(instance->blind);
}

/* The command line that names its socket was not read, or not whose it is: it was looked for where one is by default.
 */
static bool is_guess(const struct greeting *greeting)
{
    const struct daemon_instance *instance = greeting->instance;
    return instance->error || instance->blind || !instance->process->ids_known;
}

/* What another engine answered is no word of this one. */
static void forget_answers(struct engine *found)
{
    struct docker_engine *engine = &found->shown;
    json_object_put((json_object *)(uintptr_t)engine->info);
    engine->info = NULL;
    engine->reachable = false;
    g_clear_error(&engine->error);
    g_clear_error(&engine->info_error);
    problem_free(engine->root_unsure);
    g_set_error(&engine->error, PL_ERROR, PL_ERROR_DENIED,
                "dockerd (pid %d): where it listens is not known, and at %s another engine was found", (int)engine->pid,
                engine->socket);
    engine->info_error = g_error_copy(engine->error);
    engine->root_unsure = problem_of_error(engine->error);
    if (!found->broken)
        found->broken = g_error_copy(engine->error);
}

/* One socket has one listener. Where none of those that were found there is a guess, nobody can tell whose it is. */
static void tell_apart(struct greeting *greetings, guint n)
{
    bool shared[ENGINES_MAX] = {false}, guessed[ENGINES_MAX] = {false};
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < n; k++) {
            const struct docker_engine *one = &greetings[i].engine->shown, *other = &greetings[k].engine->shown;
            if (i == k || !one->reachable || !other->reachable || g_strcmp0(one->socket, other->socket) != 0)
                continue;
            shared[i] = true;
            guessed[i] |= is_guess(&greetings[i]) || is_guess(&greetings[k]);
        }
    for (guint i = 0; i < n; i++)
        if (shared[i] && (is_guess(&greetings[i]) || !guessed[i]))
            forget_answers(greetings[i].engine);
}

static gpointer make_engines(struct host *host, gpointer data)
{
    const struct fact_context *context = data;
    struct docker_engines *engines = g_new0(struct docker_engines, 1);
    engines->list = g_ptr_array_new_with_free_func(engine_free);
    if (!host_is_live(host))
        return engines;
    const struct daemon_instances *instances = docker_daemons(context);
    if (!instances) {
        engines->unseen = problem_new(PROBLEM_UNKNOWN, DOCKER_UNDESCRIBED_REMEDIATION, DOCKER_UNDESCRIBED);
        return engines;
    }
    struct greeting greetings[ENGINES_MAX] = {{NULL}};
    add_engines(context, instances, engines, greetings);
    meet_all(greetings, engines->list->len);
    tell_apart(greetings, engines->list->len);
    for (guint i = 0; i < engines->list->len && !engines->unseen; i++)
        if (greetings[i].engine)
            tell_blind(engines, &greetings[i]);
    return engines;
}

static void engines_free(gpointer data)
{
    struct docker_engines *engines = data;
    g_ptr_array_unref(engines->list);
    problem_free(engines->unseen);
    g_free(engines);
}

const struct docker_engines *docker_engines_find(const struct fact_context *context)
{
    return host_memo(context->host, "docker:engines", make_engines, (gpointer)(uintptr_t)context, engines_free);
}
