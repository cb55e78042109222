#include "probes/container/setuid_below.h"

#include "host/notes.h"
#include "model/error.h"

#include <sys/stat.h>

/* Files that are looked at below one path. */
#define SETUID_LOOKS_MAX 20000U

struct setuid_search {
    struct host *host;
    uint64_t dev;
    GQueue directories; /* char *: to be looked into */
    unsigned looks;
};

/* What is not everybody's way in is left to those that are of account anyway. */
static bool is_open(const struct host_stat *file)
{
    return file->mode & S_IXOTH;
}

/* Takes `path`. */
static bool take(struct setuid_search *search, char *path, const struct host_stat *file)
{
    bool directory = S_ISDIR(file->mode) && file->dev == search->dev && is_open(file);
    if (directory)
        g_queue_push_tail(&search->directories, path);
    else
        g_free(path);
    return S_ISREG(file->mode) && file->mode & S_ISUID && !file->uid && is_open(file);
}

static bool finds_in(struct setuid_search *search, const char *directory)
{
    /* What could not be listed or looked at is noted. */
    g_auto(GStrv) names = host_list(search->host, directory, NULL);
    for (char **name = names; name && *name; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        struct host_stat file;
        if (search->looks++ >= SETUID_LOOKS_MAX) {
            host_note(g_error_new(PL_ERROR, PL_ERROR_LIMIT, "%s: more files than are looked at for setuid programs",
                                  directory));
            return false;
        }
        if (host_lstat(search->host, path, &file, NULL) && take(search, g_steal_pointer(&path), &file))
            return true;
    }
    return false;
}

static gpointer search_below(struct host *host, gpointer path)
{
    struct host_stat top;
    if (!host_stat(host, path, &top, NULL))
        return GUINT_TO_POINTER(false);
    struct setuid_search search = {.host = host, .dev = top.dev, .directories = G_QUEUE_INIT};
    bool found = take(&search, g_strdup(path), &top);
    while (!found && search.looks <= SETUID_LOOKS_MAX && !g_queue_is_empty(&search.directories)) {
        g_autofree char *directory = g_queue_pop_head(&search.directories);
        found = finds_in(&search, directory);
    }
    g_queue_clear_full(&search.directories, g_free);
    return GUINT_TO_POINTER(found);
}

bool container_setuid_below(struct host *host, const char *path)
{
    g_autofree char *key = g_strconcat("probes:setuid-below:", path, NULL);
    return GPOINTER_TO_UINT(host_memo(host, key, search_below, (gpointer)(uintptr_t)path, NULL));
}
