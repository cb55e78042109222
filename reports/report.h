/* Report formats: one file a format, each one row of reports.def. A renderer reads struct audit and nothing else:
 * same audit in, same bytes out. It never touches the host, prints or exits. */
#pragma once

#include "model/audit.h"

#include <glib.h>

struct report_options {
    bool color;               /* text only: ANSI colours */
    bool utf8;                /* text only: signs and bars beyond ASCII */
    bool hyperlinks;          /* text only: OSC 8 */
    bool safe_palette;        /* text only: blue and orange */
    bool verbose;             /* text only: passes with their evidence too */
    bool quiet;               /* text only: the verdict line alone */
    bool names;               /* text only, beside quiet: what failed, when the demands are not met */
    int width;                /* text only: columns; 0: tables keep to 100, lines are not cut */
    const char *const *files; /* text only: files that were written beside it, told at its end; NULL: none */
};

struct report {
    const char *name;       /* "html" */
    const char *media_type; /* "text/html" */
    const char *extension;  /* "html" */
    const char *summary;    /* one line */
    /* Appends the whole report to `out`. False only with PL_ERROR_LIMIT. */
    bool (*render)(const struct audit *audit, const struct report_options *options, GString *out, GError **error);
};

const struct report *report_find(const char *name);
const struct report *const *report_all(size_t *count); /* by name */

/* The canonical JSON back to an audit; PL_ERROR_PARSE with a path into the document. Caller frees. */
struct audit *audit_from_json(const char *text, gsize n, GError **error);

/* Writes bytes to `path` under a temporary name in the same folder (O_EXCL), fsync, fchmod to `mode`, rename.
 * What stands there and is no file is never replaced: a device or a pipe takes the bytes, the rest is an error.
 * PL_ERROR_WRITE; then nothing is left behind and an older file stands as it was. */
bool report_write(const char *path, const char *bytes, gsize n, unsigned mode, GError **error);
