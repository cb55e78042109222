/* Files of one setting a line: "KEY value", "KEY=value", "key = value", and shell variables with quotes and export.
 * A value is cut at a # that follows a blank; quotes are taken off a value that begins with one, and hold line ends
 * when the assignment is the shell's (no blank at the =). */
#include "formats/format.h"
#include "formats/parse.h"

#include <string.h>

struct keyvalue {
    struct parse_budget budget;
    json_object *root;
    bool multi; /* arrays of all values instead of the last one */
    struct line_reader reader;
    GString *value;
};

/* One line, cut: offsets into reader.line. */
struct assignment {
    gsize key, key_end, value;
    bool shell; /* "=" with no blank around */
};

static bool find_assignment(const char *line, struct assignment *out)
{
    const char *p = skip_blanks(line);
    if (!*p || *p == '#' || *p == ';')
        return false;
    if (g_str_has_prefix(p, "export ") || g_str_has_prefix(p, "export\t"))
        p = skip_blanks(p + 7);
    out->key = (gsize)(p - line);
    p += strcspn(p, "= \t");
    out->key_end = (gsize)(p - line);
    const char *sign = skip_blanks(p);
    out->shell = *p == '=' && p[1] != ' ' && p[1] != '\t';
    out->value = (gsize)(skip_blanks(*sign == '=' ? sign + 1 : sign) - line);
    return true;
}

/* An unquoted run: to the end of the line, or to a comment. */
static void take_bare(struct keyvalue *kv, const char *p)
{
    gsize n = 0;
    while (p[n] && !(p[n] == '#' && n && (p[n - 1] == ' ' || p[n - 1] == '\t')))
        n++;
    if (*p == '#')
        n = 0;
    while (n && g_ascii_isspace(p[n - 1]))
        n--;
    g_string_append_len(kv->value, p, (gssize)n);
}

/* Does a backslash here take the meaning of what follows it? In double quotes, of four characters alone. */
static bool is_escape(const char *p, char quote)
{
    return *p == '\\' && p[1] && (quote == '\0' || (quote == '"' && strchr("\"\\$`", p[1])));
}

/* Reads a shell word, or the rest of one when *quote is not NUL. *quote is then the quote that the text leaves open. */
static void take_quoted(struct keyvalue *kv, const char *p, char *quote)
{
    for (; *p; p++) {
        if (*quote == '\0' && g_ascii_isspace(*p))
            return;
        if (*p == *quote) {
            *quote = '\0';
        } else if (*quote == '\0' && (*p == '"' || *p == '\'')) {
            *quote = *p;
        } else if (is_escape(p, *quote)) {
            g_string_append_c(kv->value, *++p);
        } else {
            g_string_append_c(kv->value, *p);
        }
    }
}

/* The value at line[at] into kv->value; reads more lines while a shell quote is open. */
static bool take_value(struct keyvalue *kv, const struct assignment *at, struct tree_mark mark)
{
    const char *p = kv->reader.line->str + at->value;
    char quote = '\0';
    g_string_truncate(kv->value, 0);
    if (*p == '"' || *p == '\'')
        take_quoted(kv, p, &quote);
    else
        take_bare(kv, p);
    if (quote && !at->shell) {
        g_string_truncate(kv->value, 0);
        take_bare(kv, p);
        return true;
    }
    while (quote) {
        if (!line_reader_next(&kv->reader))
            return parse_fail(kv->budget.error, PL_ERROR_PARSE, kv->budget.name, mark, "a quote that is never closed");
        g_string_append_c(kv->value, '\n');
        take_quoted(kv, kv->reader.line->str, &quote);
    }
    return true;
}

static bool store(struct keyvalue *kv, const char *key, struct tree_mark mark)
{
    if (!parse_spend(&kv->budget, 2, mark))
        return false;
    json_object *value = parse_string(kv->value->str, kv->value->len, mark);
    if (!kv->multi) {
        json_object_object_add(kv->root, key, value);
        return true;
    }
    json_object *list = tree_member(kv->root, key);
    if (!list) {
        list = parse_array(mark);
        json_object_object_add(kv->root, key, list);
    }
    json_object_array_add(list, value);
    return true;
}

static bool take_line(struct keyvalue *kv)
{
    struct assignment at = {0};
    if (!find_assignment(kv->reader.line->str, &at) || at.key == at.key_end)
        return true;
    g_autofree char *key = g_strndup(kv->reader.line->str + at.key, at.key_end - at.key);
    unsigned line = kv->reader.number;
    struct tree_mark mark = {line, (unsigned)at.value + 1, line, (unsigned)at.key + 1};
    return take_value(kv, &at, mark) && store(kv, key, mark);
}

static json_object *parse_any(const char *name, const char *text, gsize n, bool multi, GError **error)
{
    pl_autojson json_object *root = parse_object((struct tree_mark){.line = 1, .column = 1});
    g_autoptr(GString) value = g_string_new(NULL);
    struct keyvalue kv = {.budget = {.name = name, .error = error}, .root = root, .multi = multi, .value = value};
    bool ok = true;
    line_reader_init(&kv.reader, LINES_JOINED, text, n);
    while (ok && line_reader_next(&kv.reader))
        ok = take_line(&kv);
    line_reader_clear(&kv.reader);
    return ok ? g_steal_pointer(&root) : NULL;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    return parse_any(name, text, n, false, error);
}

static json_object *parse_multi(const char *name, const char *text, gsize n, GError **error)
{
    return parse_any(name, text, n, true, error);
}

const struct format format_keyvalue = {
    .name = "keyvalue",
    .summary =
        "lines of \"key value\", \"key = value\" or shell variables; key -> text, the last one of a repeated key",
    .parse = parse,
};

const struct format format_keyvalue_multi = {
    .name = "keyvalue-multi",
    .summary = "the same lines as keyvalue; key -> array of every value in order",
    .repeats = REPEATS_ARRAY,
    .parse = parse_multi,
};
