/* What facts/package/packages.c reads with: one reader a package manager. */
#pragma once

#include "facts/package/packages.h"

/* Each appends packages to packages->list, names of files it read to `databases` (owned texts) and GErrors to
 * packages->errors. A database that is not there is none. */
void dpkg_read(struct host *host, struct packages *packages, GPtrArray *databases);
void rpm_read(struct host *host, struct packages *packages, GPtrArray *databases);

/* Each calls back for wanted paths: `owners` has the wanted paths as keys (owned) and NULL or the package (owned). */
/* The first failure is put to *error, which is not NULL, unless one is there already: then NULL in `owners` may mean
 * that it is not known. */
void dpkg_read_owners(struct host *host, GHashTable *owners, GError **error);
void rpm_read_owners(struct host *host, GHashTable *owners, GError **error);

/* True when an installed package's file list names `path` (without a list: when path is where packages put programs).
 */
bool dpkg_package_carries(struct host *host, const struct package *package, const char *path);

/* The texts of the changelogs of installed packages: `wanted` has "name version" as keys (several kernels have one
 * name) and GString as values, to which is appended. */
void rpm_read_changelogs(struct host *host, GHashTable *wanted, GError **error);

void package_free(gpointer package);
