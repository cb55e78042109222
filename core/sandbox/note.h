/* What a part of the sandbox could not put in force. */
#pragma once

#include "sandbox/sandbox.h"

/* Appends a sentence part to state->note. */
void sandbox_note(struct sandbox_state *state, const char *format, ...) G_GNUC_PRINTF(2, 3);
