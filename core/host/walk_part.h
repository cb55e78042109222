/* What one thread of the walk found, and how a file is judged. Private to this floor. */
#pragma once

#include "host/walk_plan.h"

#define WALK_DEPTH_MAX      120U /* each level of a real walk holds a descriptor */
#define WALK_UNREADABLE_MAX 100U
#define WALK_KINDS          8U

struct walk_part {
    struct host *host;
    const struct walk_plan *plan;
    gint *kept;         /* atomic, WALK_KINDS of them, shared: entries kept of each kind */
    GPtrArray *entries; /* struct walk_entry */
    GPtrArray *unreadable;
    GPtrArray *left_out; /* char *: container storage that was met */
    guint64 unreadable_count, files, directories;
    bool truncated;
    GHashTable *uids, *gids; /* id -> known, so that the host's tables are asked once an id */
};

void walk_part_init(struct walk_part *part, struct host *host, const struct walk_plan *plan, gint *kept);
/* Moves everything into `walk`, `plan` (what was left out) and `unreadable`; the part is empty after. */
void walk_part_merge(struct walk_part *part, struct walk *walk, struct walk_plan *plan, GPtrArray *unreadable);

/* The kinds of a file in `directory` ("" is the root) but WALK_CAPABILITY. */
unsigned walk_kinds(struct walk_part *part, const char *directory, const struct host_stat *st);
/* Keeps an entry; `name` "" is the directory itself. A flood of one kind cannot hide another. */
void walk_keep(struct walk_part *part, const char *directory, const char *name, unsigned kinds,
               const struct host_stat *st, uint64_t caps);
void walk_note_unreadable(struct walk_part *part, const char *path);
/* The permitted set of a security.capability attribute, 0 when it is none. */
uint64_t walk_parse_caps(const void *data, gsize size);

/* Walks the plan's starts below the host's root with threads; appends struct walk_part to be merged and freed. */
void walk_real(struct host *host, const struct walk_plan *plan, gint *kept, GPtrArray *parts);
