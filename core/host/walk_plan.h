/* Where the walk begins and what it leaves out. Private to this floor. */
#pragma once

#include "host/walk_mounts.h"
#include "host/walk_storage.h"

/* The kinds that matter on the host wherever a file lies. */
#define WALK_PRIVILEGED (WALK_SETUID | WALK_SETGID | WALK_CAPABILITY | WALK_DEVICE)

/* How files in a place are judged. */
struct walk_scope {
    unsigned kinds;                     /* those that are looked for */
    bool root_only;                     /* of files that belong to root */
    const struct walk_storage *storage; /* what it lies in, NULL */
};

struct walk_start {
    char *path;
    struct walk_scope scope;
};

/* What is to be known of a directory when it is entered. */
struct walk_note {
    GHashTable *borders;                /* names in it that something is mounted on, a set; NULL */
    const struct walk_storage *storage; /* it is one; NULL */
};

struct walk_plan {
    struct host *host;
    GPtrArray *starts; /* struct walk_start */
    GHashTable *notes; /* path ("" is the root) -> struct walk_note */
    GPtrArray *gaps;   /* struct walk_gap */
    GPtrArray *storages;
    GMutex lock; /* of storages */
};

/* From the mounts below the host's root and the engines' storage. */
struct walk_plan *walk_plan_new(struct host *host);
void walk_plan_free(struct walk_plan *plan);
PL_DEFINE_CLEANUP(walk_plan, walk_plan_free)

/* NULL where nothing is to be known. */
const struct walk_note *walk_plan_note(const struct walk_plan *plan, const char *path);
/* The scope of a directory that lies in a place of scope `above`; false when it is not entered. From several threads.
 */
bool walk_plan_enter(struct walk_plan *plan, const char *path, size_t length, const struct walk_note *note,
                     const struct walk_scope *above, struct walk_scope *scope);

struct walk_gap *walk_gap_new(enum walk_gap_why why, unsigned kinds, const char *path, const char *text);
void walk_gap_free(gpointer gap);
/* Mounts may have come since the plan: looks again at what was met and not expected, and takes away the gaps of
 * mounts that are not worth a word. */
void walk_plan_forgive(struct host *host, GPtrArray *gaps);
