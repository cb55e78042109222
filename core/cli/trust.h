/* Who could have written what decides verdicts: rules, profiles, waivers. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether nobody but root and the caller can change `path` or, when it is a folder, anything in it: owner and mode of
 * each file, of every folder above it, and of what links lead to; a sticky folder (/tmp) above is no way in. Only root
 * asks: an ordinary user's audit harms nobody else. PL_ERROR_USAGE with a sentence that says what to do. A path that
 * is not there is left to whoever opens it. */
bool trust_path(const char *path, GError **error);
