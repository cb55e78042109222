/* Which package owns a path: a table of the paths that are asked for, filled by the readers. */
#pragma once

#include <glib.h>

/* Enters `package` as the owner of `path` when that path is wanted; of "/bin/x" also as "/usr/bin/x". `n` bytes. */
void package_claim(GHashTable *owners, const char *path, size_t n, const char *package);
