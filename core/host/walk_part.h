/* What one thread of the walk meets, and how a file is judged. Private to this floor. */
#pragma once

#include "host/walk_keep.h"
#include "host/walk_plan.h"

#define WALK_GAPS_MAX 1000U

struct walk_part {
    struct host *host;
    struct walk_plan *plan;
    struct walk_keep *keep; /* of all threads */
    GPtrArray *gaps;        /* struct walk_gap */
    guint64 more_gaps;      /* beyond WALK_GAPS_MAX */
    unsigned more_kinds;
    bool no_getxattrat; /* the kernel or a filter does not know that call */
    GHashTable *deep;   /* place -> kinds that walk_note_depth() noted */
    struct walk_ids {
        GHashTable *known; /* id -> bool, so that the host's tables are asked once an id */
        guint32 last;      /* the last one that was asked for: most files have the owner of the one before */
        bool asked, last_known;
    } uids, gids;
};

void walk_part_init(struct walk_part *part, struct host *host, struct walk_plan *plan, struct walk_keep *keep);
/* Moves the gaps into `walk` and `gaps`; the part is empty after. */
void walk_part_merge(struct walk_part *part, struct walk *walk, GPtrArray *gaps);

/* The kinds of a file in `directory` ("" is the root) but WALK_CAPABILITY, of those that the scope looks for. */
unsigned walk_kinds(struct walk_part *part, const struct walk_scope *scope, const char *directory,
                    const struct host_stat *st);
/* Whether capabilities of the file are asked for. */
bool walk_wants_caps(const struct walk_scope *scope, const struct host_stat *st);
/* A place that could not be looked at: `err` is an errno value. */
void walk_note_error(struct walk_part *part, unsigned kinds, const char *path, int err);
void walk_note_gap(struct walk_part *part, enum walk_gap_why why, unsigned kinds, const char *path, const char *text);
/* Below `place` lie more than `levels` directories in each other. Once for each place. */
void walk_note_depth(struct walk_part *part, unsigned kinds, const char *place, guint levels);
/* Walks the plan's starts below the host's root with threads; appends struct walk_part to be merged and freed. */
void walk_real(struct host *host, struct walk_plan *plan, struct walk_keep *keep, GPtrArray *parts);
