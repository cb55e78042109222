/* The default of a daemon's key. */
#pragma once

#include "facts/daemon/instance.h"

enum holds { HOLDS_NO, HOLDS_YES, HOLDS_UNKNOWN };

/* Whether all conditions (">=1.27", NULL: none) hold for a version; unknown when that is NULL. */
enum holds setting_versions_hold(char **conditions, const char *version);

/* The default that holds for this instance; when only the version or the system could tell, the value that all
 * candidates share. *out is owned by the caller, NULL for "not set". False with *why (NULL before; caller frees) when
 * it is not known. */
bool setting_default(struct host *host, const struct daemon_key *key, const struct daemon_instance *instance,
                     json_object **out, struct problem **why);
