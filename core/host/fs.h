/* The file system behind a host, private to this floor: a real one (a directory) or one kept in memory (a test).
 *
 * Paths are absolute inside the root and normalised by the caller (no empty or "." component, no slash at the end).
 * Functions return 0 (or a descriptor) or a negative errno value; -ENXIO says: there, but of another kind. */
#pragma once

#include "host/fs_fd.h"
#include "host/host.h"
#include "host/root.h"

struct host_fs;
struct reader;

struct host_fs_ops {
    /* As host_open(). */
    int (*open)(struct host_fs *fs, const char *path, unsigned flags);
    int (*stat)(struct host_fs *fs, const char *path, bool follow, struct host_stat *out);
    int (*readlink)(struct host_fs *fs, const char *path, char **out);
    /* Appends struct host_dirent in no order, at most `max`: then -EFBIG. */
    int (*list)(struct host_fs *fs, const char *path, guint max, GPtrArray *out);
    int (*getxattr)(struct host_fs *fs, const char *path, const char *name, GBytes **out);
    int (*resolve)(struct host_fs *fs, const char *path, char **out);
    /* The bytes of a regular file, at most `max` (else -EFBIG); NULL: open and read. */
    int (*read)(struct host_fs *fs, const char *path, gsize max, GBytes **out);
    /* How many microseconds one answer may take; NULL: it is never waited for anybody. */
    void (*set_patience)(struct host_fs *fs, gint64 patience);
    /* Places that did not answer in time, in no order; NULL: it is never waited for anybody. */
    char **(*silent)(struct host_fs *fs);
    void (*free)(struct host_fs *fs);
};

struct host_fs {
    const struct host_fs_ops *ops;
};

/* A directory as the root. On a running machine the magic links of /proc are followed. NULL, *err set. */
struct host_fs *fs_real_new(const struct root *root, int *err);
/* What the process itself sees of the running machine. */
struct host_fs *fs_real_new_own(int *err);
/* From now on every call is made by the calling thread, however long it takes: for a process that has no other and may
 * be left behind as a whole. */
void fs_real_stay_alone(struct host_fs *fs);
/* For tests: resolve without openat2, as on kernels before 5.6. */
void fs_real_force_walk(struct host_fs *fs);
/* An O_PATH descriptor of what is at `path`, links followed, whatever it is. Real file systems only. */
int fs_real_hold(struct host_fs *fs, const char *path);
/* From now on lookups below /proc/PID, and those that are denied to the caller, go to readers (host/reader.h). */
void fs_real_set_reader(struct host_fs *fs, struct reader *reader);
/* Whether a path is looked at by readers alone: other processes, and the list of all. */
bool fs_real_is_for_reader(const struct host_fs *fs, const char *path);

/* An O_PATH descriptor for `path` below `root`, where no link and no ".." leads out: without openat2. With `resolved`,
 * the path without links is put there. */
int fs_walk_open(int root, const char *path, bool follow, GString *resolved);
