/* What the engine of a stated container wrote down about it: by its members, and where the record differs from what the
 * kernel shows by the member `record`. */
#include "host/inline_record.h"
#include "host/storage_places.h"

#include "model/cleanup.h"
#include "model/tree.h"

#include <string.h>

#define SOCKET     "/run/docker.sock"
#define ENGINE_URL "unix://" SOCKET
#define STORAGE    CONTAINERS_ROOT "/overlay-containers/containers.json"

/* ---- where it lies ---- */

static void put_json(json_object *files, const char *path, const json_object *tree)
{
    g_autofree char *text = tree_canonical(tree);
    inline_put_text(files, path, text);
}

static bool put_files(const struct inline_record *record, GError **error)
{
    pl_autojson json_object *tree = inline_record_docker(record, error);
    if (!tree)
        return false;
    g_autofree char *folder = g_build_filename(DOCKER_ROOT "/containers", record->container->id, NULL);
    g_autofree char *config = g_build_filename(folder, "config.v2.json", NULL);
    g_autofree char *host = g_build_filename(folder, "hostconfig.json", NULL);
    put_json(record->spread->files, host, tree_member(tree, "HostConfig"));
    json_object_object_del(tree, "HostConfig");
    put_json(record->spread->files, config, tree);
    return true;
}

static void put_answer(json_object *http, const char *path, const char *key, json_object *value)
{
    g_autofree char *name = g_strdup_printf("unix:" SOCKET " http://localhost%s", path);
    json_object_object_add(inline_new_mapping(http, name), key, value);
}

static char *path_of(const struct inline_container *container)
{
    return g_strdup_printf("/containers/%s/json", container->id);
}

static void put_engine(struct inline_spread *spread)
{
    static const char *const argv[] = {"/usr/bin/dockerd", "-H", ENGINE_URL};
    json_object *engine = json_object_new_object(), *words = json_object_new_array();
    inline_put_int(engine, "pid", 100);
    for (size_t i = 0; i < G_N_ELEMENTS(argv); i++)
        json_object_array_add(words, json_object_new_string(argv[i]));
    json_object_object_add(engine, "argv", words);
    json_object_array_add(spread->processes, engine);
    spread->engine = true;
}

/* Its line in the engine's list, which all containers share. */
static void put_listed(const struct inline_record *record)
{
    static const char list[] = "unix:" SOCKET " http://localhost/containers/json?all=1";
    json_object *answer = inline_new_mapping(record->spread->http, list), *one = json_object_new_object();
    json_object *all = tree_member(answer, "json");
    if (!all) {
        all = json_object_new_array();
        json_object_object_add(answer, "json", all);
    }
    inline_put_text(one, "Id", record->container->id);
    json_object_array_add(all, one);
}

/* The engine's process, its socket, and what it answers. */
static bool put_api(const struct inline_record *record, GError **error)
{
    json_object *tree = inline_record_docker(record, error), *http = record->spread->http;
    if (!tree)
        return false;
    json_object *socket = inline_new_mapping(record->spread->files, SOCKET), *info = json_object_new_object();
    inline_put_text(socket, "type", "socket");
    inline_put_text(info, "DockerRootDir", DOCKER_ROOT);
    inline_put_text(info, "Driver", "overlay2");
    json_object_object_add(info, "SecurityOptions", inline_list_of("name=seccomp,profile=builtin"));
    put_listed(record);
    g_autofree char *path = path_of(record->container);
    put_answer(http, "/_ping", "body", json_object_new_string("OK"));
    put_answer(http, "/info", "json", info);
    put_answer(http, path, "json", tree);
    if (!record->spread->engine)
        put_engine(record->spread);
    return true;
}

/* The list of containers/storage, which all containers share: the name of the image is a text within the text. */
static bool put_stored(const struct inline_record *record, GError **error)
{
    (void)error;
    pl_autojson json_object *entry = json_object_new_object(), *inner = json_object_new_object();
    inline_put_text(inner, "image-name", inline_record_text(record, "image", RECORD_IMAGE));
    inline_put_text(inner, "name", record->container->name);
    g_autofree char *metadata = tree_canonical(inner);
    inline_put_text(entry, "id", record->container->id);
    inline_put_text(entry, "image", &RECORD_IMAGE_ID[strlen("sha256:")]);
    inline_put_text(entry, "metadata", metadata);
    json_object_object_add(entry, "names", inline_list_of(record->container->name));
    json_object_array_add(record->spread->stored, inline_lay(entry, record->storage));
    put_json(record->spread->files, STORAGE, record->spread->stored);
    return true;
}

/* ---- the bundle ---- */

static void add_namespaces(const struct inline_record *record, json_object *to)
{
    static const struct {
        const char *kind, *type;
    } kinds[] = {{"net", "network"}, {"pid", "pid"},   {"ipc", "ipc"},
                 {"uts", "uts"},     {"mnt", "mount"}, {"user", "user"}};
    json_object *list = json_object_new_array();
    const char *map = tree_string(record->container->spec, "uid_map");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool unmapped = g_str_equal(kinds[i].kind, "user") && !map;
        if (unmapped || inline_shares(record->container, kinds[i].kind))
            continue;
        json_object *one = json_object_new_object();
        inline_put_text(one, "type", kinds[i].type);
        json_object_array_add(list, one);
    }
    json_object_object_add(to, "namespaces", list);
}

static bool put_bundle(const struct inline_record *record, GError **error)
{
    const struct inline_container *container = record->container;
    pl_autojson json_object *tree = json_object_new_object();
    json_object *process = inline_new_mapping(tree, "process"), *linux_part = inline_new_mapping(tree, "linux");
    json_object *bounding = inline_container_caps(container, container->spec, "bounding", error);
    if (!bounding)
        return false;
    json_object_object_add(process, "noNewPrivileges",
                           json_object_new_boolean(!inline_record_false(record, "no_new_privs")));
    json_object_object_add(inline_new_mapping(process, "capabilities"), "bounding", bounding);
    json_object_object_add(inline_new_mapping(tree, "root"), "readonly",
                           json_object_new_boolean(!inline_record_false(record, "readonly")));
    if (inline_record_filtered(record))
        inline_new_mapping(linux_part, "seccomp");
    add_namespaces(record, linux_part);
    json_object *resources = inline_new_mapping(linux_part, "resources");
    inline_put_int(inline_new_mapping(resources, "memory"), "limit",
                   (gint64)inline_record_limit(record, "memory", 268435456));
    inline_put_int(inline_new_mapping(resources, "pids"), "limit", (gint64)inline_record_limit(record, "pids", 100));
    if (!container->bundle)
        return inline_error(error, container->spec, "containers: record: %s keeps no bundle", container->runtime->name);
    pl_autojson json_object *laid = inline_lay(tree, record->bundle);
    g_autofree char *path = g_build_filename(container->bundle, "config.json", NULL);
    put_json(record->spread->files, path, laid);
    return true;
}

/* ---- all of them ---- */

static const struct kind {
    const char *name;
    bool (*put)(const struct inline_record *record, GError **error);
    const char *const runtimes[3]; /* that keep it; none: all */
} kinds[] = {
    {"api", put_api, {"docker", NULL}},
    {"files", put_files, {"docker", NULL}},
    {"storage", put_stored, {"podman", "cri-o", NULL}},
    {"bundle", put_bundle, {NULL}},
};

static bool put_one(const struct inline_record *record, const json_object *word, GError **error)
{
    const char *name = tree_string_of(word), *runtime = record->container->runtime->name;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_strcmp0(name, kinds[i].name) != 0)
            continue;
        if (kinds[i].runtimes[0] && !g_strv_contains(kinds[i].runtimes, runtime))
            return inline_error(error, word, "containers: record: %s keeps no %s", runtime, name);
        return kinds[i].put(record, error);
    }
    return g_strcmp0(name, "none") == 0 ||
           inline_error(error, word, "containers: record: none, api, files, storage, bundle or a list is needed");
}

static bool put_all(const struct inline_record *record, const json_object *words, GError **error)
{
    if (!json_object_is_type(words, json_type_array))
        return put_one(record, words, error);
    for (size_t i = 0; i < json_object_array_length(words); i++) {
        if (!put_one(record, json_object_array_get_idx(words, i), error))
            return false;
    }
    return true;
}

/* Docker's own members begin with a capital letter. NULL with error for others. */
static json_object *docker_members(const json_object *stated, GError **error)
{
    static const char *const ours[] = {"as", "storage", "bundle", NULL};
    json_object *members = json_object_new_object();
    json_object_object_foreach (stated, key, value) {
        if (g_ascii_isupper(*key)) {
            json_object_object_add(members, key, tree_copy(value));
        } else if (!g_strv_contains(ours, key)) {
            inline_error(error, value ? value : stated,
                         "containers: record: unknown key \"%s\"; there are as, storage, bundle and Docker's own", key);
            json_object_put(members);
            return NULL;
        }
    }
    return members;
}

bool inline_container_records(const struct inline_container *container, struct inline_spread *spread, GError **error)
{
    const json_object *value = tree_member(container->spec, "record");
    struct inline_record record = {.container = container, .spread = spread};
    g_autofree char *path = path_of(container);
    if (g_str_equal(container->runtime->name, "docker"))
        put_answer(spread->unknown, path, "status", json_object_new_int(404));
    if (!json_object_is_type(value, json_type_object))
        return !value || put_all(&record, value, error);
    if (!tree_member(value, "as"))
        return inline_error(error, value, "containers: record: \"as\" is needed: none, api, files, storage or bundle");
    pl_autojson json_object *members = docker_members(value, error);
    record.over = members;
    record.storage = tree_member(value, "storage");
    record.bundle = tree_member(value, "bundle");
    return members && put_all(&record, tree_member(value, "as"), error);
}
