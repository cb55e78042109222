/* Which containers use which image: the same question to every engine's records. */
#pragma once

#include "facts/image/images.h"

struct image_user {
    char *container; /* its name */
    char *image_id;  /* "sha256:..." */
    char *reference; /* what it was started from, NULL when that was no name */
    bool running;
    bool untold; /* that name could not be asked for: nobody knows whether it is stale */
};

GPtrArray *image_users_new(void);
/* Copies the texts. Borrowed: for setting `untold`. */
struct image_user *image_users_add(GPtrArray *users, const char *container, const char *image_id, const char *reference,
                                   bool running);
/* Sets in_use and stale of the images from number `from` on, which are those of one engine. `users` NULL: not known. */
void image_users_apply(const GPtrArray *users, struct images *images, guint from);
