/* The images of a host, whatever engine keeps them, and those that are named by path. */
#pragma once

#include "facts/context.h"
#include "facts/image/images.h"

/* All images, once a host; owned by the host. */
const struct images *images_of(const struct fact_context *context);
