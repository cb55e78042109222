/* All links of a directory at once: what a process holds open. */
#include "host/failure.h"
#include "host/link.h"
#include "host/path.h"
#include "host/private.h"
#include "host/reader.h"

#define LINKS_MAX 100000

/* 0 or a negative errno value. */
static int read_here(struct host *host, const char *directory, GPtrArray *out)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = host->fs->ops->list(host->fs, directory, LINKS_MAX, entries);
    for (guint i = 0; !err && i < entries->len; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = g_build_filename(directory, entry->name, NULL);
        g_autofree char *target = NULL;
        int failed = host->fs->ops->readlink(host->fs, path, &target);
        g_ptr_array_add(out, host_link_new(entry->name, failed, target));
    }
    return err;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const struct host_link *left = *(const struct host_link *const *)a, *right = *(const struct host_link *const *)b;
    return strcmp(left->name, right->name);
}

GPtrArray *host_links(struct host *host, const char *path, GError **error)
{
    g_autofree char *name = host_normalise(path, error);
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func(host_link_free);
    if (!name)
        return NULL;
    int err = host->reader && fs_real_is_for_reader(host->fs, name) ? reader_links(host->reader, name, LINKS_MAX, links)
                                                                    : read_here(host, name, links);
    if (err) {
        host_set_error(error, err, name);
        return NULL;
    }
    g_ptr_array_sort(links, by_name);
    return g_steal_pointer(&links);
}
