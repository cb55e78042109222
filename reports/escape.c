#include "reports/escape.h"

#include "model/visible.h"

#include <math.h>
#include <string.h>

/* g_utf8_next_char() without its cast that drops const. */
static const char *next_char(const char *p)
{
    return p + g_utf8_skip[(guchar)*p];
}

static void append_visible(GString *out, const char *text, unsigned how)
{
    if (text)
        visible_append(out, text, strlen(text), how);
}

void escape_visible(GString *out, const char *text, bool ascii)
{
    append_visible(out, text, ascii ? VISIBLE_ASCII : VISIBLE_LINE);
}

void escape_block(GString *out, const char *text)
{
    append_visible(out, text, VISIBLE_BLOCK);
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

void escape_html(GString *out, const char *text, bool block)
{
    g_autoptr(GString) visible = g_string_new(NULL);
    append_visible(visible, text, block ? VISIBLE_BLOCK : VISIBLE_LINE);
    for (const char *p = visible->str; *p; p++) {
        gsize plain = strcspn(p, "&<>\"'");
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        if (!*p)
            break;
        g_string_append(out, html_entity(*p));
    }
}

char *escape_xml(const char *text, bool block)
{
    char *legal = visible_text(text, block ? VISIBLE_BLOCK : VISIBLE_LINE);
    return legal ? legal : g_strdup("");
}

static void append_json_escape(GString *out, gunichar c)
{
    if (c > 0xffff) {
        gunichar rest = c - 0x10000;
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    } else {
        g_string_append_printf(out, "\\u%04x", c);
    }
}

static void append_json_char(GString *out, const char *p, const char *next, char before)
{
    gunichar c = g_utf8_get_char(p);
    if (c == '"' || c == '\\' || (c == '/' && before == '<')) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    } else if (c == '<' && (next[0] == '!' || g_ascii_strncasecmp(next, "script", 6) == 0)) {
        append_json_escape(out, c); /* "<!--" and "<script" would change how HTML reads the element */
    } else if (c == '\n') {
        g_string_append(out, "\\n");
    } else if (visible_is_hidden(c)) {
        append_json_escape(out, c);
    } else {
        g_string_append_len(out, p, next - p);
    }
}

/* What is no UTF-8 becomes the text that every format shows for it. */
static gsize append_json_piece(GString *out, const char *text, gsize i, gsize n)
{
    const char *p = text + i;
    gunichar c = *p ? g_utf8_get_char_validated(p, (gssize)(n - i)) : 0;
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        g_string_append_printf(out, "\\\\x%02x", (unsigned)(unsigned char)*p);
        return 1;
    }
    gsize length = (gsize)g_unichar_to_utf8(c, NULL);
    char before = i ? p[-1] : '\0';
    if (*p)
        append_json_char(out, p, p + length, before);
    else
        append_json_escape(out, 0);
    return length;
}

void escape_json(GString *out, const char *text, gsize n)
{
    g_string_append_c(out, '"');
    for (gsize i = 0; i < n;) {
        gsize plain = visible_plain(text + i, n - i);
        g_string_append_len(out, text + i, (gssize)plain);
        i += plain;
        if (i < n)
            i += append_json_piece(out, text, i, n);
    }
    g_string_append_c(out, '"');
}

char *escape_bounded(const char *text, gsize max)
{
    g_autofree char *valid = visible_valid(text ? text : "");
    gsize n = strlen(valid);
    if (n <= max)
        return g_steal_pointer(&valid);
    const char *end = g_utf8_find_prev_char(valid, valid + max + 1);
    gsize kept = end ? (gsize)(end - valid) : 0;
    return g_strdup_printf("%.*s... (%" G_GSIZE_FORMAT " bytes more)", (int)kept, valid, n - kept);
}

static int char_columns(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

int escape_columns(const char *text)
{
    int columns = 0;
    for (const char *p = text; *p; p = next_char(p))
        columns += char_columns(g_utf8_get_char(p));
    return columns;
}

void escape_cut(GString *out, const char *text, int columns, const char *ellipsis)
{
    if (escape_columns(text) <= columns) {
        g_string_append(out, text);
        return;
    }
    int room = columns - escape_columns(ellipsis);
    const char *p = text;
    for (; *p; p = next_char(p)) {
        room -= char_columns(g_utf8_get_char(p));
        if (room < 0)
            break;
    }
    g_string_append_len(out, text, p - text);
    if (columns >= escape_columns(ellipsis))
        g_string_append(out, ellipsis);
}

/* The longest end of `text` within so many columns; it begins with no combining character. */
static const char *end_within(const char *text, int columns)
{
    int left = escape_columns(text);
    const char *p = text;
    while (*p && (left > columns || (p > text && char_columns(g_utf8_get_char(p)) == 0))) {
        left -= char_columns(g_utf8_get_char(p));
        p = next_char(p);
    }
    return p;
}

void escape_cut_middle(GString *out, const char *text, int columns, const char *ellipsis)
{
    int room = columns - escape_columns(ellipsis);
    if (escape_columns(text) <= columns || room < 2) {
        escape_cut(out, text, columns, ellipsis);
        return;
    }
    escape_cut(out, text, (room + 1) / 2 + escape_columns(ellipsis), ellipsis);
    g_string_append(out, end_within(text, room / 2));
}
