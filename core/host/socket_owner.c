/* Only whose the socket and the folders are is looked at: what its name is says nothing. */
#include "host/socket_owner.h"

#include "host/notes.h"
#include "model/error.h"

#include <string.h>
#include <sys/stat.h>

/* Root's, and a folder that others cannot write: in a sticky one they may have been there first. */
static bool is_roots_alone(struct host *host, const char *path)
{
    struct host_stat st;
    /* Unheard: what cannot be seen is trusted to nobody, and the caller says so. */
    if (!host_lstat(host, path, &st, host_unheard()) || st.uid != 0)
        return false;
    return S_ISLNK(st.mode) || !(st.mode & 022);
}

/* Every folder and link from the root to the socket, which is left out. */
static bool way_is_roots_alone(struct host *host, const char *path)
{
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_autofree char *part = g_strndup(path, (gsize)(slash - path));
        if (!is_roots_alone(host, part))
            return false;
    }
    return is_roots_alone(host, "/");
}

bool socket_owner_fits(struct host *host, const char *path, const struct host_stat *socket, uid_t owner, GError **error)
{
    if (socket->uid == owner)
        return true;
    /* Unheard: as above. */
    g_autofree char *real = owner == 0 ? host_resolve(host, path, host_unheard()) : NULL;
    if (real && way_is_roots_alone(host, path) && way_is_roots_alone(host, real))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_READ, "%s: a socket of uid %u is not asked for uid %u", path,
                (unsigned)socket->uid, (unsigned)owner);
    return false;
}
