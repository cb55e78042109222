/* Containers of a test's `host:` mapping. Each is spread over the host's other keys: the processes with all that the
 * kernel shows of them, files of control groups and of the container's root, records of its engine. Private to this
 * floor; plumbline-checks(5) has the members. */
#pragma once

#include "host/inline_value.h"

#include <glib.h>

/* How a runtime starts containers, and where it keeps what. "%s" is the id. */
struct inline_runtime {
    const char *name;
    const char *group, *group_v1; /* control groups of version 2 and 1 */
    const char *bundle;           /* of OCI; NULL: there is none */
    const char *const *monitor;   /* arguments of the process above, NULL-terminated; NULL: process 1 */
    bool in_bundle;               /* the monitor works in it */
    bool named;                   /* the id is the name */
    bool mounts_files;            /* resolv.conf and hosts lie with the engine */
};

/* One of them. Texts are owned, the rest is borrowed. */
struct inline_container {
    const json_object *spec;
    guint index;
    const struct inline_runtime *runtime;
    char *name, *id, *group, *root, *bundle;
    gint64 pid, monitor;
    bool privileged, group_v1;
    bool stopped; /* its records are all there is of it */
    char *mountinfo;
    json_object *controllers; /* of version 1; owned */
};

/* What they come to, in the form of the host's own keys; owned. */
struct inline_spread {
    json_object *processes; /* a list */
    json_object *files, *http;
    json_object *device_programs; /* by the folder of a control group */
    json_object *stored;          /* Podman's and CRI-O's list of containers */
    json_object *unknown;         /* what an engine answers that keeps no record of Docker's containers, by the call */
    char *mounts;                 /* the host's mountinfo */
    const json_object *stated;    /* files that the host states; NULL */
    bool engine;                  /* its process is among them */
};

/* `spec` with its containers spread; what it states beside them lies over what they make: a file by its path, a
 * process by its pid, member by member. *out NULL when it has none. False with error when one is stated wrongly. */
bool inline_containers(const json_object *spec, json_object **out, GError **error);

/* ---- the parts ---- */

/* False with error for a member that there is not, or of another kind. */
bool inline_container_check(const json_object *spec, GError **error);
/* A mount of the path `source` at `target`: the kernel shows what a link leads to, and escapes what would end a word,
 * so that a table with anything else is no machine's. `files` are those of the host, or NULL. False with error. */
bool inline_container_place(const json_object *files, const json_object *at, const char *source, const char *target,
                            GError **error);
/* The same of the other parts of a mount that is stated as a mapping. */
bool inline_container_parts(const json_object *mount, GError **error);
/* Is the member there, null too? */
bool inline_stated(const json_object *object, const char *key);
/* The text of a scalar member, or the fallback. Caller frees; NULL with error. */
char *inline_member(const json_object *object, const char *key, const char *fallback, GError **error);
void inline_put_text(json_object *object, const char *key, const char *text);
void inline_put_int(json_object *object, const char *key, gint64 number);
/* True when the list of texts has the word. */
bool inline_has_word(const json_object *list, const char *word);
/* Lays `over` upon `base`, members of mappings one by one; a null stays a null. The caller owns the copy. */
json_object *inline_lay(const json_object *base, const json_object *over);

/* The container's own namespaces: all that it does not share with the host. */
bool inline_shares(const struct inline_container *container, const char *kind);
/* The capabilities of a set ("effective", "bounding" ...) for a process whose members are `process`: a list, "all" or
 * "none". The caller owns it; NULL with error. */
json_object *inline_container_caps(const struct inline_container *container, const json_object *process,
                                   const char *set, GError **error);
/* Docker's usual set; NULL-terminated. */
extern const char *const inline_default_caps[];

bool inline_container_mounts(struct inline_container *container, const struct inline_spread *spread, GError **error);
bool inline_container_processes(const struct inline_container *container, struct inline_spread *spread, GError **error);
bool inline_container_group(const struct inline_container *container, struct inline_spread *spread, GError **error);
bool inline_container_records(const struct inline_container *container, struct inline_spread *spread, GError **error);
