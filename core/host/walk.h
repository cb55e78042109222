/* The one walk over the local file systems, shared by all rules that need one. */
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

struct walk_entry {
    char *path;
    unsigned kinds; /* enum walk_kind bits */
    struct host_stat stat;
    uint64_t caps_permitted; /* WALK_CAPABILITY only */
};

struct walk {
    GPtrArray *entries; /* struct walk_entry by path, only those with a kind; at most 100,000 */
    guint64 files, directories;
    char **unreadable; /* directories that could not be read, at most 100 */
    guint64 unreadable_count;
    char **skipped; /* mount points left out: "PATH (FSTYPE)" */
    bool truncated; /* an entry bound was met */
};

/* Walks once per host (memo): local file systems only; leaves out network, overlay, pseudo file systems, and
 * container storage (/var/lib/docker, containerd, containers, kubelet pods, lxd ...). In parallel, getdents64 + statx
 * relative to directory descriptors, no symlink followed. Owned by the host. */
const struct walk *host_walk(struct host *host);
