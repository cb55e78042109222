/* What the terminal can show. */
#pragma once

#include "cli/options.h"
#include "reports/report.h"

/* Options for the text report on `fd`: colour only on a terminal that wants it, UTF-8 by the locale, its width.
 * --color decides; without, NO_COLOR (any value) turns colour off, CLICOLOR_FORCE (not 0) turns it on for a pipe. */
struct report_options terminal_options(const struct options *options, int fd);
