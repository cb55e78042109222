#include "facts/storage/containers.h"

#include "facts/account/homes.h"
#include "formats/format.h"
#include "host/storage_places.h"
#include "model/error.h"
#include "model/tree.h"

static void storages_free(gpointer data)
{
    struct containers_storages *storages = data;
    g_ptr_array_unref(storages->list);
    g_ptr_array_unref(storages->errors);
    g_free(storages);
}

/* Takes `root`. */
static void add_root(struct containers_storages *storages, GHashTable *seen, char *root)
{
    if (g_hash_table_add(seen, root))
        g_ptr_array_add(storages->list, root);
    else
        g_free(root);
}

static void add_configured(struct host *host, struct containers_storages *storages, GHashTable *seen)
{
    static const char *const files[] = {"/usr/share/containers/storage.conf", "/etc/containers/storage.conf"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        GError *error = NULL;
        const json_object *file = format_read(host, files[i], format_find("toml"), &error);
        const char *moved = tree_string(tree_member(file, "storage"), "graphroot");
        if (moved && *moved == '/')
            add_root(storages, seen, g_strdup(moved));
        if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(storages->errors, g_steal_pointer(&error));
        g_clear_error(&error);
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    struct containers_storages *storages = g_new0(struct containers_storages, 1);
    storages->list = g_ptr_array_new_with_free_func(g_free);
    storages->errors = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
    add_root(storages, seen, g_strdup(CONTAINERS_ROOT));
    add_configured(host, storages, seen);
    /* The account file is the place, not a guess at /home. */
    const struct homes *homes = homes_find(host);
    if (homes->error)
        g_ptr_array_add(storages->errors, g_error_copy(homes->error));
    for (guint i = 0; i < homes->list->len; i++) {
        const struct home *home = g_ptr_array_index(homes->list, i);
        add_root(storages, seen, g_build_filename(home->path, CONTAINERS_ROOT_OF_USER, NULL));
    }
    return storages;
}

const struct containers_storages *containers_storages_find(struct host *host)
{
    return host_memo(host, "containers-storages", make, NULL, storages_free);
}
