/* Lines of words: fstab, modprobe.d, pam.d, limits.conf. A # that begins a word ends the line, a backslash at the end
 * of a line joins the next one to it. Quotes mean nothing here. */
#include "formats/format.h"
#include "formats/parse.h"

#include <string.h>

static bool take_line(struct parse_budget *budget, json_object *root, const char *line, unsigned number)
{
    const char *p = skip_blanks(line);
    if (!*p || *p == '#')
        return true;
    struct tree_mark mark = {.line = number, .column = (unsigned)(p - line) + 1};
    if (!parse_spend(budget, 3, mark))
        return false;
    json_object *entry = parse_object(mark), *words = parse_array(mark);
    json_object_array_add(root, entry);
    json_object_object_add(entry, "line", json_object_new_int64(number));
    json_object_object_add(entry, "words", words);
    for (; *p && *p != '#'; p = skip_blanks(p)) {
        gsize n = strcspn(p, " \t\v\f\r");
        mark.column = (unsigned)(p - line) + 1;
        if (!parse_spend(budget, 1, mark))
            return false;
        json_object_array_add(words, parse_string(p, n, mark));
        p += n;
    }
    return true;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct parse_budget budget = {.name = name, .error = error};
    return parse_lines(&budget, LINES_JOINED, text, n, take_line);
}

const struct format format_lines = {
    .name = "lines",
    .summary = "lines of words, without comments: fstab, modprobe.d, pam.d; array of {line, words}",
    .shape = FORMAT_LIST,
    .parse = parse,
};
