/* What a database of SQLite does not hold yet. */
#pragma once

#include "host/host.h"

/* Files beside it with transactions that were not yet carried over (-wal), or that are in it by half (-journal): paths,
 * of those that are not empty, or cannot be looked at. Both lie beside the file that a link leads to (SQLite's
 * unixFullPathname()). Caller unrefs. */
GPtrArray *sqlite_logs(struct host *host, const char *path);
