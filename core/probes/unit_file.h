/* The syntax of systemd's unit files, line by line. */
#pragma once

#include "host/host.h"

struct unit_line {
    const char *section, *key, *value; /* value "" resets a list */
    const char *path;
    unsigned line;
};

typedef void (*unit_line_visitor)(const struct unit_line *line, gpointer data);

/* Calls back for every assignment of a file, in order, lines that end in a backslash joined. False with error when the
 * file could not be read. */
bool unit_file_visit(struct host *host, const char *path, unit_line_visitor visit, gpointer data, GError **error);
