/* Text of a host, made inert: it may hold control bytes that drive a terminal, line ends that begin a line of their
 * own, bidirectional overrides that reorder one, characters that no format allows, and bytes that are no UTF-8. The one
 * place that knows them; every format builds on it. All functions are locale free. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum {
    VISIBLE_LINE = 0,       /* everything on one line */
    VISIBLE_BLOCK = 1 << 0, /* our own text of several lines: line feeds and tabs stay */
    VISIBLE_ASCII = 1 << 1, /* what is beyond ASCII is written as an escape too */
};

/* Appends n bytes of `text`. Control, line-separating, bidirectional and invisible characters and noncharacters become
 * \xNN up to 0x7f, \uNNNN or \UNNNNNNNN beyond; bytes that are no UTF-8 become \xNN. */
void visible_append(GString *out, const char *text, gsize n, unsigned how);

/* The same as a text of its own; NULL of NULL. Caller frees. */
char *visible_text(const char *text, unsigned how);

/* Only what is no UTF-8 becomes \xNN, so that two names that differ in such bytes stay two. NULL of NULL. Caller
 * frees. */
char *visible_valid(const char *text);

/* Is this a character that visible_append() writes as an escape? */
bool visible_is_hidden(gunichar c);

/* Bytes of printable ASCII at the start of `p` that no format escapes: nearly everything, taken in one piece. */
gsize visible_plain(const char *p, gsize n);
