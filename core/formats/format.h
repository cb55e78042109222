/* Bytes to json_object trees that remember line numbers. One file a format, each one row of formats.def. */
#pragma once

#include "host/host.h"
#include "model/tree.h"

/* What the root of a format's trees is. */
enum format_shape {
    FORMAT_MAPPING,  /* members by name, or whatever the document is: a path leads to a setting */
    FORMAT_SECTIONS, /* a mapping of sections, each a mapping: a path to a setting has two members at least */
    FORMAT_LIST,     /* an array of lines or documents: no path of names leads anywhere */
    FORMAT_ELEMENT,  /* an XML element, whose members are fixed */
};

/* What a key that comes again in a file becomes. */
enum format_repeats {
    REPEATS_ONE,   /* one value, or an error: the format's summary says which */
    REPEATS_ARRAY, /* an array of its values in order */
    REPEATS_RESET, /* the same, and an empty value takes back what came before */
};

struct format {
    const char *name;    /* "yaml", "json", "toml", "ini", "systemd", "keyvalue", "colon", "sshd", "xml" ... */
    const char *summary; /* one line, and what the tree looks like */
    enum format_shape shape;
    enum format_repeats repeats;
    /* The tree of `n` bytes at `text` (NUL follows). `name` is for messages only. Bounded: depth 64, nodes 500,000.
     * NULL with PL_ERROR_PARSE or PL_ERROR_LIMIT and "NAME:LINE:COLUMN: " in front. Caller owns. */
    json_object *(*parse)(const char *name, const char *text, gsize n, GError **error);
    bool folds; /* those who read it match keys without case: json_names_respelled() finds what they may mix up */
};

const struct format *format_find(const char *name);
/* The same for a name that a person wrote: NULL with PL_ERROR_CONTENT, which says what is near and which there are. */
const struct format *format_named(const char *name, GError **error);
const struct format *const *format_all(size_t *count);
/* "mapping", "sections" ..., and what that means for the path to a value, in one sentence without an end. */
const char *format_shape_name(enum format_shape shape);
const char *format_shape_text(enum format_shape shape);
const char *format_repeats_text(enum format_repeats repeats);
/* The format a file name suggests (.yaml .json .toml .conf ...), NULL when none. */
const struct format *format_guess(const char *path);

/* Reads and parses a file of the host once (memo). Published tree: read only, owned by the host. On failure NULL and
 * a copy of the one error, the same for all who ask; PL_ERROR_LIMIT too where it does not fit beside the trees that are
 * kept already (host/room.h). */
json_object *format_read(struct host *host, const char *path, const struct format *format, GError **error);
