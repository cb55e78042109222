/* A file system laid over another one that fails at one place or at one call, and otherwise tells what the one below
 * tells. Without a global: each host has its own fault. */
#pragma once

#include "host/fs.h"

enum fault_kind {
    FAULT_NONE,     /* only records what is asked */
    FAULT_DENIED,   /* EACCES: content, names and link of the place, all below it, its attributes; stat(2) of it goes on
                     */
    FAULT_EIO,      /* EIO: everything at the place and below it */
    FAULT_BIG,      /* the content, or the list of names, is over its bound */
    FAULT_FIFO,     /* there is a FIFO in its place, with the same mode and owner */
    FAULT_REMOVED,  /* it is not there */
    FAULT_VANISHED, /* its directory names it, and then it is not there */
    FAULT_NTH,      /* call number `nth`, from 1, gets EIO */
    FAULT_SHORT,    /* EIO in the middle of its content, or of its list of names; all else of it goes on */
    FAULT_LINK,     /* EIO for the target of the link alone */
    FAULT_XATTR,    /* EIO for its attributes alone */
    FAULT_GROWS,    /* its content, or its list of names, is over its bound when it is read for the second time */
};

/* What is asked of a place, as bits of a set. */
enum fault_op { OP_CONTENT, OP_LIST, OP_LINK, OP_STAT, OP_ATTRIBUTE, OP_RESOLVE, OP_AGAIN, OP_PASSED };

struct fault {
    enum fault_kind kind;
    const char *path; /* without links; borrowed */
    unsigned nth;
};

/* What was asked, while the fault is FAULT_NONE. */
struct fault_record {
    unsigned calls;
    GHashTable *paths; /* char *, resolved: every place that was asked for, and its parents -> set of fault_op, where
                          OP_AGAIN is a second look at content or names, OP_PASSED one at something below */
};

/* `inner` is borrowed and must live longer. `record` may be NULL. */
struct host_fs *fault_fs_new(struct host_fs *inner, const struct fault *fault, struct fault_record *record);
