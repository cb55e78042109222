/* The pieces that JSON is made of, read one by one at a place of a text: strings, numbers, words. json.c puts them
 * together. Whatever fails sets the error that parse_fail() makes. */
#pragma once

#include "formats/parse.h"

struct json_text {
    const char *p, *end, *line_start; /* p: the place; the text is UTF-8 and holds no NUL */
    unsigned line;
    struct parse_budget budget; /* with the name and the error */
    GString *buffer;            /* the last string that had escapes */
};

struct json_slice {
    const char *p;
    gsize n;
};

/* The position of `p`, which is in the line that is being read. */
struct tree_mark json_mark_at(const struct json_text *in, const char *p);

/* Sets the error, at that position, and returns false. */
bool json_fail_at(struct json_text *in, const char *p, const char *what);

void json_skip_space(struct json_text *in);

/* The next byte after blanks, '\0' at the end. */
char json_peek(struct json_text *in);

/* A string, whose quote p is at. The slice is valid until the next one. */
bool json_take_string(struct json_text *in, struct json_slice *out);

/* A number, which p is at; the caller owns *out. One that is no 64-bit integer becomes a double. */
bool json_take_number(struct json_text *in, json_object **out);

/* null (which is NULL), true or false; the caller owns *out. */
bool json_take_word(struct json_text *in, json_object **out);
