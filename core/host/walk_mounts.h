/* The mounts below a host's root, and which of them a path shows. Private to this floor. */
#pragma once

#include "host/walk.h"

struct walk_mount {
    uint64_t id, parent;
    unsigned major, minor;
    char *root, *point, *type, *super; /* super: options of the file system */
    bool nosuid, nodev, noexec;
};

struct walk_mounts {
    GPtrArray *list;      /* struct walk_mount in the order of the table */
    GHashTable *at;       /* key of parent and point -> the mount there */
    GHashTable *ids;      /* &id -> struct walk_mount */
    GHashTable *children; /* &id of a mount -> GPtrArray of mounts on directories of it */
    GError *error;        /* the table could not be read whole; NULL */
};

/* As the kernel says now (inline: as the test states). Of an offline root the auditing machine's mounts below it, with
 * paths inside the root; "/" is then what the root itself lies on. */
struct walk_mounts *walk_mounts_new(struct host *host);
void walk_mounts_free(struct walk_mounts *mounts);
PL_DEFINE_CLEANUP(walk_mounts, walk_mounts_free)

/* The mount that a path is looked up in, NULL where the table does not tell. A mount that another one lies over shows
 * nowhere. */
const struct walk_mount *walk_mounts_serving(const struct walk_mounts *mounts, const char *path);
bool walk_mounts_shows(const struct walk_mounts *mounts, const struct walk_mount *mount);
/* `path` is `directory` or lies below it. */
bool walk_is_below(const char *path, const char *directory);
/* What follows `directory` in a path below it: "" or "/rest". */
const char *walk_rest(const char *path, const char *directory);

/* What is done with a mount. */
struct walk_verdict {
    enum { MOUNT_WALK, MOUNT_NOTHING, MOUNT_NAME } what;
    unsigned kinds; /* MOUNT_NAME: what may be there */
    char *text;     /* MOUNT_NAME: owned, as walk_gap.text */
};
/* Network file systems are not searched. They are the business of the machine that serves them, except for what they
 * give rights with here: setuid, setgid, capabilities and devices, where nosuid and nodev do not forbid these. A FUSE
 * mount of an ordinary user shows what he likes, to himself. */
void walk_mount_judge(const struct walk_mount *mount, struct walk_verdict *verdict);
