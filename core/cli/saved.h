/* A saved JSON report. */
#pragma once

#include "model/audit.h"

/* Reads and rebuilds an audit, at most 256 MiB; the path is in front of the message. Caller frees. */
struct audit *saved_audit(const char *path, GError **error);

/* The two halves of it, for who reads before there is confinement. The bytes: caller unrefs. PL_ERROR_ABSENT. */
GBytes *saved_read(const char *path, GError **error);
struct audit *saved_parse(GBytes *bytes, const char *path, GError **error);
