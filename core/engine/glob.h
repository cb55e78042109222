/* Globs on names (rule ids, tags, controls, item subjects): * for any text, ? for one character, [abc] for one of them.
 */
#pragma once

#include <stdbool.h>

bool glob_matches(const char *pattern, const char *text);
/* Has it any of * ? [ ? */
bool glob_is_pattern(const char *text);
