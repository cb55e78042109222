/* One key of a daemon's description: its names, type and defaults. */
#pragma once

#include "facts/daemon/daemon.h"
#include "facts/daemon/member.h"

extern const struct member daemon_key_members[], daemon_default_members[], daemon_when_members[];

/* `config` has the sections that the key's paths may name; NULL: the daemon has no file. NULL after every fault was
 * told. `node` is not kept, places are borrowed from `config`. */
struct daemon_key *daemon_key_read(struct daemon_faults *to, const char *name, const json_object *node,
                                   const struct daemon_config *config);
void daemon_key_free(struct daemon_key *key);
PL_DEFINE_CLEANUP(daemon_key, daemon_key_free)
