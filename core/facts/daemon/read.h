/* One daemon's description from its parsed YAML file. */
#pragma once

#include "facts/daemon/daemon.h"

/* NULL after every fault of the file was added to `faults` (GError: PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in
 * front; NULL: nobody is told). `tree` is not kept. Caller frees with daemon_free(). */
struct daemon *daemon_read(const char *file, const json_object *tree, GPtrArray *faults);
void daemon_free(struct daemon *daemon);
PL_DEFINE_CLEANUP(daemon, daemon_free)
