/* What the files and drop-ins of an instance say about a setting. */
#pragma once

#include "facts/setting/candidate.h"

/* Appends a candidate for every file that counts, in the order in which they are read; a null takes back what earlier
 * files said. */
void setting_gather_files(const struct setting_asked *asked, GPtrArray *candidates);
