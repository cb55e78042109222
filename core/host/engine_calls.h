/* All that plumbline ever asks a container engine. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether a path, with or without "/v1.44" in front, is one of the GETs that are made. */
bool engine_is_call(const char *path);
/* "1.44" and nothing else may become a part of addresses. */
bool engine_is_version(const char *text);
