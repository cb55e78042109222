/* Globs on names (rule ids, tags, controls, accounts, packages, containers): * for any text, ? for one character, [abc]
 * for one of them. Globs on paths are the host's (host/host.h). */
#pragma once

#include <stdbool.h>

bool name_matches(const char *pattern, const char *text);
/* The same in any letter case, for names that people type. */
bool name_matches_folded(const char *pattern, const char *text);
/* One of a NULL-terminated list matches; false for NULL. */
bool name_matches_any(const char *const *patterns, const char *text);
/* Has it any of * ? [ ? */
bool name_is_pattern(const char *text);
