/* One operation of a real file system with its arguments, so that it can be handed to another thread; and handing it to
 * one that may be left behind, when those that have to answer are silent. Private to the real file system. */
#pragma once

#include "host/fs.h"

struct fs_call {
    enum { CALL_OPEN, CALL_STAT, CALL_READLINK, CALL_LIST, CALL_XATTR, CALL_RESOLVE, CALL_READ } kind;
    struct host_fs *fs;
    const char *path, *name;
    unsigned flags; /* of open; of stat: follow; of list: max */
    gsize max;      /* of read */
    void *out;      /* where the kind puts what it finds: as the functions of struct host_fs_ops */
    int result;
};

/* What is needed to ask file systems that may not answer. */
struct far {
    struct remote *remote;
    struct errands *errands;
    gint64 patience; /* microseconds for one answer */
};

/* The directory `root` of the mount table `mounts`, whose paths begin at the directory `top`: remote_new(). */
void far_init(struct far *far, const char *root, int mounts, int top);
/* False: threads were left behind, and what their calls use must not be freed. */
bool far_clear(struct far *far);

/* Makes a call by run(a copy of it) in another thread, for as long as patience lasts. What did not answer once is not
 * asked again: -ETIMEDOUT; -EAGAIN: there was no thread to send. */
int far_ask(struct far *far, const struct fs_call *call, void (*run)(gpointer call), const char *place);
