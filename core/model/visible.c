#include "model/visible.h"

#include <string.h>

struct visible_range {
    gunichar first, last;
};

/* Sorted. Characters that are assigned today; others are shown as what they are. */
static const struct visible_range hidden[] = {
    {0x00, 0x1f},       /* C0 */
    {0x7f, 0x9f},       /* DEL, C1 */
    {0xad, 0xad},       /* soft hyphen */
    {0x34f, 0x34f},     /* grapheme joiner */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian selectors and separator */
    {0x200b, 0x200f},   /* zero width, directional marks */
    {0x2028, 0x202e},   /* separators, embeddings and overrides */
    {0x2060, 0x206f},   /* joiners, isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfdd0, 0xfdef},   /* noncharacters */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* Hangul filler */
    {0xfff0, 0xfffb},   /* interlinear annotation */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, selectors */
};

bool visible_is_hidden(gunichar c)
{
    if ((c & 0xfffe) == 0xfffe) /* the last two of every plane are noncharacters */
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(hidden) && c >= hidden[i].first; i++)
        if (c <= hidden[i].last)
            return true;
    return false;
}

gsize visible_plain(const char *p, gsize n)
{
    gsize i = 0;
    while (i < n && p[i] >= 0x20 && p[i] < 0x7f && p[i] != '"' && p[i] != '\\' && p[i] != '<' && p[i] != '/')
        i++;
    return i;
}

static void append_escape(GString *out, gunichar c)
{
    if (c < 0x80)
        g_string_append_printf(out, "\\x%02x", c);
    else
        g_string_append_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
}

static void append_char(GString *out, const char *p, gsize n, gunichar c, unsigned how)
{
    bool kept = (how & VISIBLE_BLOCK) && (c == '\n' || c == '\t');
    if (!kept && (visible_is_hidden(c) || ((how & VISIBLE_ASCII) && c > 0x7e)))
        append_escape(out, c);
    else
        g_string_append_len(out, p, (gssize)n);
}

void visible_append(GString *out, const char *text, gsize n, unsigned how)
{
    for (gsize i = 0; i < n;) {
        gsize plain = visible_plain(text + i, n - i);
        g_string_append_len(out, text + i, (gssize)plain);
        i += plain;
        if (i >= n)
            break;
        gunichar c = text[i] ? g_utf8_get_char_validated(text + i, (gssize)(n - i)) : 0;
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        gsize length = valid ? (gsize)g_unichar_to_utf8(c, NULL) : 1;
        if (valid)
            append_char(out, text + i, length, c, how);
        else
            g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)text[i]);
        i += length;
    }
}

char *visible_text(const char *text, unsigned how)
{
    if (!text)
        return NULL;
    GString *out = g_string_new(NULL);
    visible_append(out, text, strlen(text), how);
    return g_string_free(out, FALSE);
}

char *visible_valid(const char *text)
{
    const char *bad = text;
    if (!text || g_utf8_validate(text, -1, &bad))
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p = bad) {
        if (g_utf8_validate(p, -1, &bad)) {
            g_string_append(out, p);
            break;
        }
        g_string_append_len(out, p, bad - p);
        g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)*bad);
        bad++;
    }
    return g_string_free(out, FALSE);
}
