/* What is in an image: its layers laid over each other, and the secrets of each. */
#pragma once

#include "facts/image/image.h"
#include "facts/image/layer.h"
#include "model/problem.h"

struct image_content {
    GPtrArray *found[IMAGE_KIND_COUNT];           /* char *: paths ("/usr/bin/su") that a container would see, sorted */
    GPtrArray *buried_by_kind[IMAGE_KIND_COUNT];  /* secrets alone: those in a layer that a later one hides */
    GPtrArray *buried;                            /* char *: all of these */
    GPtrArray *escaping;                          /* char *: names that lead out of the image */
    GBytes *passwd, *shadow, *group, *os_release; /* NULL: absent */
    GError *error;                                /* the layers could not be read */
    struct problem *hindered;                     /* a part could not be read; NULL */
};

/* The content of an image of images_of(); read for all of them at once, once a host. Never NULL. */
const struct image_content *image_content_of(struct host *host, const struct image *image);

/* A single text file as a container would see it, without reading the layers whole where they are directories. NULL
 * without error when the image has none. Caller unrefs. */
GBytes *image_text(struct host *host, const struct image *image, const char *path, GError **error);
