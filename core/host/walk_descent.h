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

/* The other threads. */
struct walk_others {
    bool (*wanted)(gpointer data); /* they are, or soon will be, without a directory to walk */
    void (*take)(const struct walk_directory *directory, gpointer data); /* with its descriptor */
    gpointer data;
};

/* Directories are given to the others from those nearest to where this thread began: most lies below these. */
struct walk_descent *walk_descent_new(struct walk_part *part, const struct walk_others *others);
void walk_descent_free(gpointer descent);

/* Walks a directory and all below it; takes the descriptor. */
void walk_descent_run(struct walk_descent *descent, const struct walk_directory *directory);
/* The same for a path of the host, with the directory itself. It may be another file: what a mount lies on. */
void walk_descent_start(struct walk_descent *descent, const char *path, const struct walk_scope *scope);
