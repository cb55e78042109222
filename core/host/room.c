/* Sums of bytes, one for the host itself and one for each root of another process. */
#include "host/room.h"

#include "host/path.h"
#include "host/private.h"

#include <string.h>

struct host_room {
    GMutex lock;
    gsize own, roots;    /* bytes taken */
    GHashTable *by_root; /* PID as text -> gsize */
    gsize own_max, root_max, roots_max;
};

struct host_room *host_room_new(void)
{
    struct host_room *room = g_new0(struct host_room, 1);
    g_mutex_init(&room->lock);
    room->by_root = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    room->own_max = HOST_ROOM_MAX;
    room->root_max = HOST_ROOM_ROOT_MAX;
    room->roots_max = HOST_ROOM_ROOTS_MAX;
    return room;
}

void host_room_free(struct host_room *room)
{
    g_hash_table_unref(room->by_root);
    g_mutex_clear(&room->lock);
    g_free(room);
}

void host_room_limit(struct host *host, gsize own, gsize root, gsize roots)
{
    host->room->own_max = own;
    host->room->root_max = root;
    host->room->roots_max = roots;
}

/* The "/proc/PID" (or a thread's folder) of "/proc/PID/root/..."; NULL for a file of the host itself. Caller frees. */
static char *other_root(const char *path)
{
    size_t folder = host_process_folder(path);
    return folder && g_str_has_prefix(path + folder, "/root/") ? g_strndup(path, folder) : NULL;
}

/* With the lock held. NULL: taken; else the bound that was met. */
static const gsize *take(struct host_room *room, char *pid, gsize bytes)
{
    if (!pid) {
        if (bytes > room->own_max - MIN(room->own, room->own_max))
            return &room->own_max;
        room->own += bytes;
        return NULL;
    }
    gsize *taken = g_hash_table_lookup(room->by_root, pid);
    gsize before = taken ? *taken : 0;
    if (bytes > room->root_max - MIN(before, room->root_max))
        return &room->root_max;
    if (bytes > room->roots_max - MIN(room->roots, room->roots_max))
        return &room->roots_max;
    if (!taken) {
        taken = g_new0(gsize, 1);
        g_hash_table_insert(room->by_root, g_strdup(pid), taken);
    }
    *taken += bytes;
    room->roots += bytes;
    return NULL;
}

bool host_room_take(struct host *host, const char *path, gsize bytes, GError **error)
{
    struct host_room *room = host->room;
    g_autofree char *name = host_normalise(path, error);
    if (!name)
        return false;
    g_autofree char *pid = other_root(name);
    g_mutex_lock(&room->lock);
    const gsize *met = take(room, pid, bytes);
    g_mutex_unlock(&room->lock);
    if (!met)
        return true;
    g_autofree char *shown = g_filename_display_name(name);
    const char *whose = !pid                     ? "files of the host"
                        : met == &room->root_max ? "files below this root"
                                                 : "files below roots of processes";
    g_set_error(error, PL_ERROR, PL_ERROR_LIMIT,
                "%s: what is kept of %s would be larger than %" G_GSIZE_FORMAT " bytes", shown, whose, *met);
    return false;
}
