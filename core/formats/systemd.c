/* systemd's unit and configuration files (systemd.syntax(7)). Every assignment is kept, in order and with the empty
 * ones that reset a list, so that merging with drop-ins can apply them. Lines without = and assignments before the
 * first section are left out, as systemd ignores them with a warning; a broken section header makes systemd refuse the
 * file. */
#include "formats/format.h"
#include "formats/sections.h"

#include <string.h>

struct systemd_unit {
    struct parse_budget budget;
    json_object *root, *section;
    unsigned line;
};

static bool take_assignment(struct systemd_unit *unit, const char *line, const char *start)
{
    const char *sign = strchr(start, '=');
    if (!sign || !unit->section)
        return true;
    g_autofree char *key = g_strndup(start, (gsize)(sign - start));
    g_strchomp(key);
    const char *value = skip_blanks(sign + 1);
    gsize n = strlen(value);
    while (n && g_ascii_isspace(value[n - 1]))
        n--;
    struct tree_mark mark = {.line = unit->line, .key_line = unit->line};
    mark.column = (unsigned)(value - line) + 1;
    mark.key_column = (unsigned)(start - line) + 1;
    if (!parse_spend(&unit->budget, 2, mark))
        return false;
    json_object *list = tree_member(unit->section, key);
    if (!list) {
        list = parse_array(mark);
        json_object_object_add(unit->section, key, list);
    }
    json_object_array_add(list, parse_string(value, n, mark));
    return true;
}

static bool take_line(struct systemd_unit *unit, const char *line)
{
    const char *p = skip_blanks(line);
    if (!*p || *p == '#' || *p == ';')
        return true;
    if (*p != '[')
        return take_assignment(unit, line, p);
    struct tree_mark mark = {.line = unit->line, .column = (unsigned)(p - line) + 1};
    gsize n = strlen(p);
    while (n && g_ascii_isspace(p[n - 1]))
        n--;
    if (p[n - 1] != ']')
        return parse_fail(unit->budget.error, PL_ERROR_PARSE, unit->budget.name, mark, "a section without ]");
    g_autofree char *name = g_strndup(p + 1, n - 2);
    unit->section = sections_open(&unit->budget, unit->root, name, mark);
    return unit->section != NULL;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct line_reader reader;
    pl_autojson json_object *root = parse_object((struct tree_mark){.line = 1, .column = 1});
    struct systemd_unit unit = {.budget = {.name = name, .error = error}, .root = root};
    bool ok = true;
    line_reader_init(&reader, LINES_AS_BLANK, text, n);
    while (ok && line_reader_next(&reader)) {
        unit.line = reader.number;
        ok = take_line(&unit, reader.line->str);
    }
    line_reader_clear(&reader);
    return ok ? g_steal_pointer(&root) : NULL;
}

const struct format format_systemd = {
    .name = "systemd",
    .summary =
        "systemd units and *.conf; section -> key -> array of every value in order, \"\" for an empty assignment",
    .shape = FORMAT_SECTIONS,
    .repeats = REPEATS_RESET,
    .parse = parse,
};
