#include "cli/message.h"

#include <stdbool.h>
#include <stdio.h>

static bool harmless(gunichar c)
{
    bool bidi = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
    return (c == '\n' || c >= 0x20) && c != 0x7F && !(c >= 0x80 && c < 0xA0) && !bidi;
}

char *message_safe(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (harmless(c))
            g_string_append_unichar(out, c);
        else
            g_string_append_printf(out, "\\x%02x", c);
    }
    return g_string_free(out, FALSE);
}

void message(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *safe = message_safe(text);
    fprintf(stderr, "plumbline: %s\n", safe);
}
