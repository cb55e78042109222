/* One key of a daemon's description: its names, type and defaults. */
#pragma once

#include "facts/daemon/daemon.h"

/* `config` has the sections that the key's paths may name; NULL: the daemon has no file. NULL with
 * PL_ERROR_CONTENT and "FILE:LINE:COLUMN: " in front. `node` is not kept, places are borrowed from `config`. */
struct daemon_key *daemon_key_read(const char *file, const char *name, const json_object *node,
                                   const struct daemon_config *config, GError **error);
void daemon_key_free(struct daemon_key *key);
PL_DEFINE_CLEANUP(daemon_key, daemon_key_free)
