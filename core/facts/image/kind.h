/* Which files of an image matter, by name, mode and content: tables. */
#pragma once

#include "facts/image/layer.h"

/* The kinds (bits) that name, type and mode of an entry give. */
unsigned image_kinds_of(const struct archive_member *member, bool has_capability);
/* How many bytes of its content decide more; 0: none. */
gsize image_content_wanted(const struct archive_member *member, unsigned kinds);
/* The kinds that the content adds. */
unsigned image_kinds_of_content(const struct archive_member *member, GBytes *content);
