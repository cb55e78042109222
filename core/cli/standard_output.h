/* Standard output, and what may go wrong with it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Writes to standard output; a failure is remembered for output_flush(). */
void output_write(const char *bytes, gsize n);
/* Flushes standard output; false, said on standard error, when something did not get there. A pipe that nobody reads
 * ends the program by SIGPIPE instead. */
bool output_flush(void);
/* Ends the program as others end that write into a pipe which nobody reads: silently, and the shell sees the signal. */
void output_end_by_pipe(void);
