/* What the two probes of images share: which images an object means, and the item of one. */
#pragma once

#include "facts/image/list.h"
#include "model/item.h"

bool image_is_selected(const struct image *image, const json_object *object);
/* With subject, source, id, engine and format set. */
struct item *image_add_item(const struct image *image, struct items *items);
/* What hindered the look for images. */
void image_add_problems(const struct images *images, struct items *items);
