/* Where reports go: --output FORMAT[=FILE], several in one run, files atomically. */
#pragma once

#include "cli/options.h"
#include "model/audit.h"
#include "reports/report.h"

struct output {
    const struct report *report;
    char *path; /* NULL: standard output */
    int writer; /* the socket of the process that writes reports (cli/writer.h); -1: none, they are written here */
};

/* The outputs that the options name; none named: text on standard output. PL_ERROR_USAGE for an unknown format,
 * two on standard output, or HTML onto a terminal. A GPtrArray of struct output. */
GPtrArray *outputs_parse(const struct options *options, GError **error);
/* Renders and writes them all, texts last; what fails is said on standard error, the rest is written. False when any
 * failed; then the audit's gate says exit 3, as the text reports do. With --quiet a text on standard output is nothing
 * while the demands are met, and names the files when they are not. Where no text goes to standard output, the verdict
 * and the files go to a terminal on standard error. `saved`: of an audit that ran before. */
bool outputs_write(const GPtrArray *outputs, struct audit *audit, const struct options *options, bool saved);
