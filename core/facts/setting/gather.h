/* Everybody who counts in a setting. */
#pragma once

#include "facts/setting/candidate.h"

/* Appends the candidates of files, environment and command line, the strongest last. *unread (NULL before; caller
 * frees) when the environment could have a say and could not be read. */
void setting_candidates(const struct setting_asked *asked, GPtrArray *candidates, struct problem **unread);
