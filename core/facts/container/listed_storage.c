/* Containers of Podman and CRI-O that do not run: the storage lists them, and what they would be stands in Podman's
 * database (libpod, boltdb_state.go) or in the bundle of their last start. Buildah's are no containers that start. */
#include "facts/container/listed_search.h"
#include "facts/container/podman_database.h"

#include "facts/container/own_layer.h"
#include "facts/container/record.h"
#include "facts/container/record_storage.h"
#include "facts/context.h"
#include "facts/storage/containers.h"
#include "host/notes.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>

/* ContainerStateRunning of libpod. */
#define STATE_RUNNING 3

struct storage_list {
    const struct container_listed_search *search;
    const char *root; /* of the storage */
    char *path;       /* containers.json */
    uid_t owner;
    struct podman_database *database; /* NULL until a list has an entry */
};

/* ---- what it would be ---- */

/* What a volume with options of its own shows, as a mount of a bundle. *driven: a driver decides what it shows. */
static json_object *volume_options(const json_object *volume, bool bind)
{
    const json_object *stated = tree_member(volume, "options");
    json_object *options = json_object_is_type(stated, json_type_array) ? tree_copy(stated) : json_object_new_array();
    if (bind)
        tree_add_text(options, "rbind");
    return options;
}

static json_object *volume_mount(const struct storage_list *list, const json_object *volume, bool *driven)
{
    const char *name = tree_string(volume, "volumeName"), *target = tree_string(volume, "dest");
    json_object *mount = json_object_new_object();
    g_autofree char *folder = g_build_filename(list->root, "volumes", name ? name : "", "_data", NULL);
    /* Unheard: one without a record is a folder of the storage, as one without options is. */
    pl_autojson json_object *config =
        name ? podman_database_record(list->database, PODMAN_VOLUME, name, host_unheard()) : NULL;
    const json_object *own = tree_member(config, "volumeOptions");
    const char *device = tree_string(own, "device"), *type = tree_string(own, "type");
    const char *driver = tree_string(config, "volumeDriver");
    *driven |= driver && *driver && !g_str_equal(driver, "local");
    bool elsewhere = device && *device == '/';
    json_object *options = volume_options(volume, !type || g_str_equal(type, "none") || g_str_equal(type, "bind"));
    json_object_object_add(mount, "destination", tree_new_text(target ? target : ""));
    json_object_object_add(mount, "source", tree_new_text(elsewhere ? device : folder));
    json_object_object_add(mount, "type", tree_new_text(type && !g_str_equal(type, "none") ? type : "bind"));
    json_object_object_add(mount, "options", options);
    return mount;
}

static struct container_planned *plan_podman(const struct storage_list *list, const json_object *config)
{
    const json_object *volumes = tree_member(config, "namedVolumes");
    pl_autojson json_object *mounts = json_object_new_array();
    size_t n = json_object_is_type(volumes, json_type_array) ? json_object_array_length(volumes) : 0;
    bool driven = false;
    for (size_t i = 0; i < n; i++)
        json_object_array_add(mounts, volume_mount(list, json_object_array_get_idx(volumes, i), &driven));
    const struct planned_extra extra = {.user = tree_string(config, "user"),
                                        .mounts = mounts,
                                        .owner = list->owner,
                                        .privileged = tree_true(config, "privileged"),
                                        .unknown_mounts = driven};
    return container_planned_bundle(list->search->context, podman_database_path(list->database),
                                    tree_member(config, "spec"), &extra);
}

/* The bundle of its last start. */
static struct container_planned *plan_bundle(const struct storage_list *list, const char *id, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(list->path);
    g_autofree char *path = g_build_filename(folder, id, "userdata/config.json", NULL);
    pl_autojson json_object *tree = container_read_kind(list->search->context->host, path, json_type_object, error);
    const struct planned_extra extra = {.owner = list->owner};
    return tree ? container_planned_bundle(list->search->context, path, tree, &extra) : NULL;
}

static void plan(const struct storage_list *list, struct container_listed *listed, const json_object *config,
                 const GError *unkept)
{
    g_autoptr(GError) error = NULL;
    if (json_object_is_type(tree_member(config, "spec"), json_type_object))
        listed->planned = plan_podman(list, config);
    else
        listed->planned = plan_bundle(list, listed->container.id, &error);
    bool hindered = unkept && !g_error_matches(unkept, PL_ERROR, PL_ERROR_ABSENT);
    struct container_record *record = listed->container.record;
    if (!listed->planned && (hindered || error))
        record->wanted_problem = problem_of_error(hindered ? unkept : error);
}

/* ---- the list ---- */

static bool is_buildah(const struct storage_list *list, const char *id)
{
    g_autofree char *folder = g_path_get_dirname(list->path);
    g_autofree char *path = g_build_filename(folder, id, "userdata/buildah.json", NULL);
    return host_exists(list->search->context->host, path);
}

/* CRI-O writes the pod of each container down. */
static const char *runtime_of(const json_object *entry)
{
    const char *metadata = tree_string(entry, "metadata");
    return metadata && strstr(metadata, "\"pod-") ? "cri-o" : "podman";
}

static void take(const struct storage_list *list, const json_object *entry)
{
    const struct container_listed_search *search = list->search;
    const char *id = tree_string(entry, "id");
    if (!id || g_hash_table_contains(search->running, id) || is_buildah(list, id) ||
        !g_hash_table_add(search->seen, g_strdup(id)))
        return;
    g_autoptr(GError) unkept = NULL, unstated = NULL;
    pl_autojson json_object *config = podman_database_record(list->database, PODMAN_CONFIG, id, &unkept);
    pl_autojson json_object *state = podman_database_record(list->database, PODMAN_STATE, id, &unstated);
    bool runs =
        podman_database_is_fresh(list->database) && json_object_get_int64(tree_member(state, "state")) == STATE_RUNNING;
    struct container_record *record = container_record_blank();
    container_record_from_entry(entry, list->path, record);
    struct container_listed *listed =
        listed_new(id, runtime_of(entry), record, runs ? CONTAINER_UNSEEN : CONTAINER_STOPPED);
    if (!runs)
        plan(list, listed, config, unkept);
    if (listed->planned)
        own_layer_of_storage(list->path, entry, listed->planned);
    g_ptr_array_add(search->found->list, listed);
}

static void read_list(struct storage_list *list)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *all =
        container_read_kind(list->search->context->host, list->path, json_type_array, &error);
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        listed_problem(list->search, g_steal_pointer(&error));
    size_t n = all ? json_object_array_length(all) : 0;
    if (n && !list->database)
        list->database = podman_database_open(list->search->context->host, list->root);
    for (size_t i = 0; i < n && !listed_is_full(list->search, list->path); i++)
        take(list, json_object_array_get_idx(all, i));
}

static void read_storage(const struct container_listed_search *search, const char *root)
{
    struct host_stat st;
    g_autoptr(GError) error = NULL;
    if (!host_stat(search->context->host, root, &st, &error)) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            listed_problem(search, g_steal_pointer(&error));
        return;
    }
    struct storage_list list = {.search = search, .root = root, .owner = st.uid};
    for (const char *const *driver = storage_drivers; *driver; driver++) {
        list.path = g_strdup_printf("%s/%s-containers/containers.json", root, *driver);
        read_list(&list);
        g_clear_pointer(&list.path, g_free);
    }
    podman_database_close(list.database);
}

void listed_in_storages(const struct container_listed_search *search)
{
    const struct containers_storages *storages = containers_storages_find(search->context->host);
    for (guint i = 0; i < storages->list->len; i++)
        read_storage(search, g_ptr_array_index(storages->list, i));
    for (guint i = 0; i < storages->errors->len; i++)
        listed_problem(search, g_error_copy(storages->errors->pdata[i]));
}
