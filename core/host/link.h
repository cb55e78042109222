/* One link of a directory (host_links()). */
#pragma once

#include "host/host.h"

/* `target` NULL: `err` is why. */
struct host_link *host_link_new(const char *name, int err, const char *target);
void host_link_free(gpointer link);
