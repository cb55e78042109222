/* Parts of a text that are secrets. Between the files of secret.h only. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct secret_span {
    gsize from, to;
};

/* How long the "<redacted, N bytes>" is that begins here; 0: none does. */
gsize secret_hidden_length(const char *p);

/* To a GArray of struct secret_span, in any order, overlapping or not. What was hidden before is none. */
static inline void secret_span_add(GArray *spans, const char *text, const char *from, const char *to)
{
    struct secret_span span = {(gsize)(from - text), (gsize)(to - text)};
    if (to > from && secret_hidden_length(from) != span.to - span.from)
        g_array_append_val(spans, span);
}

/* The quote that closes what this one opens; NUL when it is none. */
static inline char secret_quote(char c)
{
    return c == '"' || c == '\'' || c == '`' ? c : '\0';
}

/* Up to the closing quote, which a backslash keeps open, or the end of the text. */
static inline const char *secret_quoted_end(const char *p, char quote)
{
    while (*p && *p != quote)
        p += p[0] == '\\' && p[1] ? 2 : 1;
    return p;
}

/* Secrets by their shape. `hashes`: hashes of passwords too, which can be guessed but not used. */
void secret_find_shapes(const char *text, bool hashes, GArray *spans);
/* Passwords in addresses. */
void secret_find_userinfo(const char *text, GArray *spans);
/* NAME=VALUE, NAME: VALUE, <NAME>VALUE<, "NAME", "VALUE". With `raw` as lines of files are read, else as sentences. */
void secret_find_assigned(const char *text, bool raw, GArray *spans);
/* What stands behind an option or a keyword: --password X, -u user:X, "requirepass X". */
void secret_find_following(const char *text, GArray *spans);
/* What shows only once the text is read as whoever gets it reads it: behind backslashes, HTML's and addresses' escapes
 * (JSON in a string, a command in a command), some levels deep, and in words of base64, which are secrets as a whole.
 * `find` looks at what came out. */
void secret_find_wrapped(const char *text, bool raw, void (*find)(const char *text, bool raw, GArray *spans),
                         GArray *spans);
/* Where in the argument after `option` a secret begins (-p X, -u user:X); NULL when it holds none. `program`: the words
 * of the command before it that are no options, each after a blank; "": it is not known. */
const char *secret_in_argument(const char *option, const char *program, const char *argument);
/* Where in an option a secret begins (mysql -pX); NULL when it holds none. */
const char *secret_in_option(const char *option, const char *program);
/* Is an argument a secret by its place: htpasswd -b FILE USER X, requirepass X. `options`: those before it. */
bool secret_by_place(const char *program, const char *options, const char *word);
/* Where in what a command prints a secret begins: echo X | docker login --password-stdin. `rest`: what comes behind it;
 * NULL when none does. */
const char *secret_in_printed(const char *rest, const char *word);
