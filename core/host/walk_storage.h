/* Storage of container engines: known by its place, proven by its structure and its owner. Private to this floor. */
#pragma once

#include "host/walk.h"

struct walk_storage {
    char *path;
    uid_t owner;
    const char *const *trees; /* globs below it: image layers and roots of containers; "" is the storage itself */
};

void walk_storage_free(gpointer storage);

/* Every storage of the system that is there: struct walk_storage, in no order. Caller unrefs. */
GPtrArray *walk_storage_find(struct host *host);
/* Whether a directory has the name of an ordinary user's storage: to be asked for with the next one. */
bool walk_storage_may_be_home(const char *path, size_t length);
/* The storage of an account in its home, NULL when it is none. Caller frees. */
struct walk_storage *walk_storage_of_home(struct host *host, const char *path);
/* A directory in the storage is not entered: an image's or container's tree that nobody but root can reach. */
bool walk_storage_omits(struct host *host, const struct walk_storage *storage, const char *path);
