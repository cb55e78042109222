/* One layer of an image: the names in it, what it takes away from the layers below, and the files that matter. */
#pragma once

#include "formats/archive.h"
#include "host/host.h"

#include <stdbool.h>

/* Why a file matters, as bit numbers. */
enum image_kind {
    IMAGE_SETUID,
    IMAGE_SETGID,
    IMAGE_CAPABILITY,      /* has security.capability */
    IMAGE_WORLD_WRITABLE,  /* regular file */
    IMAGE_STICKY_MISSING,  /* world-writable directory */
    IMAGE_CREDENTIAL,      /* by its name */
    IMAGE_PRIVATE_KEY,     /* by its content */
    IMAGE_SSH_KEY,         /* authorized_keys, host keys */
    IMAGE_PACKAGE_MANAGER, /* programs */
    IMAGE_TOOL,
    IMAGE_SSHD,
    IMAGE_CACHE,
    IMAGE_LEFTOVER,
    IMAGE_BACKDOOR, /* liblzma 5.6.0 and 5.6.1 */
    IMAGE_ODD_LINK, /* a link where runtimes expect a file or directory of the image */
    IMAGE_TEXT,     /* its content is kept */
    IMAGE_KIND_COUNT
};
#define IMAGE_BIT(kind) (1U << (kind))
/* What is a secret: also of interest in a layer below one that deleted it. */
#define IMAGE_SECRETS (IMAGE_BIT(IMAGE_CREDENTIAL) | IMAGE_BIT(IMAGE_PRIVATE_KEY) | IMAGE_BIT(IMAGE_SSH_KEY))

/* What a file is by its name: a hard link to it is not. */
#define IMAGE_BY_PLACE                                                                                                 \
    (IMAGE_BIT(IMAGE_TEXT) | IMAGE_BIT(IMAGE_PACKAGE_MANAGER) | IMAGE_BIT(IMAGE_TOOL) | IMAGE_BIT(IMAGE_SSHD) |        \
     IMAGE_BIT(IMAGE_CACHE) | IMAGE_BIT(IMAGE_LEFTOVER))

/* A layer holds at most this many names; more is PL_ERROR_LIMIT. */
#define IMAGE_NAMES_MAX 500000U

struct image_file {
    char *path; /* "usr/bin/su" */
    unsigned kinds;
    char *hardlink; /* target that was not found in the same layer; NULL */
    GBytes *content;
};

enum image_name { IMAGE_NAME_DIRECTORY = 1, IMAGE_NAME_OTHER, IMAGE_NAME_LINK /* symbolic */ };

struct image_layer {
    bool whole;           /* holds everything: nothing below it is seen (storage driver vfs) */
    GHashTable *names;    /* path -> GINT_TO_POINTER(enum image_name) */
    GHashTable *links;    /* path -> target, of those that are or were symbolic links */
    GHashTable *whited;   /* paths that it takes away */
    GHashTable *opaque;   /* directories of which it takes everything below away */
    GHashTable *files;    /* path -> struct image_file */
    GHashTable *escaping; /* names that lead out of the image */
    bool summed;
    struct archive_sums sums; /* of an archive that was read to its end */
    GError *error;            /* it could not be read to its end */
    GError *hindered;         /* the first directory or file in it that could not be read; NULL */
};

struct image_layer *image_layer_new(bool whole);
void image_layer_free(gpointer layer);

/* The bytes of the entry that is being added, at most `max`; NULL on failure, with *error set. */
typedef GBytes *(*image_content_reader)(gpointer data, gsize max, GError **error);

/* Notes an entry, with or without whiteout meaning. `read` gives the content where it decides. False when the layer is
 * full or the content could not be read: layer->error says it. */
bool image_layer_add(struct image_layer *layer, const struct archive_member *member, bool has_capability,
                     image_content_reader read, gpointer data);
/* A path that is taken away, and a directory that hides all that was below it. */
void image_layer_whiteout(struct image_layer *layer, const char *path);
void image_layer_opaque(struct image_layer *layer, const char *directory);

/* Reads a layer's tar archive, whiteouts by name (.wh.NAME, .wh..wh..opq); the reader stays the caller's. */
void image_layer_from_archive(struct image_layer *layer, struct archive_reader *reader);
/* Walks a layer's directory on the host. `overlay`: whiteouts are character devices 0/0, opaque is an attribute. */
void image_layer_from_directory(struct image_layer *layer, struct host *host, const char *directory, bool overlay);

/* What a path is in this layer; 0: it is not in it. */
enum image_name image_layer_name(const struct image_layer *layer, const char *path);
/* Does the layer hide `path` of the layers below it? */
bool image_layer_hides(const struct image_layer *layer, const char *path);
