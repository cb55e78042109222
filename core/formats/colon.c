/* passwd, shadow, group and their like: fields between colons. Comment lines are left out, as glibc does. */
#include "formats/format.h"
#include "formats/parse.h"

#include <string.h>

static bool take_line(struct parse_budget *budget, json_object *root, const char *line, unsigned number)
{
    const char *p = line + strspn(line, " \t");
    if (!*p || *p == '#')
        return true;
    json_object *row = parse_array((struct tree_mark){.line = number, .column = (unsigned)(p - line) + 1});
    json_object_array_add(root, row);
    for (;;) {
        gsize n = strcspn(p, ":");
        struct tree_mark mark = {.line = number, .column = (unsigned)(p - line) + 1};
        if (!parse_spend(budget, 1, mark))
            return false;
        json_object_array_add(row, parse_string(p, n, mark));
        if (!p[n])
            return true;
        p += n + 1;
    }
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct parse_budget budget = {.name = name, .error = error};
    return parse_lines(&budget, LINES_APART, text, n, take_line);
}

const struct format format_colon = {
    .name = "colon",
    .summary = "passwd, shadow, group; array of lines, each an array of the texts between colons",
    .shape = FORMAT_LIST,
    .parse = parse,
};
