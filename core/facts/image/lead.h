/* Names in a layer whose folders are links of a layer below. An engine that unpacks a layer on what lies below follows
 * them, and the container sees the file where they lead; one that unpacks it by itself has it under its own name. */
#pragma once

#include "facts/image/layer.h"

/* Is a folder of `path`, a name of the layer `own`, a link, in its own layer or one below? */
bool image_is_behind_link(const GPtrArray *layers, guint own, const char *path);
/* Where those links lead to with it. NULL: in a circle, or by more of them than are followed. Caller frees. */
char *image_led_to(const GPtrArray *layers, guint own, const char *path);
