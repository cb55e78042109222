/* Where the files of a checks directory lie. */
#pragma once

#include <glib.h>

/* The folders that a directory of ours may have, in the order in which they are read; NULL-terminated. */
extern const char *const load_folders[];
/* Names in one of them, sorted. NULL with error when it cannot be read (PL_ERROR_ABSENT: is not there). */
GPtrArray *load_names_in(const char *path, GError **error);
