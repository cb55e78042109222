#include "probes/container/change.h"

#include "facts/system/below.h"
#include "probes/container/origin.h"
#include "probes/container/permit.h"

#include <sys/stat.h>

struct change_search {
    const struct view *view;
    bool found;
};

/* A socket or a FIFO leads to a process, a device to a driver: none of these holds data of the host. */
static enum below_step look_at(const struct below_entry *entry, gpointer data)
{
    struct change_search *search = data;
    bool folder = S_ISDIR(entry->stat->mode);
    search->found = (folder || S_ISREG(entry->stat->mode)) && container_users_may(search->view, entry->stat, MAY_WRITE);
    if (search->found)
        return BELOW_FOUND;
    return folder && container_users_may(search->view, entry->stat, MAY_PASS) ? BELOW_ON : BELOW_APART;
}

bool container_may_change_below(const struct view *view, const char *path, const struct host_stat *file)
{
    (void)file;
    struct change_search search = {view, false};
    struct below below = {.host = view->host,
                          .top = path,
                          .mounts = view->containers->host,
                          .place = path,
                          .visit = look_at,
                          .data = &search};
    return below_walk(&below, NULL) && search.found;
}

bool container_may_change_root(const struct view *view, const struct container *container)
{
    g_autofree char *root = host_process_file(container->first, "root");
    struct change_search search = {view, false};
    struct below below = {.host = view->host,
                          .top = root,
                          .follow = true,
                          .mounts = container->mounts,
                          .place = "/",
                          .visit = look_at,
                          .data = &search};
    return below_walk(&below, NULL) && search.found;
}

bool container_may_change(const struct view *view, const char *path, const struct host_stat *file, unsigned bits)
{
    (void)bits;
    const struct mount_line *line = view->containers->host ? mountinfo_covering(view->containers->host, path) : NULL;
    /* Settings and groups have rules of their own; and whoever runs has files of its own processes there. */
    bool kernel = line && container_mount_is_of_kernel(line);
    return !kernel && container_may_change_below(view, path, file);
}
