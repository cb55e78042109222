/* A record of a container, and how those who read one fill it: from an engine, its files, a storage or a bundle. */
#pragma once

#include "facts/container/find.h"
#include "host/process.h"
#include "model/problem.h"

/* Limits and rights that a record or a bundle asks for. -1 and NULL: it does not say. */
struct container_wanted {
    const char *source;        /* "record" or "bundle"; static text */
    double memory, pids, cpus; /* 0: unlimited */
    int rootfs_readonly, no_new_privs, seccomp, privileged;
    int namespaces[NS_COUNT]; /* 1: the host's, 0: its own */
    bool bounding_known;
    uint64_t bounding;
};

struct container_record {
    const char *from;               /* api, files, storage or bundle; static text; NULL: no record was found */
    char *where;                    /* the request or the file */
    struct problem *problem;        /* why no record could be read although there may be one; NULL */
    struct problem *wanted_problem; /* why `wanted` may lack some of what was asked for; NULL */
    char *name;                     /* NULL */
    json_object *fields;            /* the probe's fields by name; read only; NULL without a record */
    GPtrArray *wanted;              /* struct container_wanted: of the record, of the bundle */
    GPtrArray *made;                /* char *: files and folders that the engine made for the container */
    GPtrArray *volumes;             /* char *: folders of the engine's that are volumes of the container */
    GPtrArray *volume_folders;      /* char *: where each folder NAME has a volume of the engine's as NAME/_data */
    GPtrArray *likely_folders;      /* char *: the same where a record could not be read that would tell */
    GPtrArray *overlays;            /* char *: places inside where the runtime mounts an overlay */
    GPtrArray *devices;             /* char *: absolute paths inside where device nodes are asked for */
    json_object *device_rules;      /* texts of the rules asked for ("b 8:0 rwm"); NULL: not known */
    int own_users;                  /* 1: it was started in a user namespace of its own, 0: in its runtime's; -1 */
    int block_devices;              /* a rule for block devices is asked for; -1: not known */
    json_object *tree;              /* Docker's whole record of one that does not run; NULL */
    bool running;                   /* Docker's record says that it runs */
    gint64 started;                 /* when, as the record says, in seconds since 1970; 0: it does not */
    gint64 pid;                     /* its first process, as the record says; 0: it does not */
};

/* One that says nothing. */
struct container_record *container_record_blank(void);
void container_record_free(struct container_record *record);
/* A container_wanted that says nothing yet. Caller frees with g_free. */
struct container_wanted *container_wanted_new(const char *source);

/* Parses a JSON file that is read once: no cache keeps it. NULL with error. Caller owns. */
json_object *container_read_json(struct host *host, const char *path, GError **error);
/* The same for a file whose content is of that type, and an error if it is of another one. */
json_object *container_read_kind(struct host *host, const char *path, enum json_type type, GError **error);
/* Keeps the first failure, unless it is an absence, as a problem of a record. */
void container_record_hinder(struct problem **problem, const GError *error);

/* Labels that are told; the field "labels" of a record has one more where there are more. */
#define CONTAINER_LABELS_MAX 200

/* Adds the fields image and image_pinned, where an image (NULL, "") is named. */
void container_record_add_image(json_object *fields, const char *image);
