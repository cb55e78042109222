/* What lies below a directory or is the file there, for whoever asks: one bounded walk, whatever is looked for.
 *
 * Its listings are kept, so that a directory is read once an audit, however many ask about it and whatever they ask:
 * who has a directory left out by one question does not read it for that one. No link is followed, and nothing is
 * entered that is mounted below the top: it has a line of its own in the mount table. */
#pragma once

#include "facts/system/mountinfo.h"

/* Files and levels of directories that are looked at below one top, and the seconds that this may take: file systems
 * that somebody else serves may have no end. */
#define BELOW_FILES_MAX   20000U
#define BELOW_DEPTH_MAX   64U
#define BELOW_SECONDS_MAX 20

struct below_entry {
    const char *folder;           /* what lies between the top and the file: "" or "/a/b" */
    const char *name;             /* NULL: the top itself */
    const struct host_stat *stat; /* of the file itself */
};

/* The path of an entry, where the top is called `top`. Caller frees. */
char *below_path(const char *top, const struct below_entry *entry);

enum below_step {
    BELOW_ON,    /* further; a directory is entered */
    BELOW_APART, /* further; a directory is not entered */
    BELOW_FOUND, /* enough was seen */
};

struct below {
    struct host *host;
    const char *top;                /* as the host calls it */
    bool follow;                    /* it is a link of the kernel's, /proc/PID/root */
    const struct mountinfo *mounts; /* in which nothing may be mounted below `place`; NULL: mounts are entered */
    const char *place;              /* the top, as the table calls it */
    enum below_step (*visit)(const struct below_entry *entry, gpointer data); /* each directory before its files */
    gpointer data;
    guint files;    /* looked at until now, which the bound is of: one struct may serve several tops in turn */
    gint64 elapsed; /* microseconds */
};

/* True when all was seen that was not left out, or BELOW_FOUND. Else something could not be looked at, the top itself
 * among it, or there is more than the bounds: the error says what (PL_ERROR_LIMIT, or the first failure), and is noted
 * (host/notes.h) where `error` is NULL. */
bool below_walk(struct below *below, GError **error);
