/* What the files and drop-ins of an instance say about a setting. */
#pragma once

#include "facts/setting/voice.h"

/* Appends a voice for every file that has a say, in the order in which they are read; a null takes back what earlier
 * files said. */
void setting_hear_files(const struct setting_asked *asked, GPtrArray *voices);
