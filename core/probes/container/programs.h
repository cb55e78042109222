/* Programs that give something to whoever starts them: setuid, or with capabilities. */
#pragma once

#include "probes/container/gain.h"

/* Looks at the image of the container and at its mounts, only when some process could gain by it. Caller frees with
 * container_gain_clear(). */
void container_programs_look(const struct fact_context *context, const struct view *view, struct container_gain *gain);
