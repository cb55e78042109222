/* What the parsers share: bounds, errors with a position, nodes with marks, and reading by lines.
 * Private to this floor. Lines and columns count from 1; columns count bytes unless a parser says otherwise. */
#pragma once

#include "model/error.h"
#include "model/tree.h"

#include <glib.h>
#include <stdbool.h>

#define PARSE_DEPTH_MAX 64
#define PARSE_NODES_MAX 500000U

/* Sets *error to "NAME:LINE:COLUMN: ..." (positions of 0 are left out) and returns false. */
bool parse_fail(GError **error, enum pl_error code, const char *name, struct tree_mark at, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* Skips a byte order mark and demands valid UTF-8 without NUL. False with PL_ERROR_PARSE at the first bad byte. */
bool parse_utf8(const char *name, const char **text, gsize *n, GError **error);

/* The position of byte `offset` of a text. */
struct tree_mark parse_position(const char *text, gsize offset);

/* A count of the nodes of one tree. */
struct parse_budget {
    const char *name;
    GError **error;
    unsigned nodes;
};

/* Takes one node from the budget; false with PL_ERROR_LIMIT when it is used up. */
bool parse_spend(struct parse_budget *budget, unsigned nodes, struct tree_mark at);

/* Nodes with a mark. Caller owns. */
json_object *parse_string(const char *text, gsize n, struct tree_mark mark);
json_object *parse_array(struct tree_mark mark);
json_object *parse_object(struct tree_mark mark);
/* Gives back the unused part of a finished small object's hash table: json-c makes it for 16 members, and most mappings
 * have two. That is two thirds of the memory of a rule file's tree. */
void parse_trim(json_object *object);

/* How lines that end in a backslash go on. */
enum line_joins {
    LINES_APART,    /* they do not */
    LINES_JOINED,   /* backslash and newline vanish */
    LINES_AS_BLANK, /* they become one blank, and comment lines between are left out, as systemd reads */
};

/* Reads a text by lines; bytes that are not UTF-8 (NUL among them) become U+FFFD. */
struct line_reader {
    enum line_joins joins;
    char *owned; /* the repaired text, NULL when none was needed */
    const char *p, *end;
    unsigned next;   /* number of the line at p */
    unsigned number; /* number of the (first) line in `line` */
    GString *line;   /* without line end; the reader may cut it */
};
void line_reader_init(struct line_reader *reader, enum line_joins joins, const char *text, gsize n);
void line_reader_clear(struct line_reader *reader);
/* The next line in reader->line, NUL-terminated; false at the end. */
bool line_reader_next(struct line_reader *reader);

/* Adds what one line says to `root`; false with the budget's error. */
typedef bool (*parse_line_taker)(struct parse_budget *budget, json_object *root, const char *line, unsigned number);
/* The array of a format whose lines say something each for itself: `budget` is fresh. NULL with error. Caller owns. */
json_object *parse_lines(struct parse_budget *budget, enum line_joins joins, const char *text, gsize n,
                         parse_line_taker take);

/* Blanks as all line formats see them: space, tab, vertical tab, form feed, carriage return. */
const char *skip_blanks(const char *p);
