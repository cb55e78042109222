/* Files that are read line by line, so that their length costs time but no memory. */
#pragma once

#include "host/host.h"

/* A longer line is PL_ERROR_LIMIT. */
#define HOST_LINE_MAX ((gsize)16 << 20)

/* One line: without its newline, NUL-terminated, and the taker's to change until it returns; `length` counts embedded
 * NULs, `number` begins with 1. False stops the reading, which is no error. */
typedef bool (*host_line_taker)(char *line, gsize length, guint number, gpointer data);

/* Hands out the lines of a file, of at most `max` bytes altogether. False with error set: the file could not be read
 * whole, and the lines that were taken are only its beginning (PL_ERROR_LIMIT: a bound was met). A file that is small
 * enough comes from the cache of host_read(), where it was read at one moment. */
bool host_each_line(struct host *host, const char *path, gsize max, host_line_taker take, gpointer data,
                    GError **error);
/* The same from a descriptor, which stays the caller's; `name` is for messages. */
bool fd_each_line(int fd, const char *name, gsize max, host_line_taker take, gpointer data, GError **error);
