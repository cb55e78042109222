/* What a container listens on and where its network leads. */
#pragma once

#include "probes/container/view.h"

/* Sets listening. */
void container_set_listening(const struct view *view, struct item *item);
/* Sets on_network and metadata_route. */
void container_set_routes(const struct view *view, struct item *item);
