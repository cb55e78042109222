/* Every string of a host passes here before it reaches a reader: what model/visible.h makes visible, in the escaping of
 * each format. Locale free. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Appends `text` on one line, made visible. With `ascii` every character beyond ASCII is an escape too. NULL appends
 * nothing. */
void escape_visible(GString *out, const char *text, bool ascii);

/* The same with line feeds kept and tabs as they are, for blocks of text (a shell fix). */
void escape_block(GString *out, const char *text);

/* Appends for HTML text and double-quoted attributes: escape_visible() or, with `block`, escape_block(), then
 * & < > " ' as entities. */
void escape_html(GString *out, const char *text, bool block);

/* A text that XML 1.0 allows, on one line or with `block` with its line feeds and tabs. Markup is left for the XML
 * writer. Caller frees. */
char *escape_xml(const char *text, bool block);

/* Appends a JSON string literal of n bytes. What a terminal could obey is written as \uNNNN; "</" as "<\/", so that the
 * document can stand inside an HTML script element. A byte that is no UTF-8 becomes the text \xNN. */
void escape_json(GString *out, const char *text, gsize n);

/* At most `max` bytes of valid UTF-8, cut between characters and then with "... (N bytes more)". Caller frees. */
char *escape_bounded(const char *text, gsize max);

/* Columns on a terminal: wide characters take two, combining ones none. */
int escape_columns(const char *text);

/* Appends at most `columns` columns of `text` (valid UTF-8, already visible); a cut text ends in `ellipsis`. */
void escape_cut(GString *out, const char *text, int columns, const char *ellipsis);

/* The same, cut in the middle: names of things often differ only at their ends. */
void escape_cut_middle(GString *out, const char *text, int columns, const char *ellipsis);
