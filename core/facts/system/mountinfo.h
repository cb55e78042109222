/* A mount table (/proc/PID/mountinfo, proc_pid_mountinfo(5)) and what it says about paths. */
#pragma once

#include "host/host.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct mount_line {
    unsigned major, minor;
    char *root;    /* directory of the file system that is the top of this mount */
    char *target;  /* where it is mounted */
    char *options; /* of the mount: "rw,nosuid" */
    char *fstype;
    char *source;
    char *super;             /* options of the file system */
    const char *propagation; /* private, shared, slave, "shared slave" or unbindable; static text */
    bool deleted;            /* its root was removed or replaced since */
    uint64_t peers;          /* peer group that it sends mounts to and receives them from; 0: none */
    uint64_t device;         /* major and minor in one number */
};

struct mountinfo {
    GPtrArray *lines;      /* struct mount_line, in the order of mounting */
    GStringChunk *texts;   /* what the lines point to */
    GHashTable *by_target; /* target -> the last line there: containers may have mounts without number */
    GHashTable *by_device; /* device -> GPtrArray of its lines; NULL before mountinfo_index() */
};

/* A table that cannot be read whole, or holds a line that is not of the format, is none: NULL with error. */
struct mountinfo *mountinfo_parse(const char *text, GError **error);
struct mountinfo *mountinfo_read(struct host *host, const char *path, GError **error);
void mountinfo_free(struct mountinfo *table);
PL_DEFINE_CLEANUP(mountinfo, mountinfo_free)
/* Sorts the lines by their file systems, for a table that is asked where others' mounts come from. */
void mountinfo_index(struct mountinfo *table);

/* The mount that serves a path: of the longest target that holds it, the last mounted. NULL without. */
const struct mount_line *mountinfo_covering(const struct mountinfo *table, const char *path);
/* The mount whose target is the path itself, the last one. NULL without. */
const struct mount_line *mountinfo_at(const struct mountinfo *table, const char *target);

/* Is the option one of a list like "rw,nosuid"? */
bool mount_has_option(const char *options, const char *name);
/* Mount and file system both allow writing. */
bool mount_is_writable(const struct mount_line *line);
/* `path` is `directory` or below it. */
bool path_is_below(const char *path, const char *directory);

/* The path in `host` of what `line` of another mount namespace shows, NULL when host does not show it. Of several
 * mounts of one file system the one with the shortest root counts: a bind mount elsewhere is not the file's home.
 * Caller frees. */
char *mountinfo_host_path(const struct mountinfo *host, const struct mount_line *line);
/* The table has some mount of the file system of a line; true too of a table without index. */
bool mountinfo_has_device(const struct mountinfo *table, const struct mount_line *line);

/* The paths of a host for what a mount of another table shows: char *, each once. */
struct mount_names {
    GPtrArray *same; /* of the directory or file itself: the one of mountinfo_host_path(), then those of other mounts */
    GPtrArray *below; /* where the host mounted something that lies below it */
    bool more;        /* there are others: `max` was met */
};

/* All names that `host` has for what `line` of the table `theirs` shows, at most `max`, but for what another mount of
 * `theirs` lies over. None where the host does not show it. */
void mountinfo_names(const struct mountinfo *host, const struct mountinfo *theirs, const struct mount_line *line,
                     guint max, struct mount_names *names);
void mount_names_clear(struct mount_names *names);
/* Where a path lies in its file system, and which mount of the table leads there; NULL without one. Caller frees. */
char *mountinfo_place(const struct mountinfo *table, const char *path, const struct mount_line **mount);
/* Where a place of a file system is through one of its mounts: "/srv/x" of "/x" for one of "/" at /srv. NULL when the
 * mount does not hold it. Caller frees. */
char *mount_path_of(const struct mount_line *line, const char *place);
