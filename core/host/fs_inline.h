/* A file system in memory: the machine that a rule test states. Private to this floor. */
#pragma once

#include "host/fs.h"

/* One file. Filled before the host is used, read only after. */
struct node {
    mode_t mode; /* type and permission bits */
    uid_t uid;
    gid_t gid;
    bool denied;          /* EACCES for whoever reads it */
    GBytes *content;      /* regular files; NULL: empty, or sparse when size is set */
    uint64_t size;        /* of a sparse file */
    char *target;         /* symlinks; a directory may have one too: a magic link of /proc that leads to itself */
    GHashTable *children; /* directories: name -> struct node */
    GHashTable *xattrs;   /* name -> GBytes, NULL when none */
    int64_t mtime;
    uint64_t ino;
    uint32_t dev_major, dev_minor; /* of a device node */
};

/* Who looks: an ordinary user (uid 1000) is bound by the modes. */
struct host_fs *fs_inline_new(bool privileged);
/* Also after the file system was filled. */
void fs_inline_set_privileged(struct host_fs *fs, bool privileged);

/* The node at `path`, made with its parent directories (0755) when it is not there yet; a new one is an empty regular
 * file 0644. Links on the way are followed, the last one is not; /proc/PID/root on the way becomes a directory of its
 * own. NULL when a parent is no directory. Borrowed. */
struct node *fs_inline_place(struct host_fs *fs, const char *path);
/* The node at `path`, NULL when absent; no link is followed. */
struct node *fs_inline_find(struct host_fs *fs, const char *path);
/* Takes away what is at `path`, and all below it. */
void fs_inline_remove(struct host_fs *fs, const char *path);

/* What place() gave becomes: */
/* Nodes are counted: one that a later file replaces, with all below it, stays until the last holder lets go. */
struct node *node_ref(struct node *node);
void node_unref(gpointer node);
void node_set_content(struct node *node, GBytes *bytes); /* takes bytes */
void node_set_text(struct node *node, const char *text);
void node_set_symlink(struct node *node, const char *target);
void node_set_directory(struct node *node);
void node_set_special(struct node *node, mode_t type);
void node_set_xattr(struct node *node, const char *name, GBytes *value); /* takes value */

/* Place and fill in one step; false as place(). */
bool fs_inline_text(struct host_fs *fs, const char *path, const char *text);
bool fs_inline_link(struct host_fs *fs, const char *path, const char *target);
bool fs_inline_directory(struct host_fs *fs, const char *path);
