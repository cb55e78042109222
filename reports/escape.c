#include "reports/escape.h"

#include <math.h>
#include <string.h>

struct range {
    gunichar first, last;
};

/* g_utf8_next_char() without its cast that drops const. */
static const char *next_char(const char *p)
{
    return p + g_utf8_skip[(guchar)*p];
}

/* Sorted. Tab and LF are in it: callers that keep them ask before. */
static const struct range invisible[] = {
    {0x00, 0x1f},       /* C0 */
    {0x7f, 0x9f},       /* DEL, C1 */
    {0xad, 0xad},       /* soft hyphen */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x200b, 0x200f},   /* zero width, directional marks */
    {0x2028, 0x202e},   /* separators, embeddings and overrides */
    {0x2060, 0x206f},   /* joiners, isolates */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff9, 0xfffb},   /* interlinear annotation */
    {0xe0000, 0xe007f}, /* tags */
};

/* Bytes of printable ASCII at the start of `p` that no format escapes: nearly everything, taken in one piece. */
static gsize plain_length(const char *p)
{
    gsize n = 0;
    while (p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\' && p[n] != '<' && p[n] != '/')
        n++;
    return n;
}

static bool is_invisible(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(invisible); i++)
        if (c >= invisible[i].first && c <= invisible[i].last)
            return true;
    return false;
}

static void append_bytes(GString *out, const char *p, const char *end)
{
    for (; p < end; p++)
        g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)*p);
}

static void append_visible(GString *out, const char *text, bool ascii, bool block)
{
    if (!text)
        return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (const char *p = valid, *next; *p; p = next) {
        gsize plain = plain_length(p);
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        if (!*p)
            break;
        next = next_char(p);
        gunichar c = g_utf8_get_char(p);
        bool kept = block && (c == '\n' || c == '\t');
        if (!kept && (is_invisible(c) || (ascii && c > 0x7e)))
            append_bytes(out, p, next);
        else
            g_string_append_len(out, p, next - p);
    }
}

void escape_visible(GString *out, const char *text, bool ascii)
{
    append_visible(out, text, ascii, false);
}

void escape_block(GString *out, const char *text)
{
    append_visible(out, text, false, true);
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
    append_visible(visible, text, false, block);
    for (const char *p = visible->str; *p; p++) {
        gsize plain = strcspn(p, "&<>\"'");
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        if (!*p)
            break;
        g_string_append(out, html_entity(*p));
    }
}

char *escape_xml(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid, *next; *p; p = next) {
        gsize plain = plain_length(p);
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        if (!*p)
            break;
        next = next_char(p);
        gunichar c = g_utf8_get_char(p);
        if (c == '\t' || c == '\n' || c == '\r')
            g_string_append_c(out, *p);
        else if (c < 0x20 || c == 0xfffe || c == 0xffff)
            g_string_append_unichar(out, 0xfffd);
        else if (is_invisible(c))
            append_bytes(out, p, next);
        else
            g_string_append_len(out, p, next - p);
    }
    return g_string_free(out, FALSE);
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
    } else if (is_invisible(c)) {
        append_json_escape(out, c);
    } else {
        g_string_append_len(out, p, next - p);
    }
}

static void append_json_part(GString *out, const char *valid)
{
    for (const char *p = valid, *next; *p; p = next) {
        gsize plain = plain_length(p);
        g_string_append_len(out, p, (gssize)plain);
        p += plain;
        if (!*p)
            break;
        next = next_char(p);
        append_json_char(out, p, next, p > valid ? p[-1] : 0);
    }
}

void escape_json(GString *out, const char *text, gsize n)
{
    g_string_append_c(out, '"');
    gsize done = 0;
    while (done < n) { /* g_utf8_make_valid() stops at NUL, a JSON string need not */
        gsize part = strnlen(text + done, n - done);
        g_autofree char *valid = g_utf8_make_valid(text + done, (gssize)part);
        append_json_part(out, valid);
        done += part;
        if (done < n) {
            g_string_append(out, "\\u0000");
            done++;
        }
    }
    g_string_append_c(out, '"');
}

char *escape_bounded(const char *text, gsize max)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    gsize n = strlen(valid);
    if (n <= max)
        return g_steal_pointer(&valid);
    const char *end = g_utf8_find_prev_char(valid, valid + max + 1);
    gsize kept = end ? (gsize)(end - valid) : 0;
    return g_strdup_printf("%.*s... (%" G_GSIZE_FORMAT " bytes more)", (int)kept, valid, n - kept);
}

void escape_number(GString *out, double value)
{
    if (!isfinite(value)) {
        g_string_append(out, "null");
        return;
    }
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    for (int digits = 15; digits <= 17; digits++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(buffer, sizeof buffer, format, value);
        if (!islessgreater(g_ascii_strtod(buffer, NULL), value))
            break;
    }
    g_string_append(out, buffer);
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
