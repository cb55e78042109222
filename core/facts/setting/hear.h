/* Everybody who has a say in a setting. */
#pragma once

#include "facts/setting/voice.h"

/* Appends the voices of files, environment and command line, the strongest last. False when the environment could have
 * a say and could not be read. */
bool setting_hear(const struct setting_asked *asked, GPtrArray *voices);
