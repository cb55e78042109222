/* How those who read a record say what a container that does not run would be: its first process and its mounts. What
 * they do not say is not known, never a default. */
#pragma once

#include "facts/container/planned.h"
#include "facts/context.h"

struct plan {
    const struct fact_context *context;
    const struct containers *containers; /* those that run: namespaces may be theirs */
    struct container_planned *planned;
    GString *table; /* the mount table so far, as the kernel would print it */
};

/* `where` names the record. */
void plan_begin(struct plan *plan, const struct fact_context *context, const char *where);
/* Hands over what was said. */
struct container_planned *plan_end(struct plan *plan);

/* Takes `value`: a field of the probe that the record decides by itself. */
void plan_set(const struct plan *plan, const char *field, json_object *value);
/* The field may have more, or be another: it is unread, whatever comes of it. */
void plan_doubt(const struct plan *plan, const char *field, const char *why);
/* The same for all fields that follow from mounts. */
void plan_doubt_mounts(const struct plan *plan, const char *why);

/* ---- the first process ---- */

/* 1: the host's, 0: its own, -1: not known. */
void plan_namespace(const struct plan *plan, enum ns kind, int shared);
/* That of another container, by its name or id; of one that does not run it is not known. */
void plan_namespace_of(const struct plan *plan, enum ns kind, const char *container);
/* `uid` and `gid` inside; `base` is what root is mapped to on the host. */
void plan_ids(const struct plan *plan, uint32_t uid, uint32_t gid, uint32_t base);
/* A further group of the process, as inside. */
void plan_group(const struct plan *plan, uint32_t gid, uint32_t base);
/* "CAP_CHOWN", "chown", "ALL" of a list as bits. */
uint64_t plan_cap_bits(const json_object *list);

/* The directory that it begins its work in. */
void plan_directory(const struct plan *plan, const char *folder);
/* The name of a variable ("NAME=value") that holds a secret; NULL. Caller frees. */
char *plan_secret_of(const char *entry);

/* ---- its mounts ---- */

struct plan_bind {
    const char *source, *target; /* path of the host; inside */
    bool writable, shared;       /* shared: mounts made on one side appear on the other */
    bool alone;                  /* without what the host mounted below the source */
    bool all_readonly;           /* of one that is not writable what the host mounted below is neither */
};

/* What the host shows at a path. */
void plan_bind(const struct plan *plan, const struct plan_bind *bind);
/* A file system of its own: "tmpfs", "overlay". */
void plan_mount(const struct plan *plan, const char *fstype, const char *target, const char *options);
/* /proc with what is hidden in it and what is read-only (lists of paths, NULL: nothing), /sys and the control groups.
 */
void plan_kernel(const struct plan *plan, const json_object *masked, const json_object *readonly, bool sys_writable);
