/* Images as Docker keeps them on disk. */
#pragma once

#include "facts/image/images.h"

/* Docker's storage below its data root, when its API does not answer. False when nothing is there. */
bool images_add_docker_storage(struct host *host, const char *root, struct images *images);
/* Where the layers of an image of Docker's are: by the diff ids of its configuration. */
void image_find_docker_layers(struct host *host, const char *root, const char *driver, char **diff_ids,
                              struct image *image);
