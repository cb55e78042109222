/* The way from a listener to its file: by the path that it was bound to, as its own root and mounts show it, to device
 * and inode, and to the place in the file system that mounts of containers are held against. */
#include "facts/container/socket_files.h"

#include "facts/process/namespaces.h"
#include "facts/process/sockets.h"
#include "host/notes.h"
#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

struct socket_files_search {
    struct host *host;
    const struct containers *containers;
    struct socket_files *found;
};

static void file_free(gpointer data)
{
    struct socket_file *file = data;
    g_free(file->path);
    g_free(file->place);
    g_free(file);
}

static void list_free(gpointer list)
{
    g_ptr_array_unref(list);
}

static void files_free(gpointer data)
{
    struct socket_files *files = data;
    g_hash_table_unref(files->by_device);
    g_hash_table_unref(files->by_inode);
    g_hash_table_unref(files->linked);
    g_ptr_array_unref(files->list);
    g_ptr_array_unref(files->lost);
    g_free(files);
}

static char *inode_key(const struct host_stat *file)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, file->dev, file->ino);
}

const struct socket_file *socket_files_of(const struct socket_files *files, const struct host_stat *file)
{
    g_autofree char *key = inode_key(file);
    return g_hash_table_lookup(files->by_inode, key);
}

/* ---- one socket ---- */

static bool is_socket(struct host *host, const char *path, struct host_stat *file, GError **error)
{
    return host_lstat(host, path, file, error) && S_ISSOCK(file->mode);
}

/* In the mounts and below the root of the host itself. */
static bool find_on_host(const struct socket_files_search *search, struct socket_file *file, GError **error)
{
    g_autofree char *real = host_resolve(search->host, file->path, error);
    const struct mount_line *mount = NULL;
    if (!real || !is_socket(search->host, real, &file->file, error))
        return false;
    file->place = search->containers->host ? mountinfo_place(search->containers->host, real, &mount) : NULL;
    file->device = mount ? mount->device : 0;
    if (file->place) {
        g_free(file->path);
        file->path = g_steal_pointer(&real);
    }
    return file->place != NULL;
}

/* The table of a process with other mounts or another root; a container's is there already. */
static const struct mountinfo *mounts_of(const struct socket_files_search *search, const struct process *process,
                                         struct mountinfo **own)
{
    for (guint i = 0; i < search->containers->list->len; i++) {
        const struct container *container = g_ptr_array_index(search->containers->list, i);
        if (container->mounts && container->first->ns[NS_MNT] == process->ns[NS_MNT])
            return container->mounts;
    }
    g_autofree char *path = host_process_file(process, "mountinfo");
    /* Unheard: the socket is lost then, and said where a container has one that may be it. */
    *own = mountinfo_read(search->host, path, host_unheard());
    return *own;
}

static bool find_below_root(const struct socket_files_search *search, struct socket_file *file)
{
    g_autofree char *root = host_process_file(file->holder, "root"), *path = g_strconcat(root, file->path, NULL);
    const struct mount_line *mount = NULL;
    pl_auto(mountinfo) own = NULL;
    /* Unheard: as above. */
    if (!is_socket(search->host, path, &file->file, host_unheard()))
        return false;
    const struct mountinfo *mounts = mounts_of(search, file->holder, &own);
    file->place = mounts ? mountinfo_place(mounts, file->path, &mount) : NULL;
    file->device = mount ? mount->device : 0;
    return file->place != NULL;
}

/* Of several sockets that were bound to one path one after the other the file is the last one's, and who has most power
 * counts. */
static void keep(struct socket_files *found, struct socket_file *file)
{
    g_autofree char *key = file->place ? inode_key(&file->file) : NULL;
    struct socket_file *other = key ? g_hash_table_lookup(found->by_inode, key) : NULL;
    if (other) {
        if (file->power < other->power) {
            other->power = file->power;
            other->holder = file->holder;
        }
        file_free(file);
        return;
    }
    g_ptr_array_add(found->list, file);
    if (key)
        g_hash_table_insert(found->by_inode, g_steal_pointer(&key), file);
    if (file->place && file->file.nlink > 1)
        g_hash_table_add(found->linked, &file->device);
}

/* A process of an ordinary user has no more rights than that user, and is of account as an engine of theirs. */
static bool is_of_account(const struct process *holder, enum peer_power power)
{
    bool plain = holder && holder->ids_known && holder->uid[1] && holder->caps_known && !holder->caps[CAPSET_EFFECTIVE];
    return !plain || power == PEER_COMMANDS || power == PEER_COMMANDS_OWNS;
}

/* A path by a descriptor is the one that the listener had when it bound the socket ("/proc/self/fd/12/attach"): there,
 * or, as conmon has it, in its bundle. Caller frees; NULL: nothing is there. */
static char *path_by_descriptor(const struct socket_files_search *search, const struct listener *listener)
{
    static const char prefix[] = "/proc/self/";
    const struct process *holder = listener->holder;
    if (!holder || !g_str_has_prefix(listener->address, prefix))
        return NULL;
    g_autofree char *path = host_process_file(holder, listener->address + strlen(prefix));
    g_autofree char *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);
    /* Unheard: the listener may have closed it, and without a path the socket is lost. */
    g_autofree char *there = host_readlink(search->host, folder, host_unheard());
    struct host_stat file;
    g_autofree char *found = there ? g_build_filename(there, name, NULL) : NULL;
    /* Unheard: as above; the number may stand for something else by now. */
    if (found && is_socket(search->host, found, &file, host_unheard()))
        return g_steal_pointer(&found);
    for (char **argument = holder->argv_seen; argument && *argument; argument++)
        if (g_str_equal(*argument, "-b") && argument[1] && *argument[1] == '/')
            return g_build_filename(argument[1], name, NULL);
    return NULL;
}

static void take_listener(const struct socket_files_search *search, const struct listener *listener)
{
    enum peer_power power = daemon_peers_power(search->containers->daemons, listener->holder, listener->address);
    if (!is_of_account(listener->holder, power))
        return;
    struct socket_file *file = g_new0(struct socket_file, 1);
    g_autofree char *path = path_by_descriptor(search, listener);
    file->path = g_strdup(path ? path : listener->address);
    file->holder = listener->holder;
    file->of = listener->of;
    file->power = power;
    bool apart = file->holder && namespace_relation(search->host, file->holder, NS_MNT) == NS_OWN;
    bool known = *file->path == '@';
    if (*file->path == '/' && !apart)
        known = find_on_host(search, file, host_unheard()); /* Unheard: it is lost then, as above */
    if (*file->path == '/' && !known && file->holder)
        known = find_below_root(search, file);
    if (known)
        keep(search->found, file);
    else
        g_ptr_array_add(search->found->lost, file);
}

/* Where an engine listens when it runs: its socket may lie there without it, and will be its own again. */
static void take_known_path(const struct socket_files_search *search, const char *path)
{
    struct socket_file *file = g_new0(struct socket_file, 1);
    file->path = g_strdup(path);
    file->power = PEER_COMMANDS;
    if (find_on_host(search, file, NULL) && !socket_files_of(search->found, &file->file))
        keep(search->found, file);
    else
        file_free(file);
}

static void take_known_paths(const struct socket_files_search *search)
{
    g_autofree const char **patterns = daemon_peers_paths(search->containers->daemons);
    search->found->undescribed = !*patterns;
    for (const char **pattern = patterns; *pattern; pattern++) {
        g_auto(GStrv) paths = strchr(*pattern, '*') ? host_glob(search->host, *pattern, NULL) : NULL;
        for (char **path = paths; path && *path; path++)
            take_known_path(search, *path);
        if (!strchr(*pattern, '*'))
            take_known_path(search, *pattern);
    }
}

/* ---- all ---- */

static void index_devices(struct socket_files *found)
{
    for (guint i = 0; i < found->list->len; i++) {
        struct socket_file *file = g_ptr_array_index(found->list, i);
        GPtrArray *same = file->place ? g_hash_table_lookup(found->by_device, &file->device) : NULL;
        if (file->place && !same) {
            same = g_ptr_array_new();
            g_hash_table_insert(found->by_device, &file->device, same);
        }
        if (same)
            g_ptr_array_add(same, file);
    }
}

static gpointer make_files(struct host *host, gpointer data)
{
    struct socket_files *found = g_new0(struct socket_files, 1);
    found->list = g_ptr_array_new_with_free_func(file_free);
    found->lost = g_ptr_array_new_with_free_func(file_free);
    found->by_inode = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    found->linked = g_hash_table_new(g_int64_hash, g_int64_equal);
    found->by_device = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, list_free);
    struct socket_files_search search = {host, data, found};
    const struct listeners *listeners = listeners_find(host);
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (g_str_equal(listener->protocol, "unix"))
            take_listener(&search, listener);
    }
    for (guint i = 0; i < listeners->datagrams->len; i++)
        take_listener(&search, g_ptr_array_index(listeners->datagrams, i));
    take_known_paths(&search);
    index_devices(found);
    return found;
}

const struct socket_files *socket_files_find(struct host *host, const struct containers *containers)
{
    return host_memo(host, "facts:socket-files", make_files, (gpointer)(uintptr_t)containers, files_free);
}
