/* One thread's way through directories, below descriptors that it holds. Private to this floor.
 *
 * However deep a tree is, so many descriptors are open at once and no more: those of the directories in between are
 * closed, and opened again by ".." from below, where the directory must prove to be the one that was left. */
#pragma once

#include "host/walk_part.h"

struct walk_directory {
    int fd;
    const char *path; /* "" is the root */
    uint64_t mount;
    const struct walk_scope *scope;
};

struct walk_descent;

/* `offer` may take a directory's descriptor (true) to have it walked by somebody else. */
struct walk_descent *walk_descent_new(struct walk_part *part,
                                      bool (*offer)(const struct walk_directory *directory, gpointer data),
                                      gpointer data);
void walk_descent_free(gpointer descent);

/* Walks a directory and all below it; takes the descriptor. */
void walk_descent_run(struct walk_descent *descent, const struct walk_directory *directory);
/* The same for a path of the host, with the directory itself. It may be another file: what a mount lies on. */
void walk_descent_start(struct walk_descent *descent, const char *path, const struct walk_scope *scope);
