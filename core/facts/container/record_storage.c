/* Records of containers/storage: what Podman, CRI-O and Buildah write down of every container, which is its name and
 * its image. */
#include "facts/container/record_storage.h"

#include "facts/container/claim.h"
#include "facts/container/made.h"
#include "facts/container/record_monitor.h"
#include "facts/storage/containers.h"
#include "formats/format.h"
#include "host/host.h"
#include "host/notes.h"
#include "model/tree.h"

#include <string.h>

const char *const storage_drivers[] = {"overlay", "vfs", "btrfs", "zfs", NULL};

/* containers.json of containers/storage: names, the image's id, and as text within the text the image's name. */
static void from_storage_entry(const json_object *entry, struct container_record *record)
{
    const char *metadata = tree_string(entry, "metadata"), *image_id = tree_string(entry, "image");
    /* Unheard: then the fields made from it are missing, which the probe says of each. */
    pl_autojson json_object *inner =
        metadata ? format_find("json")->parse("metadata", metadata, strlen(metadata), NULL) : NULL;
    const char *image = tree_string(inner, "image-name"), *name = tree_string(inner, "name");
    const json_object *names = tree_member(entry, "names");
    if (!name && json_object_is_type(names, json_type_array) && json_object_array_length(names)) {
        json_object *first = json_object_array_get_idx(names, 0);
        name = json_object_is_type(first, json_type_string) ? json_object_get_string(first) : NULL;
    }
    record->name = name && *name ? g_strdup(name) : NULL;
    record->fields = json_object_new_object();
    container_record_add_image(record->fields, image);
    if (image_id && *image_id) {
        json_object_object_add(record->fields, "image_id", tree_new_text(image_id));
    }
}

/* Volumes of Podman's lie beside the folders of the storage's driver. */
static void add_volumes(GPtrArray *to, const char *root)
{
    g_ptr_array_add(to, g_build_filename(root, "volumes", NULL));
}

void container_record_from_entry(const json_object *entry, const char *path, struct container_record *record)
{
    g_autofree char *driver = g_path_get_dirname(path), *root = g_path_get_dirname(driver);
    record->from = "storage";
    record->where = g_strdup(path);
    add_volumes(record->volume_folders, root);
    from_storage_entry(entry, record);
}

static bool from_storage_file(struct host *host, const char *path, const char *id, struct container_record *record)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *list = container_read_kind(host, path, json_type_array, &error);
    container_record_hinder(&record->problem, error);
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *entry = json_object_array_get_idx(list, i);
        if (g_strcmp0(tree_string(entry, "id"), id) != 0)
            continue;
        container_record_from_entry(entry, path, record);
        return true;
    }
    return false;
}

/* conmon's -b is GRAPHROOT/DRIVER-containers/ID/userdata; the list is two folders above. */
static char *storage_list_of_monitor(struct host *host, const struct container *container)
{
    const char *bundle = container_told_to_monitor(host, container, "-b");
    g_autofree char *folder = bundle ? g_path_get_dirname(bundle) : NULL;
    g_autofree char *all = folder ? g_path_get_dirname(folder) : NULL;
    return all && *all == '/' ? g_build_filename(all, "containers.json", NULL) : NULL;
}

/* A user's engine keeps its own; what another user's storage says of this container does not count. */
static bool from_storages(struct host *host, const struct container *container, struct container_record *record)
{
    const struct containers_storages *storages = containers_storages_find(host);
    for (guint i = 0; i < storages->list->len; i++) {
        const char *root = g_ptr_array_index(storages->list, i);
        struct host_stat st;
        g_autoptr(GError) error = NULL;
        add_volumes(record->likely_folders, root);
        if (!host_stat(host, root, &st, &error)) {
            container_record_hinder(&record->problem, error);
            continue;
        }
        for (const char *const *driver = storage_drivers; *driver; driver++) {
            g_autofree char *list = g_strdup_printf("%s/%s-containers/containers.json", root, *driver);
            if (container_may_be_of(host, container, st.uid, &record->problem) &&
                from_storage_file(host, list, container->id, record))
                return true;
        }
    }
    for (guint i = 0; i < storages->errors->len; i++)
        container_record_hinder(&record->problem, storages->errors->pdata[i]);
    return false;
}

bool container_record_from_storage(struct host *host, const struct container *container,
                                   struct container_record *record)
{
    g_autofree char *told = storage_list_of_monitor(host, container);
    container_made_by_monitor(host, container, record);
    bool found =
        (told && from_storage_file(host, told, container->id, record)) || from_storages(host, container, record);
    if (!record->problem)
        g_ptr_array_set_size(record->likely_folders, 0);
    if (found)
        container_record_add_log(host, container, record);
    return found;
}
