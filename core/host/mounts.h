/* Mount tables as the kernel writes them: the one reader of mountinfo (proc_pid_mountinfo(5)).
 *
 * What a program keeps of a table, and which question it asks of it, is its own business; how a line is read, and what
 * is said when a table is larger than we read, is here. */
#pragma once

#include "host/host.h"

/* fs.mount-max of Linux: the mounts that one namespace may have. */
#define HOST_MOUNTS_MAX 100000U
/* Bytes of one table. */
#define HOST_MOUNTS_BYTES_MAX ((gsize)64 << 20)

/* One mount. Texts are borrowed until the taker returns, escapes undone. */
struct mount_row {
    guint line; /* in its file, from 1 */
    uint64_t id, parent;
    unsigned major, minor;
    const char *root; /* directory of the file system that is the top of this mount, without the mark of `deleted` */
    const char *target;
    const char *options;         /* of the mount, "rw,nosuid"; as the kernel writes them */
    const char *const *optional; /* "shared:1", "master:2" ...; ends with NULL */
    const char *fstype, *source; /* "" where the kernel wrote nothing */
    const char *super;           /* options of the file system, as the kernel writes them */
    bool deleted;                /* the root was removed since */
};

/* False stops the reading, which is no error. */
typedef bool (*mount_taker)(const struct mount_row *row, gpointer data);

/* Hands out the mounts of a file such as /proc/self/mountinfo in their order, read as a stream. False with error set:
 * the table could not be read whole (PL_ERROR_LIMIT: a bound was met, PL_ERROR_PARSE: a line was not of the format),
 * and what was taken is a part of it. */
bool host_each_mount(struct host *host, const char *path, mount_taker take, gpointer data, GError **error);
/* The same from a descriptor, which stays the caller's: what the kernel says now, whatever was read before. */
bool fd_each_mount(int fd, const char *name, mount_taker take, gpointer data, GError **error);
/* The same for a text; it is changed. */
bool mounts_each_in(char *text, mount_taker take, gpointer data, GError **error);

/* The path of a directory without links, as the mount table of this process has it; owned. NULL: it cannot be looked
 * at, or lies among mounts that are not in this table, as below /proc/PID/root. */
char *mounts_path_of(const char *directory);

/* Undoes the escapes of mountinfo and fstab (three octal digits) in place. Returns `text`. */
char *mounts_unescape(char *text);
/* Is the option one of a list like "rw,nosuid"? */
bool mounts_option(const char *options, const char *name);
