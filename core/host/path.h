/* Paths as texts. */
#pragma once

#include <glib.h>

#include <stddef.h>

/* The path as file systems want it: no empty or "." component, no slash at the end. NULL with error when it is not
 * absolute or too long. */
char *host_normalise(const char *path, GError **error);
/* What comes after the last slash of a path; borrowed. */
const char *host_base_name(const char *path);
/* The length of "/proc/PID" or "/proc/PID/task/TID" at the start of a path, up to a slash or its end; else 0. */
size_t host_process_folder(const char *path);
