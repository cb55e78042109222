/* What is asked of a reader, and how it answers; private to its two ends. */
#pragma once

#include "host/fs.h"

#include <limits.h>

enum reader_kind {
    READER_OPEN,     /* flags as host_open(): a descriptor */
    READER_ROOT,     /* "/proc/PID/root": an O_PATH descriptor */
    READER_STAT,     /* flags: follow; struct host_stat */
    READER_READLINK, /* a text */
    READER_LIST,     /* at most `max`: type, name, NUL; each */
    READER_XATTR,    /* `name`; bytes */
    READER_RESOLVE,  /* a text */
    READER_READ,     /* at most `max` bytes */
    READER_LINKS,    /* of a directory, at most `max`: name, NUL, gint32 error, target, NUL; each */
    READER_PROCESS, /* "/proc/PID" or "/proc/PID/task/TID": gint32 error, guint32 length, bytes; each of reader_parts */
    READER_PROGRAMS, /* the directory of a control group: guint32 length, instructions; each */
    READER_KINDS
};

struct reader_request {
    guint32 kind, flags;
    guint64 max;
    char name[64];
    char path[PATH_MAX + 1]; /* as long as it is; NUL-terminated */
};

/* Then `size` bytes in packets of at most READER_PACKET. */
struct reader_reply {
    gint32 result; /* 0 or a negative errno value */
    guint32 size;
};

#define READER_PACKET     ((gsize)64 << 10)
#define READER_ANSWER_MAX ((gsize)128 << 20)

/* Files and links of a process's directory that describe it, read through one descriptor of that directory. The last
 * tells whether the process was still there after all others. */
enum { READER_PARTS = 20 };
struct reader_part {
    const char *name;
    bool link;
};
extern const struct reader_part reader_parts[READER_PARTS];
