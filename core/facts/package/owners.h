/* Which package owns a path: a table of the paths that are asked for, filled by the readers. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Enters `package` as the owner of `path` when that path is wanted; of "/bin/x" also as "/usr/bin/x". `n` bytes. */
void package_claim(GHashTable *owners, const char *path, size_t n, const char *package);

/* How the wanted paths end, so that nearly all others are told from them by four bytes. */
struct package_ends {
    guint64 bits[64];
};
void package_ends_init(struct package_ends *ends, GHashTable *owners);
/* Whether package_claim() may find the path wanted. */
bool package_ends_may_have(const struct package_ends *ends, const char *path, size_t n);
