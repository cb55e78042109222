#include "probes/container/socket_walk.h"

#include <sys/stat.h>

/* Only where a listener has hard links, or is not where it was bound. */
#define LOOKS_MAX 20000U
#define DEPTH_MAX 16U

struct socket_walk {
    struct host *host;
    const struct mountinfo *mounts;
    struct walked_sockets *found;
    const char *top;
    unsigned looks;
};

static void socket_free(gpointer data)
{
    struct walked_socket *socket = data;
    g_free(socket->path);
    g_free(socket);
}

static void walked_free(gpointer data)
{
    struct walked_sockets *walked = data;
    g_ptr_array_unref(walked->list);
    g_free(walked);
}

/* False at the bound. */
static bool look_at(struct socket_walk *walk, const char *path, bool *folder)
{
    struct host_stat file;
    *folder = false;
    if (walk->looks++ >= LOOKS_MAX) {
        walk->found->cut = true;
        return false;
    }
    if (!host_lstat(walk->host, path, &file, NULL))
        return true;
    /* What the host mounted there has a line of its own where the container sees it. */
    *folder = S_ISDIR(file.mode) && (path == walk->top || !mountinfo_at(walk->mounts, path));
    if (S_ISSOCK(file.mode)) {
        struct walked_socket *socket = g_new(struct walked_socket, 1);
        *socket = (struct walked_socket){g_strdup(path), file};
        g_ptr_array_add(walk->found->list, socket);
    }
    return true;
}

static void look_below(struct socket_walk *walk, const char *folder, unsigned depth)
{
    if (depth >= DEPTH_MAX) {
        walk->found->cut = true;
        return;
    }
    g_auto(GStrv) names = host_list(walk->host, folder, NULL);
    for (char **name = names; name && *name && !walk->found->cut; name++) {
        g_autofree char *path = g_build_filename(folder, *name, NULL);
        bool below = false;
        if (look_at(walk, path, &below) && below)
            look_below(walk, path, depth + 1);
    }
}

static gpointer make_walked(struct host *host, gpointer data)
{
    const struct socket_walk *what = data;
    struct socket_walk walk = {host, what->mounts, g_new0(struct walked_sockets, 1), what->top, 0};
    bool folder = false;
    walk.found->list = g_ptr_array_new_with_free_func(socket_free);
    if (look_at(&walk, walk.top, &folder) && folder)
        look_below(&walk, walk.top, 0);
    return walk.found;
}

const struct walked_sockets *sockets_walk(struct host *host, const struct mountinfo *mounts, const char *top)
{
    g_autofree char *key = g_strconcat("probes:sockets-below:", top, NULL);
    struct socket_walk what = {host, mounts, NULL, top, 0};
    return host_memo(host, key, make_walked, &what, walked_free);
}
