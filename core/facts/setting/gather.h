/* Everybody who counts in a setting. */
#pragma once

#include "facts/setting/candidate.h"

/* Appends the candidates of files, environment and command line, the strongest last. False when the environment could
 * have a say and could not be read. */
bool setting_candidates(const struct setting_asked *asked, GPtrArray *candidates);
