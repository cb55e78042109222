/* The one walk over the local file systems, shared by all rules that need one.
 *
 * What it did not see is a part of its answer: every place that was left out or could not be read is a gap, and files
 * beyond what is kept are counted in groups. Who asks for files of a kind asks for the gaps of that kind too. */
#pragma once

#include "host/host.h"

enum walk_kind {
    WALK_SETUID = 1 << 0,         /* regular file, S_ISUID */
    WALK_SETGID = 1 << 1,         /* regular file, S_ISGID */
    WALK_WORLD_WRITABLE = 1 << 2, /* regular file, S_IWOTH */
    WALK_STICKY_MISSING = 1 << 3, /* directory, S_IWOTH without S_ISVTX */
    WALK_UNOWNED = 1 << 4,        /* uid not in the root's passwd */
    WALK_UNGROUPED = 1 << 5,      /* gid not in the root's group */
    WALK_DEVICE = 1 << 6,         /* device node outside /dev */
    WALK_CAPABILITY = 1 << 7,     /* regular executable with security.capability */
};
#define WALK_KINDS 8U
#define WALK_ALL   ((1U << WALK_KINDS) - 1)

struct walk_entry {
    char *path;
    unsigned kinds; /* enum walk_kind bits */
    struct host_stat stat;
    uint64_t caps_permitted; /* WALK_CAPABILITY only */
};

/* Files of one kind that are alike and were not kept one by one: too many of one owner, or too deep to be named. */
struct walk_group {
    unsigned kind; /* one bit */
    uid_t uid;
    gid_t gid;
    mode_t mode;
    guint64 count;
    char *below; /* the directory that all of them lie below, at whatever depth */
    bool named;  /* some of them have a path that can be named (PATH_MAX) */
};

enum walk_gap_why {
    WALK_GAP_DENIED, /* no right to look */
    WALK_GAP_FAILED, /* looking failed */
    WALK_GAP_LEFT,   /* left out: a file system that is not searched, or is not known */
    WALK_GAP_BOUND,  /* a bound of ours was met */
};

/* A place that was not seen, or not whole. */
struct walk_gap {
    enum walk_gap_why why;
    char *path;     /* the directory (or file); "/" when it may be anywhere */
    char *text;     /* why, in a few words: "nfs4, mounted without nosuid" */
    unsigned kinds; /* which kinds may be there: of a mount with nosuid none that gives rights */
};

struct walk {
    GPtrArray *entries;  /* struct walk_entry by path, only those with a kind */
    GPtrArray *groups;   /* struct walk_group */
    GPtrArray *gaps;     /* struct walk_gap by path, at most 1,000 */
    guint64 more_gaps;   /* beyond those */
    unsigned more_kinds; /* the kinds of these */
};

/* Walks once per host (memo): all that lies on this machine's own media and memory, mounts below an offline root too.
 *
 * Root's files and those of all others have room of their own, so that nobody's files push out another's: of each kind
 * WALK_ROOT_MAX of root, WALK_OWNER_MAX of each other owner and WALK_OTHERS_MAX of all others.
 *
 * In the storage of a container engine that is proven by its structure and its owner, only setuid and setgid files,
 * capabilities and devices are looked for (in that of an ordinary user: those that belong to root); the other kinds
 * are the containers' business. Image layers and roots of containers are not entered where nobody but root can reach
 * them.
 *
 * In parallel, getdents64 + statx relative to directory descriptors, no symlink followed. Owned by the host. */
const struct walk *host_walk(struct host *host);

#define WALK_ROOT_MAX   6000U
#define WALK_OWNER_MAX  2000U
#define WALK_OTHERS_MAX 6000U
