/* Report formats: one file a format, each one row of reports.def. A renderer reads struct audit and nothing else:
 * same audit in, same bytes out. It never touches the host, prints or exits. */
#pragma once

#include "model/audit.h"
#include "model/cleanup.h"

#include <glib.h>

/* What of its parts the text report shows. */
enum text_show {
    SHOW_FAIL, /* failures of medium severity and above */
    SHOW_LOW,  /* those below, a line each */
    SHOW_UNKNOWN,
    SHOW_WAIVED,
    SHOW_FOLDED,
    SHOW_MANUAL,
    SHOW_INFO,
    SHOW_PASS,
    SHOW_NOTAPPLICABLE,
    SHOW_COUNT
};

/* By a word that people use for it ("na", "failed"), in any case; SHOW_COUNT: none. */
enum text_show report_show_find(const char *word);
/* The words, each once, joined with ", ". */
char *report_show_words(void);

struct report_options {
    bool color;               /* text only: ANSI colours */
    bool utf8;                /* text only: signs and bars beyond ASCII */
    bool hyperlinks;          /* text only: OSC 8 */
    bool safe_palette;        /* text only: blue and orange */
    bool verbose;             /* text: passes with their evidence too; junit: those, and what does not apply */
    const bool *show;         /* text only: enum text_show, one each; NULL: what is usual */
    bool quiet;               /* text only: the verdict line alone */
    bool difference;          /* text only: what differs from the earlier audit, and nothing else */
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

/* A report on its way to its place: a new file of a temporary name in the same folder (O_EXCL, 0600), which takes the
 * bytes and then the name. What stands there and is no file is never replaced: devices and pipes take the bytes, but
 * only below /dev or when they belong to the caller, since whoever planted one elsewhere would read the report. */
struct report_file;

/* Opens it before there is anything to write, so that whoever makes the report need not. PL_ERROR_WRITE; nothing is
 * left behind then. The caller frees. */
struct report_file *report_file_open(const char *path, unsigned mode, GError **error);
/* Appends. PL_ERROR_WRITE. */
bool report_file_add(struct report_file *file, const char *bytes, gsize n, GError **error);
/* Forgets what was added; a device cannot. PL_ERROR_WRITE. */
bool report_file_restart(struct report_file *file, GError **error);
/* Makes it durable and gives it its name. PL_ERROR_WRITE; an older report stands as it was then. */
bool report_file_commit(struct report_file *file, GError **error);
/* What was not committed disappears. */
void report_file_free(struct report_file *file);
PL_DEFINE_CLEANUP(report_file, report_file_free)

/* All of the above for bytes that are there already. */
bool report_write(const char *path, const char *bytes, gsize n, unsigned mode, GError **error);
