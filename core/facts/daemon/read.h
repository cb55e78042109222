/* One daemon's description from its parsed YAML file. */
#pragma once

#include "facts/daemon/daemon.h"

/* PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front. `tree` is not kept. Caller frees with daemon_free(). */
struct daemon *daemon_read(const char *file, const json_object *tree, GError **error);
void daemon_free(struct daemon *daemon);
PL_DEFINE_CLEANUP(daemon, daemon_free)
