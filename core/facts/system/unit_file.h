/* The assignments of one systemd unit file. */
#pragma once

#include "host/host.h"

struct unit_line {
    const char *section, *key, *value; /* value "" resets a list */
    const char *path;
    unsigned line;
};

typedef void (*unit_line_visitor)(const struct unit_line *line, gpointer data);

/* Calls back for every assignment of a file; those of one key come in their order. False with error when the file could
 * not be read or parsed. */
bool unit_file_visit(struct host *host, const char *path, unit_line_visitor visit, gpointer data, GError **error);
