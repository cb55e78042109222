/* INI files: my.cnf, php.ini, dconf and NetworkManager keyfiles, GDM's custom.conf. There is no standard; here a line
 * is a [section], an assignment with = (or, when there is none, with :), or a bare word, whose value is the empty text.
 * Comments stand on lines of their own, because # and ; are common inside values. */
#include "formats/format.h"
#include "formats/sections.h"

#include <string.h>

struct ini {
    struct parse_budget budget;
    json_object *root, *section;
    unsigned line;
};

/* Cuts quotes off that are around the whole value. */
static void unquote(const char **p, gsize *n)
{
    char quote = *n >= 2 ? **p : '\0';
    if ((quote != '"' && quote != '\'') || (*p)[*n - 1] != quote || memchr(*p + 1, quote, *n - 2))
        return;
    *p += 1;
    *n -= 2;
}

/* A second value makes the member an array of all of them. */
static bool add_value(struct ini *ini, const char *key, json_object *value)
{
    json_object *old = tree_member(ini->section, key);
    if (!old) {
        json_object_object_add(ini->section, key, value);
        return true;
    }
    if (!json_object_is_type(old, json_type_array)) {
        json_object *array = parse_array(tree_mark(old));
        json_object_array_add(array, json_object_get(old));
        json_object_object_add(ini->section, key, array);
        old = array;
    }
    json_object_array_add(old, value);
    return true;
}

static bool take_assignment(struct ini *ini, const char *line, const char *start)
{
    const char *sign = strchr(start, '=');
    if (!sign)
        sign = strchr(start, ':');
    g_autofree char *key = sign ? g_strndup(start, (gsize)(sign - start)) : g_strdup(start);
    g_strchomp(key);
    const char *value = sign ? skip_blanks(sign + 1) : "";
    gsize n = strlen(value);
    while (n && g_ascii_isspace(value[n - 1]))
        n--;
    struct tree_mark mark = {.line = ini->line, .key_line = ini->line};
    mark.key_column = (unsigned)(start - line) + 1;
    mark.column = sign ? (unsigned)(value - line) + 1 : mark.key_column;
    unquote(&value, &n);
    if (!parse_spend(&ini->budget, 2, mark))
        return false;
    if (!ini->section)
        ini->section = sections_open(&ini->budget, ini->root, "", mark);
    return ini->section && add_value(ini, key, parse_string(value, n, mark));
}

static bool take_line(struct ini *ini, const char *line)
{
    const char *p = skip_blanks(line);
    if (!*p || *p == '#' || *p == ';')
        return true;
    if (*p != '[')
        return take_assignment(ini, line, p);
    struct tree_mark mark = {.line = ini->line, .column = (unsigned)(p - line) + 1};
    g_autofree char *name = sections_header(p);
    if (!name)
        return parse_fail(ini->budget.error, PL_ERROR_PARSE, ini->budget.name, mark, "a section without ]");
    ini->section = sections_open(&ini->budget, ini->root, name, mark);
    return ini->section != NULL;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct line_reader reader;
    pl_autojson json_object *root = parse_object((struct tree_mark){.line = 1, .column = 1});
    struct ini ini = {.budget = {.name = name, .error = error}, .root = root};
    bool ok = true;
    line_reader_init(&reader, LINES_APART, text, n);
    while (ok && line_reader_next(&reader)) {
        ini.line = reader.number;
        ok = take_line(&ini, reader.line->str);
    }
    line_reader_clear(&reader);
    return ok ? g_steal_pointer(&root) : NULL;
}

const struct format format_ini = {
    .name = "ini",
    .summary =
        "INI; section -> key -> text, or an array of texts when a key repeats; \"\" is what precedes all sections",
    .shape = FORMAT_SECTIONS,
    .repeats = REPEATS_ARRAY,
    .parse = parse,
};
