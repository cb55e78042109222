/* Line by line through a text that we own, without copying. */
#pragma once

#include <glib.h>
#include <string.h>

/* Cuts the next line off *cursor, in place, and returns it without its newline; NULL after the last one. A text that
 * ends with a newline has an empty last line. */
static inline char *line_next(char **cursor)
{
    char *line = *cursor;
    if (!line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end)
        *end = '\0';
    *cursor = end ? end + 1 : NULL;
    return line;
}

/* Cuts the next word (blanks and tabs between) off *cursor, in place; NULL when none is left. */
static inline char *word_next(char **cursor)
{
    char *word = *cursor + strspn(*cursor, " \t");
    if (!*word)
        return NULL;
    char *end = word + strcspn(word, " \t");
    *cursor = *end ? end + 1 : end;
    *end = '\0';
    return word;
}
