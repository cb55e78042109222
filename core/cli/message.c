#include "cli/message.h"

#include "reports/escape.h"

#include <stdio.h>

char *message_safe(const char *text)
{
    GString *out = g_string_new(NULL);
    escape_block(out, text);
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
