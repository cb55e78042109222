/* Images that the host was given by path. */
#pragma once

#include "facts/image/images.h"

/* Appends what it finds. */
void images_add_paths(struct host *host, struct images *images);
