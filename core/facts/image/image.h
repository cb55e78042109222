/* One image, as its sources fill it. */
#pragma once

#include "host/host.h"
#include "model/cleanup.h"

#include <json-c/json.h>
#include <stdbool.h>

/* Where a layer's bytes are. */
enum layer_place {
    LAYER_OVERLAY, /* a directory with overlayfs' whiteouts */
    LAYER_WHOLE,   /* a directory that holds everything (storage driver vfs) */
    LAYER_BLOB,    /* a tar archive that is a file */
    LAYER_MEMBER,  /* a tar archive inside an archive file */
};

struct image_place {
    enum layer_place place;
    struct host *host; /* whose path it is, borrowed */
    char *path;        /* of the directory or file */
    char *member;      /* LAYER_MEMBER: its name in the archive */
    /* What an archive must consist of, "sha256:..."; NULL: nobody says. */
    char *diff_id; /* unpacked */
    char *digest;  /* as it lies there */
    gint64 size;   /* of that; -1: nobody says */
};

struct image {
    const struct images *all; /* of which it is one */
    char *subject;            /* best name, or the short id */
    char *id;                 /* "sha256:..." */
    char *engine;             /* docker, containers-storage, archive */
    char *format;             /* docker or oci: what its configuration is written as */
    char **tags;              /* "name:tag" */
    char **digests;
    json_object *config; /* the "config" object of the image's configuration, owned; NULL: it has none */
    char **history;      /* instructions as recorded, oldest first */
    bool history_known;
    char *created; /* ISO 8601, NULL when not stated */
    char *arch, *os;
    gint64 size; /* -1: not known */
    bool in_use_known, in_use;
    bool stale_untold;      /* of some containers it is not known whether they are */
    char **stale;           /* containers that run it although their tag names another image by now; NULL: not known */
    char *source_path;      /* file it was read from, or NULL */
    char *source_api;       /* request it was read from, or NULL */
    GPtrArray *layers;      /* struct image_place, the lowest first */
    GError *layers_unknown; /* why the layers are not known; NULL: they are */
};

struct image *image_new(const char *engine);
void image_free(gpointer image);
PL_DEFINE_CLEANUP(image, image_free)
void image_add_layer(struct image *image, enum layer_place place, struct host *host, const char *path,
                     const char *member);
/* Chooses the subject, when everything else is filled. */
void image_finish(struct image *image, const char *fallback);
/* Gives the layers that were added the diff ids of the configuration document. False when there are not as many. */
bool image_expect_layers(struct image *image, const json_object *document);
void image_set_format(struct image *image, const char *format);
/* Fills what a configuration document (config, history, created, architecture, os) says. */
void image_take_config(struct image *image, const json_object *document);
/* The diff ids of a configuration document ("sha256:..."), lowest first; NULL when there are none. Caller frees. */
char **image_diff_ids(const json_object *document);
/* The strings of an array; empty when it is none. Caller frees. */
char **image_strings(const json_object *array);
/* Why a part that the image names could not be read: that it is not there is damage, and no absence. Caller frees. */
GError *image_damage(const GError *error);
