/* Which files a list of paths and globs means: shared by the probes that read file contents. */
#pragma once

#include "host/host.h"
#include "model/item.h"

#include <stdbool.h>

struct content_path {
    char *path;
    bool globbed; /* a glob found it; else the list names it, and it may not exist */
};

/* The files that `patterns` mean, in order, each once: struct content_path, caller unrefs. Directories that could not
 * be searched become problems of `items`. With `by_name` the literal paths come first; then what globs found, by base
 * name, where of files with one name only that of the pattern listed first is kept: how /etc hides /usr/lib. A pattern
 * that begins with "~/" stands for the same below every account's home. */
GPtrArray *content_paths(struct host *host, const char *const *patterns, bool by_name, struct items *items);

/* Turns a failed read of a path into a problem, unless it means that nothing is there to be read: an absent file, a
 * directory that a glob found, or a link to /dev/null. */
void content_path_problem(struct host *host, const struct content_path *path, const GError *error, struct items *items);
