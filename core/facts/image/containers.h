/* Images of containers/storage: Podman, CRI-O, Buildah. */
#pragma once

#include "facts/image/images.h"

/* Appends what it finds. */
void images_add_containers_storage(struct host *host, struct images *images);
