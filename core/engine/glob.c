#include "engine/glob.h"

#include <fnmatch.h>
#include <string.h>

bool glob_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* Exactness first: a subject may hold a bracket of its own. fnmatch is bounded in memory, and both texts are short. */
bool glob_matches(const char *pattern, const char *text)
{
    return strcmp(pattern, text) == 0 || (glob_is_pattern(pattern) && fnmatch(pattern, text, 0) == 0);
}
