/* The process that began and that ends an audit. Before the first byte of the host is read it opens the files of the
 * reports; the judge, which reads everything, sends finished reports through a socket pair and can write nothing
 * itself. It parses nothing, and when the judge dies or hangs it still writes a report, of one error. */
#pragma once

#include "cli/command.h"
#include "cli/output.h"

struct writer;

/* Opens the files. What cannot be opened is said on standard error and makes the exit code 3; the rest goes on. */
struct writer *writer_new(const GPtrArray *outputs, const struct options *options);
/* Removes what was not finished. */
void writer_free(struct writer *writer);
PL_DEFINE_CLEANUP(writer, writer_free)

/* The folders in which it will give files their names, for its sandbox; NULL-terminated, borrowed. */
const char *const *writer_folders(const struct writer *writer);
/* Blocks the signals that end a program, so that it can put its things in order when one comes; before the judge is
 * started, which gets them back with writer_unblock(). */
void writer_block_signals(struct writer *writer);
void writer_unblock_signals(const struct writer *writer);

/* Takes reports until the judge is done. The exit code: the judge's, or 3 when it did not come to its end or a report
 * could not be written. A signal that ends programs ends the judge and then this one too. */
enum exit_code writer_watch(struct writer *writer, int socket, pid_t judge);

/* ---- the judge's side ---- */

/* Sends the report of the output of that number. False when it was not written, which the writer says. */
bool writer_send(int socket, guint index, const char *bytes, gsize n);
/* Nothing more comes for that output: it is on standard output, or was given up. */
bool writer_settle(int socket, guint index);
