#include "formats/parse.h"

#include "model/cleanup.h"

#include <string.h>

bool parse_fail(GError **error, enum pl_error code, const char *name, struct tree_mark at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *raw = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *message = g_utf8_make_valid(raw, -1);
    g_autofree char *where = g_utf8_make_valid(name ? name : "?", -1);
    if (at.line && at.column)
        g_set_error(error, PL_ERROR, (gint)code, "%s:%u:%u: %s", where, at.line, at.column, message);
    else if (at.line)
        g_set_error(error, PL_ERROR, (gint)code, "%s:%u: %s", where, at.line, message);
    else
        g_set_error(error, PL_ERROR, (gint)code, "%s: %s", where, message);
    return false;
}

struct tree_mark parse_position(const char *text, gsize offset)
{
    struct tree_mark mark = {.line = 1, .column = 1};
    for (gsize i = 0; i < offset; i++) {
        mark.column++;
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 1;
        }
    }
    return mark;
}

static void skip_bom(const char **text, gsize *n)
{
    if (*n >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) {
        *text += 3;
        *n -= 3;
    }
}

bool parse_utf8(const char *name, const char **text, gsize *n, GError **error)
{
    const char *bad = NULL;
    skip_bom(text, n);
    if (*n == 0 || g_utf8_validate_len(*text, *n, &bad))
        return true;
    struct tree_mark at = parse_position(*text, (gsize)(bad - *text));
    return parse_fail(error, PL_ERROR_PARSE, name, at, *bad ? "not valid UTF-8" : "a NUL byte");
}

bool parse_spend(struct parse_budget *budget, unsigned nodes, struct tree_mark at)
{
    if (nodes > PARSE_NODES_MAX - budget->nodes)
        return parse_fail(budget->error, PL_ERROR_LIMIT, budget->name, at, "more than %u nodes", PARSE_NODES_MAX);
    budget->nodes += nodes;
    return true;
}

static json_object *marked(json_object *node, struct tree_mark mark)
{
    tree_set_mark(node, mark);
    return node;
}

json_object *parse_string(const char *text, gsize n, struct tree_mark mark)
{
    return marked(json_object_new_string_len(text, (int)n), mark);
}

json_object *parse_array(struct tree_mark mark)
{
    return marked(json_object_new_array_ext(4), mark);
}

json_object *parse_object(struct tree_mark mark)
{
    return marked(json_object_new_object(), mark);
}

void parse_trim(json_object *object)
{
    /* json-c fills a table to two thirds. */
    int members = json_object_object_length(object);
    if (members <= 5)
        lh_table_resize(json_object_get_object(object), members <= 2 ? 4 : 8);
}

void line_reader_init(struct line_reader *reader, enum line_joins joins, const char *text, gsize n)
{
    skip_bom(&text, &n);
    *reader = (struct line_reader){.joins = joins, .p = text, .end = text + n, .next = 1};
    reader->line = g_string_new(NULL);
    if (n == 0 || g_utf8_validate_len(text, n, NULL))
        return;
    reader->owned = g_utf8_make_valid(text, (gssize)n);
    reader->p = reader->owned;
    reader->end = reader->owned + strlen(reader->owned);
}

void line_reader_clear(struct line_reader *reader)
{
    g_free(reader->owned);
    g_string_free(reader->line, TRUE);
}

/* Appends the physical line at p and steps over it; true when a backslash at its end was cut off. */
static bool append_physical(struct line_reader *reader)
{
    const char *newline = memchr(reader->p, '\n', (gsize)(reader->end - reader->p));
    const char *stop = newline ? newline : reader->end;
    gsize n = (gsize)(stop - reader->p);
    if (n && reader->p[n - 1] == '\r')
        n--;
    g_string_append_len(reader->line, reader->p, (gssize)n);
    reader->p = newline ? newline + 1 : reader->end;
    reader->next++;
    if (reader->joins == LINES_APART || !newline || !n || reader->line->str[reader->line->len - 1] != '\\')
        return false;
    g_string_truncate(reader->line, reader->line->len - 1);
    return true;
}

static bool at_comment(const struct line_reader *reader)
{
    const char *p = reader->p;
    while (p < reader->end && (*p == ' ' || *p == '\t'))
        p++;
    return p < reader->end && (*p == '#' || *p == ';');
}

static void skip_physical(struct line_reader *reader)
{
    const char *newline = memchr(reader->p, '\n', (gsize)(reader->end - reader->p));
    reader->p = newline ? newline + 1 : reader->end;
    reader->next++;
}

bool line_reader_next(struct line_reader *reader)
{
    if (reader->p >= reader->end)
        return false;
    g_string_truncate(reader->line, 0);
    reader->number = reader->next;
    /* A comment never goes on: its backslash means nothing. */
    enum line_joins joins = reader->joins;
    if (at_comment(reader))
        reader->joins = LINES_APART;
    while (append_physical(reader)) {
        if (joins == LINES_AS_BLANK) {
            g_string_append_c(reader->line, ' ');
            while (reader->p < reader->end && at_comment(reader))
                skip_physical(reader);
        }
        if (reader->p >= reader->end)
            break;
    }
    reader->joins = joins;
    return true;
}

json_object *parse_lines(struct parse_budget *budget, enum line_joins joins, const char *text, gsize n,
                         parse_line_taker take)
{
    struct line_reader reader;
    pl_autojson json_object *root = parse_array((struct tree_mark){.line = 1, .column = 1});
    bool ok = true;
    line_reader_init(&reader, joins, text, n);
    while (ok && line_reader_next(&reader))
        ok = take(budget, root, reader.line->str, reader.number);
    line_reader_clear(&reader);
    return ok ? g_steal_pointer(&root) : NULL;
}

const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\v' || *p == '\f' || *p == '\r')
        p++;
    return p;
}
