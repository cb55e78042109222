#include "probes/container/change.h"

#include "host/notes.h"
#include "model/error.h"
#include "probes/container/origin.h"
#include "probes/container/permit.h"

#include <sys/stat.h>

/* Files that are looked at below one path. */
#define CHANGE_LOOKS_MAX 4096U

struct change_search {
    const struct view *view;
    uint64_t dev;
    GQueue directories; /* char *: to be looked into */
    guint looks;
};

/* A socket or a FIFO leads to a process, a device to a driver: none of these holds data of the host. */
static bool may_change(const struct change_search *search, const struct host_stat *file)
{
    if (S_ISDIR(file->mode))
        return container_users_may(search->view, file, MAY_WRITE);
    return S_ISREG(file->mode) && container_users_may(search->view, file, MAY_WRITE);
}

static void note_bound(const char *path)
{
    host_note(
        g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more files than are looked at for one that is writable", path));
}

static bool finds_in(struct change_search *search, const char *directory)
{
    g_auto(GStrv) names = host_list(search->view->host, directory, NULL);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        struct host_stat file;
        if (search->looks++ >= CHANGE_LOOKS_MAX) {
            note_bound(directory);
            return false;
        }
        if (!host_lstat(search->view->host, path, &file, NULL) || file.dev != search->dev)
            continue;
        if (may_change(search, &file))
            return true;
        if (S_ISDIR(file.mode) && container_users_may(search->view, &file, MAY_PASS))
            g_queue_push_tail(&search->directories, g_steal_pointer(&path));
    }
    return false;
}

bool container_may_change_below(const struct view *view, const char *path, const struct host_stat *file)
{
    struct change_search search = {.view = view, .dev = file->dev, .directories = G_QUEUE_INIT};
    if (may_change(&search, file))
        return true;
    if (!S_ISDIR(file->mode) || !container_users_may(view, file, MAY_PASS))
        return false;
    g_queue_push_tail(&search.directories, g_strdup(path));
    bool found = false;
    while (!found && search.looks <= CHANGE_LOOKS_MAX && !g_queue_is_empty(&search.directories)) {
        g_autofree char *directory = g_queue_pop_head(&search.directories);
        found = finds_in(&search, directory);
    }
    g_queue_clear_full(&search.directories, g_free);
    return found;
}

bool container_may_change(const struct view *view, const char *path, const struct host_stat *file, unsigned bits)
{
    (void)bits;
    const struct mount_line *line = view->containers->host ? mountinfo_covering(view->containers->host, path) : NULL;
    /* Settings and groups have rules of their own; and whoever runs has files of its own processes there. */
    bool kernel = line && container_mount_is_of_kernel(line);
    return !kernel && container_may_change_below(view, path, file);
}
