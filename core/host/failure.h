/* How a lookup that failed is told to the one who asked. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A failure that nobody asked for is noted (host/notes.h), so that it is not taken for an absence. Takes `failed`;
 * always false. */
bool host_pass_on(GError **error, GError *failed);
/* Sets *error for a negative errno value of a file system function. Always false. */
bool host_set_error(GError **error, int err, const char *path);
