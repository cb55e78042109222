/* The mount table of the running machine, and fstab. */
#pragma once

#include "host/host.h"

struct mount_entry {
    char *path, *fstype, *source;
    char *root;     /* mountinfo: the directory of the file system that is mounted; NULL in fstab */
    char **options; /* mountinfo: per-mount and super block, each once */
    char *subvol;   /* btrfs: the sub-volume of the super block, NULL */
    unsigned dev_major, dev_minor;
    unsigned line;
};

struct mounts {
    char *path;       /* of the kernel's table: /proc/self/mountinfo, or what host_mount_table() says */
    GPtrArray *table; /* struct mount_entry of it in order: a part of it when table_error is set */
    GPtrArray *fstab; /* struct mount_entry of /etc/fstab in order, entries without a mount point left out */
    GError *table_error, *fstab_error; /* why it could not be read whole (PL_ERROR_ABSENT too); NULL when it was */
};

/* Read once, owned by the host. */
const struct mounts *mounts_get(struct host *host);
/* The entry that is on top at exactly this path, NULL when nothing is mounted there. Borrowed. */
const struct mount_entry *mounts_at(const struct mounts *mounts, const char *path);
/* The entry whose file system holds the directory in which `path` lies ("/var" for "/var/tmp"). NULL for "/". */
const struct mount_entry *mounts_parent(const struct mounts *mounts, const char *path);
/* The entry of fstab that systemd uses for a path (the first one), NULL when there is none. */
const struct mount_entry *mounts_fstab(const struct mounts *mounts, const char *path);

/* "nosuid,context=\"a,b\"" cut at commas outside quotes, each option once, NULL-terminated. Caller frees. */
char **mounts_cut_options(const char *text);
/* The same as mount(8) takes options that somebody wrote: of an option and its opposite the last one counts, and user,
 * users, owner and group bring others. Caller frees. */
char **mounts_effective_options(const char *text);
bool mounts_has_option(const struct mount_entry *entry, const char *option);
