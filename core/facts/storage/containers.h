/* Where containers/storage may lie (Podman, Buildah, CRI-O): its usual place, the one that storage.conf names, and the
 * homes of users. Sources: containers-storage.conf(5). */
#pragma once

#include "host/host.h"

struct containers_storages {
    GPtrArray *list;   /* char *, each once; whether it is there is not looked at */
    GPtrArray *errors; /* GError: why there may be more */
};

/* Read once, owned by the host. */
const struct containers_storages *containers_storages_find(struct host *host);
