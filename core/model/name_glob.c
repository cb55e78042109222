#include "model/name_glob.h"

#include <fnmatch.h>
#include <glib.h>
#include <stddef.h>
#include <string.h>

bool name_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

/* Exactness first: a subject may hold a bracket of its own. fnmatch is bounded in memory, and both texts are short. */
bool name_matches(const char *pattern, const char *text)
{
    return strcmp(pattern, text) == 0 || (name_is_pattern(pattern) && fnmatch(pattern, text, 0) == 0);
}

/* FNM_CASEFOLD folds by the locale, of which names of ours have nothing: they are ASCII. */
bool name_matches_folded(const char *pattern, const char *text)
{
    return g_ascii_strcasecmp(pattern, text) == 0 ||
           (name_is_pattern(pattern) && fnmatch(pattern, text, FNM_CASEFOLD) == 0);
}

bool name_matches_any(const char *const *patterns, const char *text)
{
    for (; patterns && *patterns; patterns++)
        if (name_matches(*patterns, text))
            return true;
    return false;
}
