/* Maps of user namespaces: the text of /proc/PID/uid_map and gid_map (user_namespaces(7)). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The id inside that `outside` is; false when the map does not have it. */
bool id_map_inside(const char *map, uint32_t outside, gint64 *inside);
/* Some id outside is in both maps. */
bool id_maps_overlap(const char *a, const char *b);
