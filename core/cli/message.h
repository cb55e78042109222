/* What plumbline says to its user beside reports: one line on standard error, no control characters. */
#pragma once

#include <glib.h>

/* "plumbline: TEXT" */
void message(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A text from outside made safe for a terminal: control and bidi characters become \xNN. Caller frees. */
char *message_safe(const char *text);
