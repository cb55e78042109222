/* Docker's images by its API, on every Unix socket that a daemon here may answer on. Where none answers, its storage
 * on disk says the same. Requests: the list, two for each image, the containers, and the data root. */
#include "facts/image/docker.h"

#include "facts/docker/place.h"
#include "facts/image/docker_storage.h"
#include "facts/image/use.h"
#include "formats/format.h"
#include "host/http.h"
#include "host/notes.h"
#include "host/process.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

#define ANSWER_MAX    ((gsize)32 << 20)
#define TIMEOUT_MS    5000U
#define SECONDS_MAX   30   /* for all requests to one daemon */
#define INSPECTED_MAX 200U /* containers whose image's name must be asked for one by one */

struct asking {
    struct host *host;
    const char *socket;
    uid_t owner; /* who named it */
    gint64 deadline;
    char *root, *driver; /* as the daemon says; NULL: unknown */
};

/* ---- asking ---- */

static json_object *ask(const struct asking *daemon, const char *path, GError **error)
{
    if (g_get_monotonic_time() > daemon->deadline) {
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "unix:%s: answers too slowly", daemon->socket);
        return NULL;
    }
    g_autofree char *url = g_strconcat("http://localhost", path, NULL);
    g_autofree char *name = g_strdup_printf("unix:%s %s", daemon->socket, path);
    const struct http_request request = {
        .socket = daemon->socket, .owner = daemon->owner, .url = url, .max = ANSWER_MAX, .timeout_ms = TIMEOUT_MS};
    struct http_answer answer = {0};
    if (!host_http_get(daemon->host, &request, &answer, error))
        return NULL;
    gsize n = 0;
    const char *text = g_bytes_get_data(answer.body, &n);
    json_object *tree = NULL;
    if (answer.status == 200)
        tree = format_find("json")->parse(name, text ? text : "", n, error);
    else
        g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: status %ld", name, answer.status);
    http_answer_clear(&answer);
    return tree;
}

/* Only what an id is made of goes into an address. */
static bool is_id(const char *id)
{
    return id && *id && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz:") == strlen(id) && strlen(id) < 200;
}

static void ask_root(struct asking *daemon)
{
    /* Unheard: then the layers are not known, which each image says. */
    pl_autojson json_object *info = ask(daemon, "/info", host_unheard());
    const char *root = tree_string(info, "DockerRootDir");
    daemon->root = root && *root == '/' ? g_strdup(root) : NULL;
    daemon->driver = g_strdup(tree_string(info, "Driver"));
}

/* ---- one image ---- */

/* The API's names, as the configuration document has them. */
static json_object *document_of(const json_object *inspected)
{
    static const char *const members[][2] = {
        {"Config", "config"}, {"Created", "created"}, {"Architecture", "architecture"}, {"Os", "os"}};
    json_object *document = json_object_new_object();
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        json_object_object_add(document, members[i][1], tree_copy(tree_member(inspected, members[i][0])));
    return document;
}

static char **known_names(const json_object *array)
{
    g_auto(GStrv) names = image_strings(array);
    GPtrArray *out = g_ptr_array_new();
    for (char **name = names; *name; name++)
        if (!g_str_has_prefix(*name, "<none>"))
            g_ptr_array_add(out, g_strdup(*name));
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}

/* Newest first in the answer. */
static void take_history(const json_object *list, struct image *image)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    GPtrArray *out = g_ptr_array_new();
    for (size_t i = n; i-- > 0;) {
        const char *by = tree_string(json_object_array_get_idx(list, i), "CreatedBy");
        if (by && *by)
            g_ptr_array_add(out, g_strdup(by));
    }
    g_ptr_array_add(out, NULL);
    g_strfreev(image->history);
    image->history = (char **)g_ptr_array_free(out, FALSE);
    image->history_known = json_object_is_type(list, json_type_array);
}

static void find_layers(const struct asking *daemon, const json_object *inspected, struct image *image)
{
    const char *driver = tree_string(tree_member(inspected, "GraphDriver"), "Name");
    const json_object *layers = tree_member(tree_member(inspected, "RootFS"), "Layers");
    g_auto(GStrv) diff_ids = image_strings(layers);
    driver = driver ? driver : daemon->driver;
    if (daemon->root && driver)
        image_find_docker_layers(daemon->host, daemon->root, driver, diff_ids, image);
    else
        g_set_error(&image->layers_unknown, PL_ERROR, PL_ERROR_READ,
                    "the daemon at %s does not say where its layers are", daemon->socket);
}

static struct image *inspect(const struct asking *daemon, const char *id, GError **error)
{
    g_autofree char *path = g_strdup_printf("/images/%s/json", id);
    g_autofree char *history_path = g_strdup_printf("/images/%s/history", id);
    pl_autojson json_object *inspected = ask(daemon, path, error);
    if (!inspected)
        return NULL;
    struct image *image = image_new("docker");
    pl_autojson json_object *document = document_of(inspected);
    image_take_config(image, document);
    g_strfreev(image->tags);
    g_strfreev(image->digests);
    image->tags = known_names(tree_member(inspected, "RepoTags"));
    image->digests = known_names(tree_member(inspected, "RepoDigests"));
    image->id = g_strdup(id);
    image->source_api = g_strdup_printf("GET unix:%s %s", daemon->socket, path);
    const json_object *size = tree_member(inspected, "Size");
    image->size = json_object_is_type(size, json_type_int) ? json_object_get_int64(size) : -1;
    /* Unheard: then the history is not known, which the image says. */
    pl_autojson json_object *history = ask(daemon, history_path, host_unheard());
    take_history(history, image);
    find_layers(daemon, inspected, image);
    image_finish(image, NULL);
    return image;
}

static bool add_images(const struct asking *daemon, const json_object *list, struct images *images)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n && images_room(images); i++) {
        g_autoptr(GError) error = NULL;
        const char *id = tree_string(json_object_array_get_idx(list, i), "Id");
        struct image *image = is_id(id) ? inspect(daemon, id, &error) : NULL;
        if (image) {
            g_ptr_array_add(images->list, image);
        } else if (!(error && strstr(error->message, "status 404"))) { /* deleted in between */
            problems_take(images->problems, error ? problem_of_unanswered(error)
                                                  : problem_unknown("unix:%s: an image without an id", daemon->socket));
            return false;
        }
    }
    return true;
}

/* ---- containers ---- */

/* What a container was started from: the list shows an id instead of a name whose meaning changed. *untold: it could
 * not be asked. */
static char *reference_of(const struct asking *daemon, const json_object *listed, guint *asked, bool *untold)
{
    const char *shown = tree_string(listed, "Image"), *id = tree_string(listed, "Id");
    bool name = shown && !g_str_has_prefix(shown, "sha256:") &&
                !(strlen(shown) >= 12 && strspn(shown, "0123456789abcdef") == strlen(shown));
    if (name)
        return g_strdup(shown);
    *untold = !is_id(id) || ++*asked > INSPECTED_MAX;
    if (*untold)
        return NULL;
    g_autofree char *path = g_strdup_printf("/containers/%s/json", id);
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *inspected = ask(daemon, path, &error);
    *untold = error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT); /* one that ended meanwhile is gone */
    return g_strdup(tree_string(tree_member(inspected, "Config"), "Image"));
}

static char *container_name(const json_object *listed)
{
    g_auto(GStrv) names = image_strings(tree_member(listed, "Names"));
    if (names[0])
        return g_strdup(*names[0] == '/' ? names[0] + 1 : names[0]);
    const char *id = tree_string(listed, "Id");
    return g_strndup(id ? id : "?", 12);
}

static GPtrArray *ask_users(const struct asking *daemon)
{
    /* Unheard: then it is not known which images are in use, which each says. */
    pl_autojson json_object *list = ask(daemon, "/containers/json?all=1", host_unheard());
    if (!json_object_is_type(list, json_type_array))
        return NULL;
    GPtrArray *users = image_users_new();
    guint asked = 0;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const json_object *listed = json_object_array_get_idx(list, i);
        bool running = g_strcmp0(tree_string(listed, "State"), "running") == 0, untold = false;
        g_autofree char *name = container_name(listed);
        g_autofree char *reference = reference_of(daemon, listed, &asked, &untold);
        image_users_add(users, name, tree_string(listed, "ImageID"), reference, running)->untold = untold;
    }
    return users;
}

/* ---- daemons ---- */

/* A socket and whose it must be. */
struct image_docker_place {
    char *socket;
    uid_t owner;
};

static void place_free(gpointer data)
{
    struct image_docker_place *place = data;
    g_free(place->socket);
    g_free(place);
}

/* A user's daemon keeps its images in a folder of that user's: of another it says nothing. */
static bool root_is_owners(const struct asking *daemon)
{
    struct host_stat st;
    /* Unheard: the layers of its images are then not known, which they say. */
    bool seen = daemon->owner == 0 || host_stat(daemon->host, daemon->root, &st, host_unheard());
    return seen && (daemon->owner == 0 || st.uid == daemon->owner);
}

/* True when the daemon answered; its data root is then added to `roots`. */
static bool add_by_api(struct host *host, const struct image_docker_place *place, struct images *images,
                       GPtrArray *roots, GError **error)
{
    struct asking daemon = {.host = host,
                            .socket = place->socket,
                            .owner = place->owner,
                            .deadline = g_get_monotonic_time() + SECONDS_MAX * G_USEC_PER_SEC};
    pl_autojson json_object *list = ask(&daemon, "/images/json?all=0", error);
    if (!list)
        return false;
    guint from = images->list->len;
    ask_root(&daemon);
    if (daemon.root && !root_is_owners(&daemon))
        g_clear_pointer(&daemon.root, g_free);
    if (add_images(&daemon, list, images)) {
        g_autoptr(GPtrArray) users = ask_users(&daemon);
        image_users_apply(users, images, from);
    }
    if (daemon.root)
        g_ptr_array_add(roots, g_strdup(daemon.root));
    g_free(daemon.root);
    g_free(daemon.driver);
    return true;
}

static void add_once(GPtrArray *list, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
        g_ptr_array_add(list, g_strdup(text));
}

static void add_place(GPtrArray *places, const char *socket, uid_t owner)
{
    struct image_docker_place *place = g_new0(struct image_docker_place, 1);
    place->socket = g_strdup(socket);
    place->owner = owner;
    g_ptr_array_add(places, place);
}

/* What a daemon here was told, by its command line or its file. */
static void take_settings(const struct daemon_instance *instance, GPtrArray *sockets, GPtrArray *roots)
{
    g_auto(GStrv) hosts = docker_values(instance, "hosts");
    for (char **one = hosts; *one; one++)
        if (g_str_has_prefix(*one, "unix:///"))
            add_place(sockets, *one + strlen("unix://"), instance->process ? instance->process->uid[1] : 0);
    g_auto(GStrv) told = docker_values(instance, "data-root");
    for (char **root = told; *root; root++)
        if (**root == '/')
            add_once(roots, *root);
}

/* "/run/user/UID/docker.sock" */
static void add_of_user(GPtrArray *places, const char *socket)
{
    g_auto(GStrv) parts = g_strsplit(socket, "/", 5);
    uint64_t uid = 0;
    if (g_strv_length(parts) > 3 && value_parse_u64(parts[3], UINT32_MAX, &uid))
        add_place(places, socket, (uid_t)uid);
}

static void find_daemons(const struct fact_context *context, struct images *images, GPtrArray *sockets,
                         GPtrArray *roots)
{
    const struct daemon_instances *instances = docker_daemons(context);
    add_place(sockets, "/run/docker.sock", 0);
    if (!instances)
        problems_add(images->problems, PROBLEM_UNKNOWN, DOCKER_UNDESCRIBED_REMEDIATION, DOCKER_UNDESCRIBED);
    for (guint i = 0; instances && i < instances->list->len; i++)
        take_settings(g_ptr_array_index(instances->list, i), sockets, roots);
    add_once(roots, DOCKER_ROOT);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rootless = host_glob(context->host, "/run/user/*/docker.sock", &error);
    if (error)
        images_problem(images, error);
    for (char **socket = rootless; socket && *socket; socket++)
        add_of_user(sockets, *socket);
}

/* /var/run is /run: one socket, two names. */
static char *socket_key(struct host *host, const struct image_docker_place *place)
{
    /* Unheard: at worst one socket is asked twice. */
    g_autofree char *resolved = host_resolve(host, place->socket, host_unheard());
    return g_strdup_printf("%u %s", (unsigned)place->owner, resolved ? resolved : place->socket);
}

void images_add_docker(const struct fact_context *context, struct images *images)
{
    struct host *host = context->host;
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(place_free);
    g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) asked = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) failed = NULL;
    find_daemons(context, images, sockets, roots);
    for (guint i = 0; host_is_live(host) && i < sockets->len; i++) {
        g_autoptr(GError) error = NULL;
        const struct image_docker_place *place = g_ptr_array_index(sockets, i);
        g_autofree char *key = socket_key(host, place);
        bool again = g_ptr_array_find_with_equal_func(asked, key, g_str_equal, NULL);
        g_ptr_array_add(asked, g_strdup(key));
        if (!again && !add_by_api(host, place, images, seen, &error) && !failed &&
            !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            failed = g_steal_pointer(&error);
    }
    bool stored = false;
    for (guint i = 0; i < roots->len; i++)
        if (!g_ptr_array_find_with_equal_func(seen, roots->pdata[i], g_str_equal, NULL))
            stored |= images_add_docker_storage(host, roots->pdata[i], images);
    if (failed && !stored)
        problems_take(images->problems, problem_of_unanswered(failed));
}
