/* The record of a container: asks the Docker Engine that runs it, else reads what engines keep on disk.
 *
 * One engine's answer is at most a few hundred KiB; the tree is dropped as soon as the probe's fields are taken from
 * it, because there may be hundreds of containers. */
#include "facts/container/record.h"

#include "facts/container/bundle.h"
#include "facts/container/claim.h"
#include "facts/container/made.h"
#include "facts/container/record_docker.h"
#include "facts/container/record_storage.h"
#include "facts/context.h"
#include "facts/docker/engines.h"
#include "host/host.h"
#include "host/notes.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

const char *const container_record_fields[] = {"image",
                                               "image_id",
                                               "image_pinned",
                                               "image_tag",
                                               "labels",
                                               "restart_policy",
                                               "restart_max",
                                               "restarts",
                                               "health",
                                               "published",
                                               "published_everywhere",
                                               "published_lowest",
                                               "image_current",
                                               "session_users",
                                               "session_privileged",
                                               "exposed",
                                               "ports_wanted_only",
                                               "log_driver",
                                               "log_bounded",
                                               "engine",
                                               "engine_maps_users",
                                               "auto_remove",
                                               "publish_all",
                                               "volumes_from",
                                               "links",
                                               "sysctls",
                                               "oci_runtime",
                                               "tty",
                                               "oom_killed",
                                               "up_days",
                                               "cgroup_parent",
                                               "userns_mode",
                                               "network_mode",
                                               "networks",
                                               "ulimits",
                                               "disk_limited",
                                               "seccomp_fallback",
                                               NULL};

/* ---- Docker ---- */

/* The images of an engine by the names that lead to them now: "web:1" -> id. */
static gpointer make_tags(struct host *host, gpointer data)
{
    const struct docker_engine *engine = data;
    /* Unheard: then the record does not say whether its image is the current one. */
    pl_autojson json_object *list = docker_get(host, engine, "/images/json?all=0", host_unheard());
    if (!json_object_is_type(list, json_type_array))
        return NULL;
    GHashTable *tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *image = json_object_array_get_idx(list, i);
        const char *id = tree_string(image, "Id");
        const json_object *names = tree_member(image, "RepoTags");
        size_t n = id && json_object_is_type(names, json_type_array) ? json_object_array_length(names) : 0;
        for (size_t t = 0; t < n; t++)
            g_hash_table_insert(tags, tree_text(json_object_array_get_idx(names, t)), g_strdup(id));
    }
    return tags;
}

static void tags_free(gpointer tags)
{
    if (tags)
        g_hash_table_unref(tags);
}

/* The id that a name leads to now. An engine leaves the host and the first folder of its own registry out of the names
 * that it lists, so that a listed name may be the end of the one asked for. */
static const char *id_of_tag(GHashTable *tags, const char *name)
{
    const char *slash = strrchr(name, '/');
    g_autofree char *whole = g_strconcat(name, strchr(slash ? slash : name, ':') ? "" : ":latest", NULL);
    const char *id = g_hash_table_lookup(tags, whole);
    for (const char *rest = strchr(whole, '/'); rest && !id; rest = strchr(rest + 1, '/'))
        id = g_hash_table_lookup(tags, rest + 1);
    return id;
}

/* Whether the name that the container was started by still leads to the image that it runs. */
static void set_current(struct host *host, const struct docker_engine *engine, struct container_record *record)
{
    const char *image = tree_string(record->fields, "image"), *id = tree_string(record->fields, "image_id");
    const json_object *pinned = tree_member(record->fields, "image_pinned");
    g_autofree char *key = g_strdup_printf("probes:docker-tags:%s", engine->socket);
    GHashTable *tags = host_memo(host, key, make_tags, (gpointer)(uintptr_t)engine, tags_free);
    if (!tags || !image || !id || json_object_get_boolean(pinned))
        return;
    json_object_object_add(record->fields, "image_current",
                           json_object_new_boolean(g_strcmp0(id_of_tag(tags, image), id) == 0));
}

#define SESSIONS_MAX 20

/* Sessions that run now, as the engine opened them: "root", "1000, privileged". */
static void set_sessions(struct host *host, const struct docker_engine *engine, const json_object *tree,
                         struct container_record *record)
{
    json_object *users = json_object_new_array();
    bool privileged = false, known = true;
    const json_object *ids = tree_member(tree, "ExecIDs");
    size_t n = json_object_is_type(ids, json_type_array) ? json_object_array_length(ids) : 0;
    for (size_t i = 0; i < MIN(n, SESSIONS_MAX); i++) {
        g_autofree char *id = tree_text(json_object_array_get_idx(ids, i));
        g_autofree char *path = g_strdup_printf("/exec/%s/json", id);
        g_autoptr(GError) error = NULL;
        pl_autojson json_object *session = docker_get(host, engine, path, &error);
        /* One that ended meanwhile is gone. */
        known &= session || g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        const json_object *process = tree_member(session, "ProcessConfig");
        if (!json_object_get_boolean(tree_member(session, "Running")))
            continue;
        bool more = json_object_get_boolean(tree_member(process, "privileged"));
        const char *user = tree_string(process, "user");
        g_autofree char *text = g_strconcat(user && *user ? user : "the container's", more ? ", privileged" : "", NULL);
        json_object_array_add(users, tree_new_text(text));
        privileged |= more;
    }
    if (known && n <= SESSIONS_MAX) {
        json_object_object_add(record->fields, "session_users", users);
        json_object_object_add(record->fields, "session_privileged", json_object_new_boolean(privileged));
    } else {
        json_object_put(users);
    }
}

/* Its own engine alone says whether root is mapped in what it starts: every daemon has settings of its own. */
static void set_engine(const struct docker_engine *engine, struct container_record *record)
{
    json_object *options = tree_member(engine->info, "SecurityOptions");
    if (engine->socket)
        json_object_object_add(record->fields, "engine", tree_new_text(engine->socket));
    if (!json_object_is_type(options, json_type_array))
        return;
    bool maps = false, rootless = false;
    for (size_t i = 0; i < json_object_array_length(options); i++) {
        const char *option = tree_string_of(json_object_array_get_idx(options, i));
        g_auto(GStrv) parts = g_strsplit(option ? option : "", ",", -1);
        maps |= g_strv_contains((const char *const *)parts, "name=userns");
        rootless |= g_strv_contains((const char *const *)parts, "name=rootless");
    }
    record->own_users = maps && g_strcmp0(tree_string(record->fields, "userns_mode"), "host") != 0;
    json_object_object_add(record->fields, "engine_maps_users", json_object_new_boolean(maps || rootless));
}

static bool from_engine(struct host *host, const struct docker_engine *engine, const char *id,
                        struct container_record *record)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("/containers/%s/json", id);
    pl_autojson json_object *tree = docker_get(host, engine, path, &error);
    if (tree && !json_object_is_type(tree, json_type_object))
        g_set_error(&error, PL_ERROR, PL_ERROR_PARSE, "GET %s on %s: not an object", path, engine->socket);
    if (error) {
        container_record_hinder(&record->problem, error);
        return false;
    }
    record->from = "api";
    record->where = g_strdup_printf("GET %s on %s", path, engine->socket);
    container_record_from_docker(record, tree);
    set_engine(engine, record);
    container_made_by_docker(host, record, engine->data_root, id, tree);
    set_current(host, engine, record);
    set_sessions(host, engine, tree, record);
    return true;
}

/* config.v2.json with hostconfig.json as its member HostConfig has the form of the API's answer. */
static bool from_files(struct host *host, const char *root, const char *id, struct container_record *record)
{
    g_autofree char *config_path = g_build_filename(root, "containers", id, "config.v2.json", NULL);
    g_autofree char *host_path = g_build_filename(root, "containers", id, "hostconfig.json", NULL);
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = container_read_kind(host, config_path, json_type_object, &error);
    json_object *wanted = tree ? container_read_kind(host, host_path, json_type_object, &error) : NULL;
    container_record_hinder(&record->problem, error);
    if (!tree)
        return false;
    if (!wanted) { /* half a record names it and says no more */
        const char *name = tree_string(tree, "Name");
        record->name = name && *name ? g_strdup(*name == '/' ? name + 1 : name) : NULL;
        return false;
    }
    json_object_object_add(tree, "HostConfig", wanted);
    record->from = "files";
    record->where = g_steal_pointer(&config_path);
    container_record_from_docker(record, tree);
    container_made_by_docker(host, record, root, id, tree);
    return true;
}

/* What the engines say when they are asked. */
static bool from_engines(struct host *host, const GPtrArray *engines, const struct container *container,
                         struct container_record *record)
{
    for (guint i = 0; i < engines->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines, i);
        if (!container_may_be_of(host, container, engine->owner, &record->problem))
            continue;
        if (engine->reachable && from_engine(host, engine, container->id, record))
            return true;
        if (!engine->reachable && engine->error && !record->problem)
            record->problem = problem_of_error(engine->error);
    }
    return false;
}

/* What they keep on disk; an engine that does not run keeps it in the usual place. */
static bool from_engine_files(struct host *host, const GPtrArray *engines, const struct container *container,
                              struct container_record *record)
{
    for (guint i = 0; i < engines->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(engines, i);
        if (container_may_be_of(host, container, engine->owner, &record->problem) &&
            from_files(host, engine->data_root, container->id, record)) {
            set_engine(engine, record);
            return true;
        }
    }
    return from_files(host, DOCKER_ROOT, container->id, record);
}

static bool from_docker(const struct fact_context *context, const struct container *container,
                        struct container_record *record)
{
    struct host *host = context->host;
    const struct docker_engines *found = docker_engines_find(context);
    /* The folders of its id in the data directories are its own without more of a record. */
    container_made_by_docker(host, record, DOCKER_ROOT, container->id, NULL);
    for (guint i = 0; i < found->list->len; i++) {
        const struct docker_engine *engine = g_ptr_array_index(found->list, i);
        container_made_by_docker(host, record, engine->data_root, container->id, NULL);
    }
    if (from_engines(host, found->list, container, record))
        return true;
    /* What hinders reading its own files says more than an engine that does not answer. */
    struct problem *unanswered = g_steal_pointer(&record->problem);
    bool read = from_engine_files(host, found->list, container, record);
    if (record->problem) {
        problem_free(unanswered);
    } else { /* an engine that does not answer has no volumes of a container that it keeps no file of */
        record->problem = unanswered;
        g_ptr_array_set_size(record->likely_folders, 0);
    }
    if (read)
        return true;
    if (found->unseen && !record->problem)
        record->problem = problem_copy(found->unseen);
    return false;
}

/* ---- all ---- */

static bool is_hex_id(const char *id)
{
    return strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;
}

struct container_record *container_record_listed(struct host *host, const struct docker_engine *engine,
                                                 const char *root, const char *id)
{
    struct container_record *record = container_record_blank();
    if (engine && engine->reachable)
        from_engine(host, engine, id, record);
    else
        from_files(host, root, id, record);
    return record;
}

struct container_record *container_record_new(const struct fact_context *context, const struct container *container)
{
    struct host *host = context->host;
    struct container_record *record = container_record_blank();
    if (container->impostor || container->disputed) {
        record->problem = problem_unknown("the record of %.64s %s of another container", container->id,
                                          container->impostor ? "is" : "may be");
        return record;
    }
    bool hex = is_hex_id(container->id);
    bool stored = g_str_equal(container->runtime, "podman") || g_str_equal(container->runtime, "cri-o");
    if (hex && g_str_equal(container->runtime, "docker"))
        from_docker(context, container, record);
    else if (hex && stored)
        container_record_from_storage(host, container, record);
    if (record->from)
        g_clear_pointer(&record->problem, problem_free);
    if (!stored && record->problem) /* a storage's list does not say what was asked for */
        record->wanted_problem = problem_copy(record->problem);
    container_bundle_add(host, container, record);
    return record;
}
