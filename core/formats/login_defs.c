/* login.defs as shadow reads it (lib/getdef.c): a name and, after blanks, the rest of the line, without double quotes
 * around it. There is no other sign between them and no comment behind a value: what stands there is a part of it. */
#include "formats/format.h"
#include "formats/parse.h"

#include <string.h>

static bool take_line(struct parse_budget *budget, json_object *root, const char *line, unsigned number)
{
    const char *name = skip_blanks(line), *end = name + strcspn(name, " \t");
    if (!*name || *name == '#')
        return true;
    const char *value = end + strspn(end, " \t\"");
    gsize n = strcspn(value, "\"");
    while (n && g_ascii_isspace(value[n - 1]))
        n--;
    if (!n)
        return true; /* a name alone, or a value that is empty: shadow passes over it */
    struct tree_mark mark = {number, (unsigned)(value - line) + 1, number, (unsigned)(name - line) + 1};
    if (!parse_spend(budget, 2, mark))
        return false;
    g_autofree char *key = g_strndup(name, (gsize)(end - name));
    json_object_object_add(root, key, parse_string(value, n, mark));
    return true;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct parse_budget budget = {.name = name, .error = error};
    struct line_reader reader;
    pl_autojson json_object *root = parse_object((struct tree_mark){.line = 1, .column = 1});
    bool ok = true;
    line_reader_init(&reader, LINES_APART, text, n);
    while (ok && line_reader_next(&reader))
        ok = take_line(&budget, root, reader.line->str, reader.number);
    line_reader_clear(&reader);
    return ok ? g_steal_pointer(&root) : NULL;
}

const struct format format_login_defs = {
    .name = "login-defs",
    .summary = "login.defs; map of texts, the last of several; what no blank separates from its name has none",
    .shape = FORMAT_MAPPING,
    .parse = parse,
};
