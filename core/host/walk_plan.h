/* Where the walk begins and what it leaves out. Private to this floor. */
#pragma once

#include "host/walk.h"

struct walk_plan {
    GPtrArray *starts;   /* char *: mount points whose file systems are walked */
    GHashTable *omit;    /* char *: directories that are not entered, a set */
    GHashTable *borders; /* char *: mount points; what lies behind is a start of its own or left out */
    GPtrArray *skipped;  /* char *: "PATH (FSTYPE)" */
};

/* From the host's mountinfo, the known places of container storage and dockerd's data-root. */
struct walk_plan *walk_plan_new(struct host *host);
void walk_plan_free(struct walk_plan *plan);
PL_DEFINE_CLEANUP(walk_plan, walk_plan_free)
/* Also true for the container storage in somebody's home. */
bool walk_plan_omits(const struct walk_plan *plan, const char *path);
bool walk_plan_is_border(const struct walk_plan *plan, const char *path);
void walk_plan_skip(struct walk_plan *plan, const char *path, const char *why);
