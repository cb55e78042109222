/* A saved JSON report. */
#pragma once

#include "model/audit.h"

/* Reads and rebuilds an audit, at most 256 MiB; the path is in front of the message. Caller frees. */
struct audit *saved_audit(const char *path, GError **error);
