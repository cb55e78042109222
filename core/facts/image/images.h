/* A list of images while its sources fill it. */
#pragma once

#include "facts/image/image.h"
#include "host/notes.h"
#include "model/problem.h"

#include <sys/types.h>

/* No more images than this are looked at on one host. */
#define IMAGES_MAX 1000

struct images {
    GPtrArray *list;     /* struct image */
    GPtrArray *problems; /* struct problem */
};

/* What is not supported is unknown; otherwise as problems_add_error() does. */
void images_problem(struct images *images, const GError *error);
/* Ends a query of a storage by its owner, whose images begin at `from` in the list. What failed unheard of root's is
 * noted again. A user's storage fails as that user likes: its images are left out, which is a problem, and no doubt
 * falls on those of others. */
void images_end_storage(struct images *images, guint from, uid_t owner, struct host_noting *noted);
/* False, with a problem said once, when there are too many. */
bool images_room(struct images *images);
