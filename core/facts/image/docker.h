/* Images of Docker Engines. */
#pragma once

#include "facts/context.h"
#include "facts/image/images.h"

/* Appends what it finds. */
void images_add_docker(const struct fact_context *context, struct images *images);
