/* Where reports go: --output FORMAT[=FILE], several in one run, files atomically. */
#pragma once

#include "cli/options.h"
#include "model/audit.h"
#include "reports/report.h"

struct output {
    const struct report *report;
    char *path; /* NULL: standard output */
};

/* The outputs that the options name; none named: text on standard output. PL_ERROR_USAGE for an unknown format,
 * two on standard output, or HTML onto a terminal. A GPtrArray of struct output. */
GPtrArray *outputs_parse(const struct options *options, GError **error);
/* The folders into which they write, for the sandbox; NULL-terminated, caller frees with g_strfreev(). */
char **outputs_folders(const GPtrArray *outputs);
/* Renders and writes them all; what fails is said on standard error, the rest is written. False when any failed. */
bool outputs_write(const GPtrArray *outputs, const struct audit *audit, const struct options *options);

/* Writes to standard output; a failure is remembered for output_flush(). */
void output_write(const char *bytes, gsize n);
/* Flushes standard output; false, said on standard error, when something did not get there. */
bool output_flush(void);
