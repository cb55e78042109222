/* Whether a daemon takes a configuration file as it is written. */
#pragma once

#include "facts/daemon/daemon.h"

/* False with PL_ERROR_PARSE: it refuses the file (a key that it does not know, a value of another type), so that what
 * runs runs with something else; or it may take a key for another one that differs by case. */
bool daemon_accepts(const struct daemon *daemon, const json_object *tree, const char *path, GError **error);
