#include "cli/message.h"

#include "model/secret.h"
#include "model/visible.h"

#include <stdio.h>

char *message_safe(const char *text)
{
    g_autofree char *valid = visible_valid(text);
    secret_hide_in(&valid, SECRET_SENTENCE);
    return visible_text(valid, VISIBLE_LINE);
}

char *message_block(const char *text)
{
    return visible_text(text, VISIBLE_BLOCK);
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
