/* Texts that may be compressed. */
#pragma once

#include "host/host.h"

/* The text of a file, unpacked when its name ends in ".gz". PL_ERROR_LIMIT when it has more than `packed` bytes, or
 * more than `unpacked` when it is compressed; PL_ERROR_PARSE when it is no whole gzip file. Caller frees. */
char *gzip_read_text(struct host *host, const char *path, gsize packed, gsize unpacked, GError **error);
