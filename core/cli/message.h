/* What plumbline says to its user beside reports: one line on standard error, no control characters, no secrets. */
#pragma once

#include <glib.h>

/* "plumbline: TEXT" */
void message(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A text from outside made safe for a terminal: on one line, without secrets. Caller frees. */
char *message_safe(const char *text);
/* A text of rules, of several lines. Caller frees. */
char *message_block(const char *text);
