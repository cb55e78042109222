#include "sandbox/note.h"

void sandbox_note(struct sandbox_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *more = g_strdup_vprintf(format, args);
    va_end(args);
    if (state->note && strstr(state->note, more))
        return; /* another process said so already */
    char *note = state->note ? g_strconcat(state->note, "; ", more, NULL) : g_strdup(more);
    g_free(state->note);
    state->note = note;
}
